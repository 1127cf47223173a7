/**
 * What a model call of a release costs over the same call made otherwise: a bare fetch loop with SQLite rows, a graph written by hand, agents
 * of `createAgent`, the supervisor. The graph by hand with the rows of this project and nothing else of it shows what those cost alone.
 * All of them say the same to the same stub model, which is a process of its own, and hear the same.
 * Rounds alternate between the contenders; a ratio is taken within its round, and the median of the rounds counts. Exits with 1 where ours
 * costs more than it may. Every contender asks the same of the simulated world, as the tools of ours do: two rollouts and a soak among it.
 * Nothing of what ours does besides is left out: a row before and after each call, the chain of hashes, the evidence, the verdicts, the
 * guard at every door, and the search for secrets in all that is kept or sent, at every step.
 */
import { fork } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from 'simple-statistics';
import { agentNodes, bareLoop, handWritten, ours, supervised, withRows, type Contender } from './overhead/contenders.js';
import { recordScript } from './overhead/script.js';

const contenders = {
  bare: bareLoop,
  'hand-written': handWritten,
  'with our rows': withRows,
  ours,
  createAgent: agentNodes,
  supervisor: supervised,
};
type Name = keyof typeof contenders;
const names = Object.keys(contenders) as Name[]; // the keys of the table above

const rounds = 9;
/** Releases before anything is measured: so many does it take until the engine has compiled what is hot. */
const warmUps = 8;
const measured = 3;
const rateRounds = 3;
const together = 25;
const delayMs = 40;

const stub = fork(join(import.meta.dirname, 'overhead/stub-model.ts'), { execArgv: ['--import', 'tsx'] });
const port = await new Promise<number>((resolve) => stub.once('message', (message) => resolve(Number(message))));
const url = `http://127.0.0.1:${port}`;
const tell = async (path: string, body: object = {}): Promise<unknown> =>
  (await fetch(url + path, { method: 'POST', body: JSON.stringify(body) })).json();

const script = await recordScript();
const calls = script.reduce((sum, { turns }) => sum + turns.length + 1, 0);
const tools = script.reduce((sum, { turns }) => sum + turns.flatMap((turn) => turn.calls).length, 0);
await tell('/set', { script });

const opened = (name: Name): Contender & { folder: string } => {
  const folder = mkdtempSync(join(tmpdir(), `overhead-${name}-`));
  return { ...contenders[name]({ script, url, folder }), folder };
};
const bytesIn = (folder: string): number => readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);

/** What a release leaves where none was before: of several that are alike a store keeps what is equal once, and each would weigh too little. */
const weigh = async (name: Name): Promise<number> => {
  const weighed = [];
  for (const count of [0, 1]) {
    const { release, close, folder } = opened(name);
    if (count > 0) await release('weighed');
    await close(); // closing the last connection moves the WAL into the file
    weighed.push(bytesIn(folder));
    rmSync(folder, { recursive: true });
  }
  const [empty = NaN, one = NaN] = weighed;
  return one - empty;
};

type Run = { ms: number; processorMs: number; calls: number; characters: number };

/** Measures a few releases, one after the other; the first one opens what stays open, and does not count. */
const run = async (name: Name): Promise<Run> => {
  const { release, close, folder } = opened(name);
  await release('first');
  await tell('/counts');
  const [begun, used] = [performance.now(), process.cpuUsage()];
  for (let at = 0; at < measured; at += 1) await release(`measured-${at}`);
  const [ms, { user, system }] = [(performance.now() - begun) / measured, process.cpuUsage(used)];
  const sent = (await tell('/counts')) as { calls: number; characters: number };
  await close();
  rmSync(folder, { recursive: true });
  if (sent.calls < calls * measured)
    throw new Error(`${name} asked ${sent.calls} times in ${measured} releases, and the script has ${calls} calls`);
  return { ms, processorMs: (user + system) / 1_000 / measured, ...sent };
};

