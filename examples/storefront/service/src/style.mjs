/** Small enough to be a string: one request less to the disk, and nothing to serve from a folder. */
export const style = `
body { margin: 0 auto; max-width: 70rem; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; color: #23201c; background: #faf8f4; }
header h1 { margin: 0; }
main { display: grid; grid-template-columns: 3fr 1fr; gap: 2rem; align-items: start; }
.products { list-style: none; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(12rem, 1fr)); gap: 1rem; }
.products li, aside section { background: #fff; border: 1px solid #ddd6ca; border-radius: .5rem; padding: 1rem; margin-bottom: 1rem; }
.products h2, aside h2 { font-size: 1.1rem; margin: 0 0 .25rem; }
.price, .total { font-weight: 600; }
.sold-out { color: #6b6459; }
button { font: inherit; padding: .4rem .8rem; border: 0; border-radius: .3rem; color: #fff; background: #2f5d50; cursor: pointer; }
button:focus-visible { outline: 3px solid #c98b2b; }
@media (max-width: 45rem) { main { grid-template-columns: 1fr; } }
`;
