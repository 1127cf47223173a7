import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { request as undiciRequest } from 'undici';
import { expect, test } from 'vitest';
import { StagingError } from '../../src/catalog/errors.js';
import { openTape, type Cause } from '../../src/replay/public.js';
import { completion, modelServer, sendJson } from './support/model-server.js';
import { weatherAgent, type Change } from './support/released.js';
import { chat, tapeFolder, withTapeAt } from './support/tape-test.js';

const weatherServer = () =>
  modelServer(({ body }, response) => {
    const last = (body['messages'] as { role: string }[]).at(-1)!; // what ChatOpenAI sends
    sendJson(
      response,
      last.role === 'tool'
        ? completion('Take an umbrella.')
        : completion('', [{ id: 'call_1', name: 'read_weather', args: '{"city":"Oslo"}' }]),
    );
  });

/** Records the agent as it is, then replays it with one thing changed, in a program that swallows every error. */
const replayChanged = async (change: (folder: string) => Partial<Change>) => {
  const { folder, file } = tapeFolder();
  const promptFile = join(folder, 'forecaster.md');
  writeFileSync(promptFile, 'You forecast the weather in careful words.');
  const server = await weatherServer();
  const options = { program: 'tape-tests', prompts: promptFile };
  await withTapeAt(file, 'record', () => weatherAgent(server.url, { promptFile }).invoke({}), options);
  const asked = server.received.length;
  const changed = change(folder);

  const tape = await openTape({ file, ...options });
  const failure: unknown = await tape
    .run(() =>
      weatherAgent(server.url, { promptFile, ...changed })
        .invoke({})
        .catch(() => 'swallowed'),
    )
    .catch((error: unknown) => error);

  expect(server.received).toHaveLength(asked);
  expect(failure).toBeInstanceOf(StagingError);
  return { error: failure as StagingError, miss: tape.report.misses[0]! };
};

test.each<{ name: string; change: (folder: string) => Partial<Change>; cause: Cause; says: string[] }>([
  {
    name: 'one word of a prompt file',
    change: (folder) => (writeFileSync(join(folder, 'forecaster.md'), 'You forecast the weather in plain words.'), {}),
    cause: { kind: 'prompt-file', files: ['forecaster.md'] },
    says: ['prompt file changed: forecaster.md', 'message 1 (system)', 'in [-careful-] {+plain+} words.'],
  },
  {
    name: 'one tool parameter',
    change: () => ({ unit: { type: 'number' } }),
    cause: { kind: 'tool-schema', tool: 'read_weather', parameter: 'parameters.properties.unit.type' },
    says: ['tool schema changed: read_weather, parameters.properties.unit.type', '[-string-] {+number+}'],
  },
  {
    name: 'a model parameter',
    change: () => ({ temperature: 0.5 }),
    cause: { kind: 'parameters', parameter: 'temperature' },
    says: ['model or parameters changed: temperature', '[-0-] {+0.5+}'],
  },
  {
    name: 'the result of a tool',
    change: () => ({ weather: 'Sun all day.' }),
    cause: { kind: 'tool-result', tool: 'read_weather' },
    says: ['an upstream tool result changed: read_weather', 'message 4 (tool read_weather)', '[-Rain-] {+Sun+} all day.'],
  },
  {
    name: 'a second question',
    change: () => ({ ask: ['Will it rain in Oslo?', 'And tomorrow?'] }),
    cause: { kind: 'new-turn', why: 'the conversation has 6 messages instead of 4' },
    says: ['a new turn', '4 messages were recorded, 6 were sent', '{+And tomorrow?+}'],
  },
  {
    name: 'the node that asks',
    change: () => ({ node: 'weatherman' }),
    cause: { kind: 'other-lane', lane: 'forecaster' },
    says: ['another lane: it was recorded for forecaster', 'lane    weatherman', 'nearest forecaster #1'],
  },
])('after a change of $name the diagnosis names it', async ({ change, cause, says }) => {
  const { error, miss } = await replayChanged(change);

  expect(error.code).toBe('TAPE_MISS');
  expect(miss.cause).toEqual(cause);
  for (const text of says) expect(error.message).toContain(text);
});

test('the program is told by a 409 with the diagnosis, which LangChain does not retry', async () => {
  const { file } = tapeFolder();
  const server = await modelServer((_received, response) => void sendJson(response, completion('hello')));
  await withTapeAt(file, 'record', () => chat(server.url).invoke('hi'));

  const tape = await openTape({ file, program: 'tape-tests' });
  let met: unknown;
  const run = tape.run(() =>
    chat(server.url, { maxRetries: 5 })
      .invoke('something else')
      .catch((error: unknown) => (met = error)),
  );

  await expect(run).rejects.toThrow('is not on the tape');
  expect(met).toMatchObject({ status: 409 });
  expect(String(met)).toContain('cause   a new turn');
  expect(tape.report.misses).toHaveLength(1);
});