const releasesPerSecond = async (name: Name): Promise<number> => {
  const { release, close, folder } = opened(name);
  await release('warm');
  const begun = performance.now();
  await Promise.all(Array.from({ length: together }, (_, at) => release(`release-${at}`)));
  const perSecond = (together * 1_000) / (performance.now() - begun);
  await close();
  rmSync(folder, { recursive: true });
  return perSecond;
};

const bytes = new Map<Name, number>();
for (const name of names) bytes.set(name, await weigh(name));
const kibACall = (name: Name): number => (bytes.get(name) ?? NaN) / 1_024 / calls;
for (const name of names) {
  const { release, close, folder } = opened(name);
  for (let at = 0; at < warmUps; at += 1) await release(`warm-${at}`);
  await close();
  rmSync(folder, { recursive: true });
}
const runs = new Map<Name, Run[]>(names.map((name) => [name, []]));
for (let round = 0; round < rounds; round += 1) for (const name of names) runs.get(name)?.push(await run(name));
const middle = (name: Name, value: keyof Run): number => median((runs.get(name) ?? []).map((one) => one[value]));
/** The median over the rounds of the ratio within a round. */
const ratio = (name: Name, other: Name, value: keyof Run): number =>
  median((runs.get(name) ?? []).map((one, round) => one[value] / (runs.get(other)?.[round]?.[value] ?? NaN)));

console.log(`${script.length} routines, ${tools} tool calls, ${calls} calls of the model; medians of ${rounds} rounds`);
console.log('                 ms a call       processor    x bare    KiB a call    prompt');
for (const name of names) {
  const cells = [
    (middle(name, 'ms') / calls).toFixed(2).padStart(10),
    (middle(name, 'processorMs') / calls).toFixed(2).padStart(16),
    ratio(name, 'bare', 'ms').toFixed(2).padStart(10),
    kibACall(name).toFixed(2).padStart(14),
    ratio(name, 'bare', 'characters').toFixed(2).padStart(10),
  ];
  console.log(`${name.padEnd(16)}${cells.join('')}`);
}

await tell('/set', { delayMs });
const asked = ['ours', 'with our rows', 'hand-written'] as const;
const rates = new Map<Name, number[]>(asked.map((name) => [name, []]));
for (let round = 0; round < rateRounds; round += 1) for (const name of asked) rates.get(name)?.push(await releasesPerSecond(name));
stub.disconnect();
const rateOf = (name: Name): number =>
  median((rates.get(name) ?? []).map((perSecond, round) => perSecond / (rates.get('hand-written')?.[round] ?? NaN)));
console.log(`${together} releases at a time with a model that takes ${delayMs} ms:`);
for (const name of asked)
  console.log(
    `${name.padEnd(16)}${median(rates.get(name) ?? [])
      .toFixed(2)
      .padStart(10)} releases/s${rateOf(name).toFixed(2).padStart(15)}`,
  );
console.log(
  `our rows alone: ${ratio('with our rows', 'hand-written', 'ms').toFixed(2)} of the time of the graph written by hand, ${rateOf('with our rows').toFixed(2)} of its releases per second`,
);

const judged = [
  ['of the time of the bare loop', ratio('ours', 'bare', 'ms'), 'at most', 3.0],
  ['of the time of the graph written by hand', ratio('ours', 'hand-written', 'ms'), 'at most', 1.3],
  ['KiB on disk for 24 calls', kibACall('ours') * 24, 'at most', 150],
  ['of the prompt that contexts of their own need', ratio('ours', 'bare', 'characters'), 'at most', 1.1],
  ['of the releases per second of the graph written by hand', rateOf('ours'), 'at least', 0.9],
] as const;
for (const [what, value, bound, limit] of judged) {
  const holds = bound === 'at most' ? value <= limit : value >= limit;
  console.log(`${holds ? 'ok    ' : 'Failed'} ours ${value.toFixed(2)} ${what}, ${bound} ${limit}`);
  if (!holds) process.exitCode = 1;
}
