import { judgeCanary, kayenta } from '../src/gates/public.js';
import { rankTest } from '../src/gates/canary/mann-whitney.js';

/**
 * How often our judge and Kayenta's rule call a canary harmful, on the same seeded lognormal samples (sigma 0.5): when nothing
 * changed (false alarms) and when it is worse by 10 % and 50 % (detection). Both have the
 * tolerance 0.25, Kayenta's default, and the rate of false alarms that ours may raise is lowered until both raise equally many. Below stands what both say at all their defaults,
 * where the difference is in what "pass" means.
 * `tsx bench/judge.ts [thousands of unchanged canaries]`: 100 unless told. Exits with 1 when ours detects less than Kayenta's,
 * by more than twice the error of the comparison.
 */
const unchangedRuns = Number(process.argv[2] ?? 100) * 1_000;
const harmedRuns = unchangedRuns / 4;
const sizes = [10, 20, 60, 200];
const harms = [0.1, 0.5];
const sigma = 0.5;
const seed = 20_261_124;

/** Mulberry32 (T. Ettinger): small, seeded, and the same everywhere. */
const randomFrom = (start: number) => {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};
const random = randomFrom(seed);
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

type Canary = { control: Float64Array; experiment: Float64Array };
const canary = (points: number, harm: number): Canary => {
  const side = (factor: number) => Float64Array.from({ length: points }, () => 100 * factor * Math.exp(sigma * normal())).sort();
  return { control: side(1), experiment: side(1 + harm) };
};

const logarithms = ({ control, experiment }: Canary): Canary => ({ control: control.map(Math.log), experiment: experiment.map(Math.log) });

const tolerance = 0.25;
/** What our judge holds against its level: `p.harm` of {@link judgeCanary}, without the rest of the verdict. */
const ours = (one: Canary) => rankTest(logarithms(one), Math.log1p(tolerance)).greater;

/** High needs an interval of 98 % above 0, which needs a p of at most 0.01 for no change: most unchanged canaries are far from it. */
const theirs = ({ control, experiment }: Canary) =>
  rankTest({ control, experiment }).greater <= 0.02 &&
  kayenta.classifyMetric({ control, experiment, direction: 'increase' }).classification === 'High';

type Run = { high: boolean; p: number };
const run = (points: number, harm: number, times: number): Run[] =>
  Array.from({ length: times }, () => {
    const one = canary(points, harm);
    return { high: theirs(one), p: ours(one) };
  });

const rate = (runs: readonly Run[], says: (one: Run) => number) => runs.reduce((sum, one) => sum + says(one), 0) / runs.length;
const percent = (share: number) => `${(share * 100).toFixed(2)} %`.padStart(9);

/**
 * How strongly a p speaks at the level that gives `wanted` alarms among the unchanged: 1 below that level, 0 above, and on it
 * the share that makes the number exact, as small samples know only few p.
 */
const alarmAt = (unchanged: readonly Run[], wanted: number) => {
  const sorted = Float64Array.from(unchanged, ({ p }) => p).sort();
  const level = sorted[wanted - 1] ?? 0;
  const below = sorted.filter((p) => p < level).length;
  const on = sorted.filter((p) => p === level).length;
  return (p: number) => (p < level ? 1 : p === level ? (wanted - below) / on : 0);
};

/** The same judge that a user calls, and the p that the tables above rest on. */
const agreed = () => {
  const one = canary(60, 0.2);
  const [metric] = judgeCanary({ metrics: [{ name: 'latency', direction: 'increase', tolerance, ...one }] }).metrics;
  return metric?.p?.harm === ours(one);
};

console.log(`seed ${seed}, ${unchangedRuns} unchanged and ${harmedRuns} harmed canaries a row, lognormal with sigma ${sigma}\n`);
console.log('At equal false alarms');
console.log('points    harm   false alarms    detected by ours   by Kayenta     difference');
let worse = false;
for (const points of sizes) {
  const unchanged = run(points, 0, unchangedRuns);
  const alarms = unchanged.filter(({ high }) => high).length;
  const alarm = alarmAt(unchanged, alarms);
  for (const harm of harms) {
    const harmed = run(points, harm, harmedRuns);
    const [mine, other] = [rate(harmed, (one) => alarm(one.p)), rate(harmed, ({ high }) => Number(high))];
    // The number of canaries on which only one of both speaks, among the harmed; and among the unchanged, where it moves our level.
    const apart = rate(harmed, (one) => Math.abs(alarm(one.p) - Number(one.high)));
    const moved = Math.sqrt(unchanged.filter((one) => alarm(one.p) !== Number(one.high)).length);
    const laxer = alarmAt(unchanged, Math.round(alarms + moved));
    const shift = rate(harmed, (one) => laxer(one.p)) - mine;
    const error = Math.hypot(Math.sqrt(apart / harmedRuns), shift);
    worse ||= mine < other - 2 * error;
    const difference = `${mine >= other ? '+' : ''}${((mine - other) * 100).toFixed(2)} ± ${(error * 100).toFixed(2)}`;
    console.log(
      `${String(points).padStart(6)}  +${harm * 100} %  ${percent(alarms / unchangedRuns)}      ${percent(mine)}          ${percent(other)}   ${difference.padStart(14)}`,
    );
  }
}

console.log('\nAs both come, tolerance 10 % and 5 % false alarms against 98 % and 0.25');
console.log('points   truth      ours: passed  inconclusive     failed   Kayenta: Pass       High');
for (const points of sizes) {
  for (const harm of [0, ...harms]) {
    const drawn = Array.from({ length: harmedRuns / 100 }, () => canary(points, harm));
    const outcomes = drawn.map((one) => judgeCanary({ metrics: [{ name: 'latency', direction: 'increase', ...one }] }).outcome);
    const share = (...of: string[]) => percent(outcomes.filter((outcome) => of.includes(outcome)).length / drawn.length);
    const high = drawn.filter(theirs).length / drawn.length;
    const truth = harm === 0 ? 'unchanged' : `+${harm * 100} %`;
    console.log(
      `${String(points).padStart(6)}   ${truth.padEnd(9)}     ${share('passed', 'warning')}     ${share('inconclusive')}  ${share('failed')}       ${percent(1 - high)}  ${percent(high)}`,
    );
  }
}
if (!agreed()) throw new Error('The bench no longer measures what judgeCanary decides by.');
process.exitCode = worse ? 1 : 0;
