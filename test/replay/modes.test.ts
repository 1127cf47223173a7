import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { openTape, readTape } from '../../src/replay/public.js';
import { completion, modelServer, sendJson, textOf } from './support/model-server.js';
import { chat, tapeFolder, withTapeAt } from './support/tape-test.js';

const echo = () => modelServer(({ body }, response, count) => void sendJson(response, completion(`${textOf(body)} ${count}`)));

const asking =
  (url: string, ...questions: string[]) =>
  async () => {
    const said: string[] = [];
    for (const question of questions) said.push((await chat(url).invoke(question)).text);
    return said;
  };

test('update asks only for what is missing, drops what is unused, and leaves the rest', async () => {
  const { file } = tapeFolder();
  const server = await echo();
  await withTapeAt(file, 'record', asking(server.url, 'a', 'b', 'c'));

  const said = await withTapeAt(file, 'update', asking(server.url, 'a', 'x', 'c'));

  expect(said).toEqual(['a 1', 'x 4', 'c 3']);
  expect(server.received).toHaveLength(4);
  expect(await withTapeAt(file, 'replay', asking(server.url, 'a', 'x', 'c'))).toEqual(said);
  expect((await readTape(file)).calls).toHaveLength(3);
});

test('an update that changes nothing leaves the file byte for byte', async () => {
  const { file } = tapeFolder();
  const server = await echo();
  await withTapeAt(file, 'record', asking(server.url, 'a', 'b'), { clock: { now: () => 0 } });
  const before = readFileSync(file, 'utf8');

  await withTapeAt(file, 'update', asking(server.url, 'a', 'b'), { clock: { now: () => 1_000 } });

  expect(readFileSync(file, 'utf8')).toBe(before);
});

test('a changed prompt file alone is taken into the header by update', async () => {
  const { file, folder } = tapeFolder();
  const prompts = join(folder, 'prompts.md');
  writeFileSync(prompts, 'one');
  const server = await echo();
  await withTapeAt(file, 'record', asking(server.url, 'a'), { prompts });
  writeFileSync(prompts, 'two');

  await withTapeAt(file, 'update', asking(server.url, 'a'), { prompts });

  expect(server.received).toHaveLength(1);
  expect((await readTape(file)).header.prompts['prompts.md']).toBe(
    'sha256:3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3',
  );
});

test('record begins a new file, and a run that fails leaves the old one', async () => {
  const { file } = tapeFolder();
  const server = await echo();
  await withTapeAt(file, 'record', asking(server.url, 'a'));
  const before = readFileSync(file, 'utf8');

  const failing = withTapeAt(file, 'record', async () => {
    await chat(server.url).invoke('b');
    throw new Error('half way');
  });
  await expect(failing).rejects.toThrow('half way');
  expect(readFileSync(file, 'utf8')).toBe(before);

  await withTapeAt(file, 'record', asking(server.url, 'b'));
  expect((await readTape(file)).calls).toHaveLength(1);
});

test('off does nothing at all', async () => {
  const { file } = tapeFolder();
  const server = await echo();

  expect(await withTapeAt(file, 'off', asking(server.url, 'a'))).toEqual(['a 1']);
  await expect(readTape(file)).rejects.toMatchObject({ code: 'TAPE_NOT_FOUND' });
});

test.each(['record', 'update', 'off'] as const)('in CI the mode %s is refused, and replay is what a tape opens in', async (mode) => {
  const { file } = tapeFolder();
  await withTapeAt(file, 'record', async () => undefined);
  vi.stubEnv('CI', 'true');

  await expect(openTape({ file, mode, program: 'tape-tests' })).rejects.toMatchObject({ code: 'TAPE_MODE_REFUSED' });
  expect((await openTape({ file, program: 'tape-tests' })).mode).toBe('replay');
  vi.stubEnv('LANGGRAPH_STAGING_TAPE', mode);
  await expect(openTape({ file, program: 'tape-tests' })).rejects.toMatchObject({ code: 'TAPE_MODE_REFUSED' });
});

test.each([
  [{ mode: 'sometimes' }, 'mode'],
  [{ modes: 'replay' }, 'modes'],
  [{ normalise: ['no-such-rule'] }, 'no-such-rule'],
  [{ normalise: [{ name: 'bad', pattern: '(' }] }, 'bad'],
  [{ allow: ['example.com:443'] }, 'example.com'],
  [{ chaos: [{ kind: 'gremlins' }] }, 'chaos.0'],
  [{ prompts: 'no/such/folder' }, 'no/such/folder'],
])('an option that is wrong is refused by name: %j', async (options, word) => {
  const { file } = tapeFolder();
  const wrong = { file, mode: 'record', ...options } as Parameters<typeof openTape>[0]; // what a JavaScript caller may pass

  await expect(openTape(wrong)).rejects.toMatchObject({ code: 'TAPE_OPTIONS_INVALID', message: expect.stringContaining(word) as string });
});

test('volatile values are normalised by the rules that are declared, and by no other', async () => {
  const { file } = tapeFolder();
  const server = await echo();
  const words = (time: string, id: string, port: number) =>
    `At ${time} job ${id} on http://localhost:${port}/ wrote /tmp/job-${port}/out.txt in ${port} ms, ticket T-${port}.`;
  const early = words('2026-01-02T03:04:05.678Z', '5f0c3a54-7b1e-4c7e-9d3a-0f8e6a1b2c3d', 4010);
  const late = words('2027-11-12 13:14:15', 'a3bb189e-8bf9-3888-9912-ace4e6543002', 4999);
  const normalise = [
    'iso-time' as const,
    'uuid' as const,
    'port' as const,
    'temp-path' as const,
    'duration' as const,
    { name: 'ticket', pattern: /T-\d+/ },
  ];

  await withTapeAt(file, 'record', asking(server.url, early), { normalise });
  expect(JSON.stringify((await readTape(file)).calls[0]!.request.body)).toContain(
    'At <iso-time> job <uuid> on http://localhost:<port>/ wrote <temp-path> in <duration>, ticket <ticket>.',
  );
  await withTapeAt(file, 'replay', asking(server.url, late));
  await expect(withTapeAt(file, 'replay', asking(server.url, late), { normalise: ['uuid'] })).rejects.toMatchObject({ code: 'TAPE_STALE' });

  await withTapeAt(file, 'record', asking(server.url, early), { normalise: ['uuid'] });
  await expect(withTapeAt(file, 'replay', asking(server.url, late))).rejects.toMatchObject({ code: 'TAPE_MISS' });
});
