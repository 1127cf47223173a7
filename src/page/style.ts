/** The page's own style: light and dark, narrow and wide, on paper too. Colours are named by what they mean. */
export const style = `
:root{color-scheme:light dark;--ink:#1f2328;--paper:#fff;--line:#d0d7de;--soft:#f3f4f6;--dim:#57606a;--good:#15703a;--warn:#8a4b00;--bad:#b3261e;--main:#1d4ed8;--slow:#9a5b00;--weight:#6d28d9}
@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--paper:#0d1117;--line:#30363d;--soft:#161b22;--dim:#a1abb5;--good:#4ade80;--warn:#fbbf24;--bad:#ff8a80;--main:#7db3ff;--slow:#fbbf24;--weight:#c4a5ff}}
*{box-sizing:border-box}body{font:16px/1.5 system-ui,sans-serif;margin:0;color:var(--ink);background:var(--paper)}
main{max-width:1100px;margin:auto;padding:1.5rem 1rem 4rem;overflow-wrap:anywhere}a{color:var(--main)}
nav{border-bottom:1px solid var(--line);padding:.6rem 1rem;display:flex;gap:1rem;align-items:baseline;flex-wrap:wrap}nav a{font-weight:600;text-decoration:none}
h1{margin:.3rem 0;line-height:1.2}h2{margin:2.5rem 0 .8rem;border-bottom:1px solid var(--line)}h3{margin:1.2rem 0 .4rem}
:focus-visible{outline:3px solid var(--main);outline-offset:2px}
.dim{color:var(--dim)}.outcome{display:inline-block;margin:0;padding:.15rem .8rem;border-radius:1rem;border:2px solid var(--bad);color:var(--bad);font-weight:700}
.outcome.promoted{border-color:var(--good);color:var(--good)}.outcome.held,.outcome.running,.outcome.queued,.outcome.waiting,.outcome.stopped{border-color:var(--warn);color:var(--warn)}
.scroll{overflow-x:auto}.scroll+.scroll{margin-top:1.5rem}table{border-collapse:collapse;width:100%;min-width:38rem;font-size:.9rem}th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid var(--line);overflow-wrap:normal}td code,td .long{overflow-wrap:anywhere}
.badge{font-weight:600;color:var(--bad)}.badge.passed,.badge.success,.badge.completed,.badge.promoted{color:var(--good)}.badge.warning,.badge.pending,.badge.inconclusive,.badge.off,.badge.not_run,.badge.rollback,.badge.running,.badge.waiting,.badge.queued,.badge.held,.badge.stopped{color:var(--warn)}
.flow{list-style:none;padding:0;display:grid;gap:.6rem;grid-template-columns:repeat(auto-fit,minmax(15rem,1fr))}.flow li{border:1px solid var(--line);border-left:4px solid var(--good);border-radius:.4rem;padding:.5rem .8rem;display:flex;flex-wrap:wrap;justify-content:space-between;align-content:start;align-items:baseline;column-gap:.6rem}.flow li.idle{border-left-color:var(--line)}.flow li.active{border-left-color:var(--main);background:var(--soft)}.flow p{margin:.2rem 0 0;font-size:.9rem;flex-basis:100%}.flow .dim{font-size:.85rem}
.charts{display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(min(26rem,100%),1fr))}figure{margin:0;min-width:0}figcaption{font-size:.9rem;color:var(--dim)}figcaption span{margin-left:1rem}figcaption i{display:inline-block;width:.8em;height:.8em;margin-right:.3em;border-radius:2px}
${['main', 'slow', 'good', 'bad', 'weight'].map((tone) => `i.${tone}{background:var(--${tone})}`).join('')}
.plot{min-height:190px}.card{border:1px solid var(--line);border-radius:.4rem;padding:.8rem 1rem;margin:1rem 0;background:var(--soft)}.card h2{margin-top:0}
label{display:block;font-weight:600;margin:.6rem 0 .2rem}input,textarea{font:inherit;width:100%;padding:.4rem .6rem;border:1px solid var(--dim);border-radius:.3rem;background:var(--paper);color:inherit}
button{font:inherit;font-weight:600;padding:.4rem 1rem;margin:.6rem .6rem 0 0;border:2px solid var(--main);border-radius:.3rem;background:var(--paper);color:var(--main);cursor:pointer}button.danger{border-color:var(--bad);color:var(--bad)}button:disabled{opacity:.5;cursor:default}
.said{white-space:pre-wrap;margin:.4rem 0}.trouble{color:var(--bad);font-weight:600}
details{border-bottom:1px solid var(--line);padding:.3rem 0}summary{cursor:pointer}pre{overflow-x:auto;background:var(--soft);padding:.6rem;font-size:.8rem}code{font-size:.85em}
@media print{main{max-width:none}nav,.card{display:none}}
`;
