import { judgeCanary, kayenta } from '#src/gates/public.js';
import { rankTest } from '#src/gates/canary/mann-whitney.js';

/**
 * How often our judge and Kayenta's rule call a canary harmful, on the same seeded lognormal samples (sigma 0.5): when nothing changed
 * (false alarms) and when it is worse by 10 % and 50 % (detection). Both keep the tolerance that they come with, and of both the level
 * is moved until each raises exactly `falseAlarms` among the same unchanged canaries: ours by `falseAlarmRate`, Kayenta's by `confidence`.
 * Then both judge the same harmed canaries. A row is won by whom it favours by more than twice the error of the difference: the canaries
 * on which only one of both speaks, and what the levels would move by chance. Else it is a tie: at +10 % both rest on the same rank
 * statistic at almost the same shift. Below stands what both say at all their defaults, where the difference is in what "pass" means.
 * `tsx bench/judge.ts [thousands of unchanged canaries]`: 20 unless told. Exits with 1 when Kayenta's wins a row, or ours does not win
 * where 10 or 20 points show a harm of 50 %.
 */
const unchangedRuns = Number(process.argv[2] ?? 20) * 1_000;
const harmedRuns = unchangedRuns / 2;
const falseAlarms = 0.05;
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

/** The tolerance of our judge when nobody names one. */
const tolerance = 0.1;
/** What our judge holds against its level: `p.harm` of {@link judgeCanary}, without the rest of the verdict. */
const ours = (one: Canary) => rankTest(logarithms(one), Math.log1p(tolerance)).greater;

/**
 * What Kayenta's rule holds against its level. High says that the interval begins above a quarter of its own estimate, and the interval
 * begins where the test would just be significant: so the test is made at a quarter of the estimate.
 */
const theirs = (one: Canary) => {
  const { estimate } = kayenta.mannWhitney(one);
  return estimate > 0 ? rankTest(one, 0.25 * estimate).greater : 1;
};

type Run = { theirs: number; ours: number };
const run = (points: number, harm: number, times: number): Run[] =>
  Array.from({ length: times }, () => {
    const one = canary(points, harm);
    return { theirs: theirs(one), ours: ours(one) };
  });

const rate = (runs: readonly Run[], says: (one: Run) => number) => runs.reduce((sum, one) => sum + says(one), 0) / runs.length;
const percent = (share: number) => `${(share * 100).toFixed(2)} %`.padStart(9);

/**
 * How strongly a p speaks at the level that gives `wanted` alarms among the unchanged: 1 below that level, 0 above, and on it
 * the share that makes the number exact, as small samples know only few p.
 */
const alarmAt = (unchanged: readonly number[], wanted: number) => {
  const sorted = Float64Array.from(unchanged).sort();
  const level = sorted[wanted - 1] ?? 0;
  const below = sorted.filter((p) => p < level).length;
  const on = sorted.filter((p) => p === level).length;
  return (p: number) => (p < level ? 1 : p === level ? (wanted - below) / on : 0);
};

/** The same judges that a user calls, and the p that the table below rests on. */
const agreed = () =>
  Array.from({ length: 500 }, () => canary(60, 0.3)).every((one) => {
    const [metric] = judgeCanary({ metrics: [{ name: 'latency', direction: 'increase', ...one }] }).metrics;
    const { classification } = kayenta.classifyMetric({ ...one, direction: 'increase' }); // 98 %: 1 % beyond each end
    return metric?.p?.harm === ours(one) && (classification === 'High') === theirs(one) <= 0.01;
  });

console.log(`seed ${seed}, ${unchangedRuns} unchanged and ${harmedRuns} harmed canaries a row, lognormal with sigma ${sigma}\n`);
console.log(`At ${falseAlarms * 100} % false alarms each`);
console.log('points    harm    detected by ours   by Kayenta     difference   won by');
const lost: string[] = [];
for (const points of sizes) {
  const unchanged = run(points, 0, unchangedRuns);
  const wanted = Math.round(falseAlarms * unchangedRuns);
  const levelled = (who: keyof Run, alarms: number) =>
    alarmAt(
      unchanged.map((one) => one[who]),
      alarms,
    );
  const alarm = { ours: levelled('ours', wanted), theirs: levelled('theirs', wanted) };
  for (const harm of harms) {
    const harmed = run(points, harm, harmedRuns);
    const [mine, other] = [rate(harmed, (one) => alarm.ours(one.ours)), rate(harmed, (one) => alarm.theirs(one.theirs))];
    const differ = (one: Run) => Math.abs(alarm.ours(one.ours) - alarm.theirs(one.theirs));
    const moved = Math.sqrt(rate(unchanged, differ) * unchangedRuns);
    const laxer = levelled('ours', Math.round(wanted + moved));
    const error = Math.hypot(Math.sqrt(rate(harmed, differ) / harmedRuns), rate(harmed, (one) => laxer(one.ours)) - mine);
    const winner = mine > other + 2 * error ? 'ours' : mine < other - 2 * error ? 'Kayenta' : 'tie';
    if (winner === 'Kayenta' || (winner === 'tie' && harm === 0.5 && points <= 20)) lost.push(`${points} points, +${harm * 100} %`);
    const difference = `${mine >= other ? '+' : ''}${((mine - other) * 100).toFixed(2)} ± ${(error * 100).toFixed(2)}`;
    console.log(
      `${String(points).padStart(6)}  +${harm * 100} %         ${percent(mine)}    ${percent(other)}   ${difference.padStart(14)}   ${winner}`,
    );
  }
}

console.log('\nAs both come, tolerance 10 % and 5 % false alarms against 98 % and 0.25');
console.log('points   truth      ours: passed  inconclusive     failed   Kayenta: Pass       High');
for (const points of sizes) {
  for (const harm of [0, ...harms]) {
    const drawn = Array.from({ length: harmedRuns / 50 }, () => canary(points, harm));
    const outcomes = drawn.map((one) => judgeCanary({ metrics: [{ name: 'latency', direction: 'increase', ...one }] }).outcome);
    const share = (...of: string[]) => percent(outcomes.filter((outcome) => of.includes(outcome)).length / drawn.length);
    const high =
      drawn.filter((one) => kayenta.classifyMetric({ ...one, direction: 'increase' }).classification === 'High').length / drawn.length;
    const truth = harm === 0 ? 'unchanged' : `+${harm * 100} %`;
    console.log(
      `${String(points).padStart(6)}   ${truth.padEnd(9)}     ${share('passed', 'warning')}     ${share('inconclusive')}  ${share('failed')}       ${percent(1 - high)}  ${percent(high)}`,
    );
  }
}
if (!agreed()) throw new Error('The bench no longer measures what both judges decide by.');
if (lost.length > 0) console.log(`\nNot as promised: ${lost.join('; ')}.`);
process.exitCode = lost.length > 0 ? 1 : 0;
