/**
 * What a model call of a release costs over the same call made otherwise: a bare fetch loop with SQLite rows, a graph written by hand, agents
 * of `createAgent`, the supervisor. The graph by hand with the rows of this project and nothing else of it shows what those cost alone.
 * All of them say the same to the same stub model, and hear the same. Each is a process of its own, and so is the model; none is measured before it has run
 * for 25 seconds. Rounds alternate between the contenders; a ratio is taken within its round, and the median of the rounds counts. Exits with 1 where ours
 * costs more than it may. Every contender asks the same of the simulated world, as the tools of ours do: two rollouts and a soak among it.
 * Nothing of what ours does besides is left out: a row before and after each call, the chain of hashes, the evidence, the verdicts, the
 * guard at every door, and the search for secrets in all that is kept or sent, at every step.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { median } from 'simple-statistics';
import type { Asks, Run } from './overhead/contender.js';
import { contenders, type ContenderName as Name } from './overhead/contenders.js';
import { recordScript } from './overhead/script.js';

const names = Object.keys(contenders) as Name[]; // the keys of that table
const rounds = 7;
const rateRounds = 3;
const delayMs = 40;

const started = async (file: string, ...args: string[]): Promise<[ChildProcess, unknown]> => {
  const child = fork(join(import.meta.dirname, 'overhead', file), args);
  child.once('exit', (code) => code !== 0 && process.exit(1)); // it has said why
  const [said] = (await once(child, 'message')) as [unknown];
  return [child, said];
};

const [stub, port] = await started('stub-model.ts');
const url = `http://127.0.0.1:${Number(port)}`;
const tell = (path: string, body: object): Promise<unknown> => fetch(url + path, { method: 'POST', body: JSON.stringify(body) });

const script = await recordScript();
const calls = script.reduce((sum, { turns }) => sum + turns.length + 1, 0);
const tools = script.reduce((sum, { turns }) => sum + turns.flatMap((turn) => turn.calls).length, 0);
await tell('/set', { script });

const processes = new Map<Name, ChildProcess>();
for (const name of names) processes.set(name, (await started('contender.ts', name, url))[0]);
const ask = async <K extends keyof Asks>(name: Name, what: K): Promise<Awaited<ReturnType<Asks[K]>>> => {
  const child = processes.get(name);
  child?.send(what);
  const [answer] = child === undefined ? [] : ((await once(child, 'message')) as [Awaited<ReturnType<Asks[K]>>]); // what that process sends
  if (answer === undefined) throw new Error(`${name} gave no answer to ${what}`);
  return answer;
};

const bytes = new Map<Name, number>();
for (const name of names) bytes.set(name, await ask(name, 'weigh'));
const kibACall = (name: Name): number => (bytes.get(name) ?? NaN) / 1_024 / calls;
for (const name of names) await ask(name, 'warm');
const measured = async (name: Name): Promise<Run> => {
  const run = await ask(name, 'run');
  if (run.calls < calls) throw new Error(`${name} asked ${run.calls} times a release, and the script has ${calls} calls`);
  return run;
};
const runs = new Map<Name, Run[]>(names.map((name) => [name, []]));
for (let round = 0; round < rounds; round += 1) for (const name of names) runs.get(name)?.push(await measured(name));
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
for (let round = 0; round < rateRounds; round += 1) for (const name of asked) rates.get(name)?.push(await ask(name, 'rate'));
for (const child of [stub, ...processes.values()]) child.disconnect();
const rateOf = (name: Name): number =>
  median((rates.get(name) ?? []).map((perSecond, round) => perSecond / (rates.get('hand-written')?.[round] ?? NaN)));
console.log(`25 releases at a time with a model that takes ${delayMs} ms:`);
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
