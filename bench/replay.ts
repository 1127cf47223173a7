/**
 * What one replayed `ChatOpenAI.invoke` costs: the tape beside a bare msw handler, aimock and Polly.js, measured in one run.
 * Rounds alternate between them and the median round counts. All of them run in this process, so its processor time is what a call costs, and
 * a busy machine changes it little; the time on the wall stands beside it. A ratio is to the bare msw handler in the same round, in processor
 * time, and the median of those counts. Exits with 1 where the tape costs more than it may.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LLMock } from '@copilotkit/aimock';
import { ChatOpenAI } from '@langchain/openai';
import FetchAdapter from '@pollyjs/adapter-fetch';
import { Polly } from '@pollyjs/core';
import FSPersister from '@pollyjs/persister-fs';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { median } from 'simple-statistics';
import { openTape } from '#src/replay/public.js';

const rounds = 25;
const mostForTheTape = 1.2;
const callsPerRound = 100;
const question = 'What is the capital of Norway?';
const answer = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-bench',
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Oslo' } }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
};

const modelAt = (baseURL: string) => new ChatOpenAI({ model: 'gpt-bench', apiKey: 'bench', maxRetries: 0, configuration: { baseURL } });

const ask = async (model: ChatOpenAI): Promise<void> => {
  for (let at = 0; at < callsPerRound; at++) if ((await model.invoke(question)).text !== 'Oslo') throw new Error('not the recorded answer');
};

/** A contender answers one round of calls; opening and closing it is not measured. */
type Contender = { name: string; around: (round: () => Promise<void>) => Promise<void>; url: string };

const msw = (url: string): Contender => {
  const server = setupServer(http.post('*/chat/completions', () => HttpResponse.json(answer)));
  return {
    name: 'bare msw handler',
    url,
    around: async (round) => {
      server.listen({ onUnhandledRequest: 'error' });
      await round();
      server.close();
    },
  };
};

const tape = async (url: string, folder: string): Promise<Contender> => {
  const file = join(folder, 'bench.tape.json');
  const recording = await openTape({ file, mode: 'record', program: 'bench' });
  await recording.run(async () => {
    const model = modelAt(url);
    await model.invoke(question);
    await ask(model);
  });
  recording.close();
  const opened = await openTape({ file, mode: 'replay', program: 'bench' });
  return { name: 'tape', url, around: (round) => opened.run(round) };
};

const aimock = async (): Promise<Contender & { stop: () => Promise<void> }> => {
  const server = new LLMock({ port: 0 });
  server.onMessage(question, { content: 'Oslo' });
  const url = await server.start();
  return {
    name: 'aimock',
    url: `${url}/v1`,
    around: (round) => round(),
    stop: async () => void (await server.stop()),
  };
};

const polly = async (url: string, folder: string): Promise<Contender> => {
  // Their CommonJS builds export the class itself; the declarations say otherwise.
  Polly.register(FetchAdapter as never);
  Polly.register(FSPersister as never);
  const options = {
    adapters: ['fetch'],
    persister: 'fs',
    persisterOptions: { fs: { recordingsDir: join(folder, 'polly') } },
    logLevel: 'silent' as const,
  };
  const open = (mode: 'record' | 'replay') =>
    new Polly('bench', { ...options, mode, recordIfMissing: false, matchRequestsBy: { headers: false, order: false } });
  const recording = open('record');
  await modelAt(url).invoke(question);
  await recording.stop();
  return {
    name: 'Polly.js',
    url,
    around: async (round) => {
      const instance = open('replay');
      await round();
      await instance.stop();
    },
  };
};

const folder = mkdtempSync(join(tmpdir(), 'bench-replay-'));
const real = createServer((request, response) => {
  request.resume();
  request.on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer)));
});
await new Promise<void>((resolve) => real.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${(real.address() as AddressInfo).port}/v1`; // listening on a port
const mock = await aimock();
const contenders = [msw(url), await tape(url, folder), mock, await polly(url, folder)];
real.closeAllConnections();
real.close();

const times = new Map(contenders.map(({ name }) => [name, { processor: [] as number[], wall: [] as number[] }]));
for (let round = -2; round < rounds; round++)
  for (const { name, around, url } of contenders)
    await around(async () => {
      const model = modelAt(url);
      await model.invoke(question); // clients are made at their first call
      const [begun, used] = [performance.now(), process.cpuUsage()];
      await ask(model);
      const { user, system } = process.cpuUsage(used);
      if (round < 0) return; // warming up
      times.get(name)?.processor.push((user + system) / callsPerRound);
      times.get(name)?.wall.push(((performance.now() - begun) / callsPerRound) * 1_000);
    });

await mock.stop();
rmSync(folder, { recursive: true, force: true });

const bare = times.get('bare msw handler')?.processor ?? [];
const rows = [...times].map(([name, { processor, wall }]) => ({
  name,
  processorUs: Math.round(median(processor)),
  wallUs: Math.round(median(wall)),
  ratio: Number(median(processor.map((us, round) => us / (bare[round] ?? NaN))).toFixed(2)),
}));
const tapeRatio = rows.find(({ name }) => name === 'tape')?.ratio ?? NaN;
if (process.argv.includes('--json')) console.log(JSON.stringify({ callsPerRound, rounds, rows }, null, 2));
else
  for (const { name, processorUs, wallUs, ratio } of rows)
    console.log(`${name.padEnd(18)} ${String(processorUs).padStart(5)} µs a call (${wallUs} on the wall)  ${ratio.toFixed(2)} x bare msw`);
if (!(tapeRatio <= mostForTheTape)) {
  console.error(`Failed: a call of the tape may cost ${mostForTheTape} times a bare msw handler, and costs ${tapeRatio} times.`);
  process.exitCode = 1;
}
