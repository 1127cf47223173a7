import { canaryOf, samplesUntilBack } from '../test/examples/storefront/canary.js';
import { clock } from '../test/tools/deployment/local/fixtures/local-environment.js';
import { readyToRoll } from '../test/tools/deployment/local/fixtures/rollout.js';

/**
 * How long visitors meet a candidate that went wrong: real processes at a fifth of 100 requests per second, sampled every 500 ms,
 * one rollout per run and trigger. `tsx bench/restore-after-breach.ts [runs]`: 5 unless told.
 */
const runs = Number(process.argv[2] ?? 5);
const rollout = {
  sampleMs: 500,
  steps: [{ weightPercent: 20, pauseMs: 60_000 }],
  breach: { latencyP95Ms: 300, windowSamples: 3, minRequests: 5 },
};

type Run = { restoreMs: number; samples: number | null; dropped: number };

const faulty = async (manner: string): Promise<Run> => {
  const cleanUps: (() => Promise<void>)[] = [];
  const { roll } = await readyToRoll({ rollout, manners: [manner], whenFinished: (clean) => void cleanUps.unshift(clean as never) });
  const record = await roll();
  for (const clean of cleanUps) await clean();
  const bad = record.samples.findIndex(
    ({ errors, healthy, restarts, latencyP95Ms }) => errors > 0 || healthy === false || restarts > 0 || (latencyP95Ms ?? 0) > 300,
  );
  return { restoreMs: record.restoreMs ?? NaN, samples: record.samples.length - bad, dropped: record.traffic.dropped };
};

const told = async (kind: 'person' | 'alert'): Promise<Run> => {
  const cleanUps: (() => Promise<void>)[] = [];
  const { roll, interventions, changes } = await readyToRoll({ rollout, whenFinished: (clean) => void cleanUps.unshift(clean as never) });
  const rolling = roll();
  while (changes.length === 0) await clock.sleep(20);
  await clock.sleep(Math.random() * 1_000);
  await interventions.ask({ kind, by: kind, at: clock.now(), reason: 'bench', environment: null, release: null });
  const record = await rolling;
  for (const clean of cleanUps) await clean();
  return { restoreMs: record.restoreMs ?? NaN, samples: null, dropped: record.traffic.dropped };
};

/** The example's own canary: 60 requests per second, 10 and then 50 percent. */
const storefront = async (): Promise<Run> => {
  const record = await canaryOf('v2.3.0');
  return { restoreMs: record.restoreMs ?? NaN, samples: samplesUntilBack(record), dropped: record.traffic.dropped };
};

const rows: [string, () => Promise<Run>][] = [
  ['error rate', () => faulty('fails-after-40')],
  ['performance', () => faulty('slows-after-40')],
  ['health', () => faulty('sickens-after-40')],
  ['crash', () => faulty('crashes-after-40')],
  ['alert', () => told('alert')],
  ['person', () => told('person')],
  ['v2.3.0', storefront],
];

console.log('trigger      samples until restored   ms from the breaching sample (or the word) to restored traffic   dropped');
for (const [trigger, run] of rows) {
  const all: Run[] = [];
  for (let done = 0; done < runs; done += 1) all.push(await run());
  const ms = all.map((one) => one.restoreMs).sort((a, b) => a - b);
  const samples = all.flatMap((one) => one.samples ?? []);
  const middle = ms[Math.floor(ms.length / 2)];
  console.log(
    [
      trigger.padEnd(12),
      (samples.length === 0 ? '–' : `${Math.min(...samples)} to ${Math.max(...samples)}`).padEnd(24),
      `${ms[0]} to ${ms.at(-1)}, median ${middle}`.padEnd(74),
      all.reduce((sum, one) => sum + one.dropped, 0),
    ].join(' '),
  );
}
