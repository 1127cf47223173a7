/**
 * Reads a million inputs that nobody meant: changed samples and fast-check's ideas, for every parser that outside text comes to. Prints a
 * count per parser, and for each finding the line that makes it again. `--inputs N` for another number, `--seed N` for other inputs (the
 * default is today's date), `--target NAME` for one parser, `--at INDEX` for one input; `--json` prints one document. Exits with 1 on a finding.
 */
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import type { Finding } from '../test/fuzz/run-fuzz.js';
import { targets } from '../test/fuzz/targets.js';

const { values } = parseArgs({
  options: {
    inputs: { type: 'string' },
    seed: { type: 'string' },
    target: { type: 'string' },
    at: { type: 'string' },
    json: { type: 'boolean' },
  },
});
const seed = Number(values.seed ?? new Date().toISOString().slice(0, 10).replaceAll('-', ''));
const total = Number(values.inputs ?? 1_000_000);
const hangsMs = 10_000;
const memoryMb = 512;

/** A thread does not inherit what reads TypeScript here. */
const begin = `import('tsx/esm/api').then(({ register }) => (register(), import(${JSON.stringify(new URL('fuzz-worker.ts', import.meta.url))})))`;

type Row = { target: string; inputs: number; seconds: number; findings: Finding[] };

/** In a thread of its own, so that one that never comes back, or takes all memory, is stopped and named. */
const fuzz = (target: string, from: number, until: number): Promise<Row> => {
  const startedAt = performance.now();
  const position = new BigInt64Array(new SharedArrayBuffer(16)); // the input that is being read, and how often one was begun
  const worker = new Worker(begin, {
    eval: true,
    workerData: { target, seed, from, until, position },
    resourceLimits: { maxOldGenerationSizeMb: memoryMb },
  });
  return new Promise((resolve) => {
    let seen = -1n;
    const stuckAt = (what: string): Finding => ({
      target,
      seed,
      index: Number(position[0] ?? 0),
      what,
      input: `see --target "${target}" --seed ${seed} --at ${position[0]}`,
    });
    const done = (findings: Finding[]) => {
      clearInterval(watch);
      const index = Number(position[0] ?? 0);
      resolve({ target, inputs: index + 1 - from, seconds: (performance.now() - startedAt) / 1_000, findings });
      void worker.terminate();
    };
    const watch = setInterval(() => {
      const count = Atomics.load(position, 1);
      if (count > 0n && count === seen) done([stuckAt(`it took more than ${hangsMs} ms`)]);
      seen = count;
    }, hangsMs);
    worker.once('message', (findings: Finding[]) => done(findings));
    worker.once('error', (error) => done([stuckAt(`the thread ended: ${error instanceof Error ? error.message : String(error)}`)]));
  });
};

const chosen = Object.entries(targets).filter(([name]) => values.target === undefined || values.target === name);
const shares = chosen.reduce((sum, [, { share }]) => sum + share, 0);
const rows: Row[] = [];
for (const [name, { about, share }] of chosen) {
  const from = Number(values.at ?? 0);
  const row = await fuzz(name, from, values.at === undefined ? Math.ceil((total * share) / shares) : from + 1);
  rows.push(row);
  if (!values.json)
    console.log(
      `${about.padEnd(36)} ${String(row.inputs).padStart(8)} inputs ${row.seconds.toFixed(1).padStart(7)} s ${String(row.findings.length).padStart(3)} findings`,
    );
  for (const { index, what, input } of row.findings)
    console.error(`  ${what}\n  again: npm run fuzz -- --target "${name}" --seed ${seed} --at ${index}\n  input: ${input}`);
}
const inputs = rows.reduce((sum, row) => sum + row.inputs, 0);
const findings = rows.flatMap((row) => row.findings);
if (values.json) console.log(JSON.stringify({ seed, inputs, findings: findings.length, rows }, null, 2));
else console.log(`inputs read: ${inputs} by ${rows.length} parsers, findings: ${findings.length}, seed ${seed}`);
process.exitCode = findings.length === 0 && chosen.length > 0 ? 0 : 1;
