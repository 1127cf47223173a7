/** The page's own style: light and dark, narrow and wide, on paper too. */
export const style = `
:root{color-scheme:light dark;--line:#8884;--dim:#777;--good:#15803d;--warn:#b45309;--bad:#b91c1c}
body{font:16px/1.5 system-ui,sans-serif;margin:0}main{max-width:1000px;margin:auto;padding:1.5rem;overflow-wrap:anywhere}
h1{margin:.2rem 0}h2{margin-top:2.5rem;border-bottom:1px solid var(--line)}h3{margin-bottom:.4rem}
.dim{color:var(--dim)}.outcome{display:inline-block;margin:0;padding:.2rem .8rem;border-radius:1rem;color:#fff;background:var(--bad);font-weight:600}
.outcome.promoted{background:var(--good)}.outcome.held,.outcome.running,.outcome.waiting,.outcome.stopped{background:var(--warn)}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;min-width:40rem;font-size:.9rem}th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid var(--line);overflow-wrap:normal}td code{overflow-wrap:anywhere}
.badge{font-weight:600;color:var(--bad)}.badge.passed,.badge.success,.badge.completed{color:var(--good)}.badge.warning,.badge.pending,.badge.inconclusive,.badge.off,.badge.not_run,.badge.rollback{color:var(--warn)}
figure{margin:1rem 0}figcaption{font-size:.9rem;color:var(--dim)}figcaption span{margin-left:1rem}figcaption i{display:inline-block;width:.8em;height:.8em;margin-right:.3em;border-radius:2px}
svg{width:100%;height:auto}svg text{font-size:11px;fill:var(--dim)}svg .grid{stroke:var(--line)}svg .mark{stroke:var(--bad);fill:var(--bad)}svg text.mark{stroke:none}
pre{overflow-x:auto;background:#8881;padding:.6rem;font-size:.8rem}code{font-size:.85em}
@media print{main{max-width:none}}
`;