test('a question that is asked once more than recorded is a new turn', async () => {
  const { file } = tapeFolder();
  const server = await modelServer((_received, response) => void sendJson(response, completion('hello')));
  await withTapeAt(file, 'record', () => chat(server.url).invoke('hi'));

  await expect(
    withTapeAt(file, 'replay', async () => {
      await chat(server.url).invoke('hi');
      await chat(server.url)
        .invoke('hi')
        .catch(() => null);
    }),
  ).rejects.toThrow('asked once more than recorded');
});

test('recordings that nobody asked for fail the run, by name, unless they may stay', async () => {
  const { file } = tapeFolder();
  const server = await modelServer((_received, response) => void sendJson(response, completion('hello')));
  await withTapeAt(file, 'record', async () => {
    await chat(server.url).invoke('one');
    await chat(server.url).invoke('two');
  });
  const program = () => chat(server.url).invoke('one');

  await expect(withTapeAt(file, 'replay', program)).rejects.toMatchObject({
    code: 'TAPE_UNUSED',
    message: expect.stringContaining('no graph #2') as string,
  });
  await expect(withTapeAt(file, 'replay', program, { unused: 'allow' })).resolves.toBeDefined();
});

test('what the program itself throws is what the run rejects with', async () => {
  const { file } = tapeFolder();
  await withTapeAt(file, 'record', async () => undefined);

  await expect(withTapeAt(file, 'replay', () => Promise.reject(new Error('its own')))).rejects.toThrow(/^its own$/);
});

test.each<[string, (url: string) => Promise<unknown>]>([
  ['fetch', (url) => fetch(url)],
  ["undici's own client", (url) => undiciRequest(url)],
])('nothing falls through to the network: %s', async (_name, ask) => {
  const { file } = tapeFolder();
  const server = await modelServer((_received, response) => void sendJson(response, {}));
  await withTapeAt(file, 'record', async () => undefined);

  const outside = withTapeAt(file, 'replay', () => ask('http://192.0.2.1:81/').catch(() => null));
  await expect(outside).rejects.toMatchObject({ code: 'TAPE_MISS', message: expect.stringContaining('192.0.2.1') as string });
  const here = withTapeAt(file, 'replay', () => ask(server.url).catch(() => null));
  await expect(here).rejects.toMatchObject({ code: 'TAPE_MISS' });
  expect(server.received).toHaveLength(0);
  await withTapeAt(file, 'replay', () => ask(server.url), { allow: [`127.0.0.1:${server.port}`] });
  expect(server.received).toHaveLength(1);
});

test('after the run, the network is as it was', async () => {
  const { file } = tapeFolder();
  const server = await modelServer((_received, response) => void sendJson(response, {}));
  await withTapeAt(file, 'record', async () => undefined);
  await withTapeAt(file, 'replay', async () => undefined);

  expect((await fetch(server.url)).status).toBe(200);
  expect((await undiciRequest(server.url)).statusCode).toBe(200);
});

test.each(['record', 'replay'] as const)(
  'a client that kept the real fetch from before the run is refused, not let through (%s)',
  async (mode) => {
    const { file } = tapeFolder();
    const server = await modelServer((_received, response) => void sendJson(response, completion('hello')));
    const model = chat(server.url);
    await model.invoke('before');
    await withTapeAt(file, 'record', async () => undefined);

    await expect(withTapeAt(file, mode, () => model.invoke('hi').catch(() => 'swallowed'))).rejects.toMatchObject({
      code: 'TAPE_MISS',
      message: expect.stringContaining('in use before the tape ran') as string,
    });
    expect(server.received).toHaveLength(1);
  },
);

test('a client that was first used in one run is answered in the next', async () => {
  const { file } = tapeFolder();
  const server = await modelServer((_received, response, count) => void sendJson(response, completion(`answer ${count}`)));
  const model = chat(server.url);
  const program = async () => (await model.invoke('hi')).text;

  const said = [
    await withTapeAt(file, 'record', program),
    await withTapeAt(file, 'replay', program),
    await withTapeAt(file, 'replay', program),
  ];

  expect(said).toEqual(['answer 1', 'answer 1', 'answer 1']);
});
