/**
 * Reads a million inputs that nobody meant: changed samples and fast-check's ideas, for every parser that outside text comes to. Prints a
 * count per parser, and for each finding the line that makes it again. `--inputs N` for another number, `--seed N` for other inputs (the
 * default is today's date), `--target NAME` for one parser, `--at INDEX` for one input; `--json` prints one document. Exits with 1 on a finding.
 */
import { fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
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
/** One that comes back says itself how much of its own time it took; a busy machine lets everything wait. */
const hangsMs = 60_000;
const memoryMb = 512;

type Row = { target: string; inputs: number; seconds: number; findings: Finding[] };

/** In a process of its own, so that one that never comes back, or takes all memory, is stopped and named. */
const fuzz = (target: string, from: number, until: number): Promise<Row> => {
  const startedAt = performance.now();
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
  const place = join(folder, 'place'); // says which input is being read
  writeFileSync(place, '');
  const reader = fork(new URL('fuzz-reader.ts', import.meta.url), [JSON.stringify({ target, seed, from, until, place })], {
    execArgv: ['--import', 'tsx', `--max-old-space-size=${memoryMb}`],
  });
  return new Promise((resolve) => {
    let seen = '';
    const at = (): string => readFileSync(place, 'utf8');
    const stuck = (what: string): Finding => ({ target, seed, index: Number(at()), what, input: 'it was not read to its end' });
    const done = (findings: Finding[]) => {
      clearInterval(watch);
      reader.removeAllListeners();
      reader.kill('SIGKILL');
      resolve({ target, inputs: Number(at()) + 1 - from, seconds: (performance.now() - startedAt) / 1_000, findings });
      rmSync(folder, { recursive: true });
    };
    const watch = setInterval(() => {
      if (at() !== '' && at() === seen) return done([stuck(`it took more than ${hangsMs} ms`)]);
      seen = at();
    }, hangsMs);
    reader.once('message', (findings: Finding[]) => done(findings));
    reader.once('exit', (code, signal) => done([stuck(`the process ended with ${code ?? signal}`)]));
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
