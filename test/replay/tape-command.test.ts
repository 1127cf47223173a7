import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { command } from '../support/command.js';
import { completion, modelServer, sendJson, textOf } from './support/model-server.js';
import { chat, tapeFolder, withTapeAt } from './support/tape-test.js';

const twoTapes = async () => {
  const { folder, file } = tapeFolder();
  const prompt = join(folder, 'prompt.md');
  writeFileSync(prompt, 'Be kind.');
  const server = await modelServer(
    ({ body }, response, count) =>
      void sendJson(
        response,
        completion(`answer ${count} to ${textOf(body)}`, [{ id: `call_${count}`, name: 'look_up', args: '{"word":"kind"}' }]),
      ),
  );
  const options = { prompts: prompt, clock: { now: () => 0 }, note: 'For the command.' };
  const other = join(folder, 'two.tape.json');
  await withTapeAt(file, 'record', () => chat(server.url).invoke('first question'), options);
  await withTapeAt(
    other,
    'record',
    async () => {
      await chat(server.url).invoke('first question');
      await chat(server.url).invoke('second question');
    },
    options,
  );
  return { folder, file, other, prompt };
};

const document = async ([verb = '', ...args]: string[]) => {
  const { stdout, exitCode } = await command(['tape', verb, '--json', ...args]);
  return { exitCode, json: JSON.parse(String(stdout)) as Record<string, unknown> };
};

test('tape ls and tape show tell what is on a tape', async () => {
  const { folder, file, other } = await twoTapes();

  const list = await document(['ls', folder]);
  const shown = await command(['tape', 'show', file]);

  expect(list.json['tapes']).toMatchObject([
    { file, source: 'recorded', program: 'tape-tests', calls: 1, lanes: 1, models: ['gpt-test'] },
    { file: other, calls: 2 },
  ]);
  for (const words of [
    'recorded 1970-01-01',
    'For the command.',
    'prompt prompt.md',
    'asked    user: first question',
    'answered answer 1',
    '→ look_up({"word":"kind"})',
  ])
    expect(shown.stdout).toContain(words);
});

test('tape verify is silent about a sound tape and names what is stale, secret or broken', async () => {
  const { folder, file, other, prompt } = await twoTapes();
  expect(await document(['verify', folder])).toMatchObject({ exitCode: 0, json: { sound: true } });

  writeFileSync(prompt, 'Be brief.');
  writeFileSync(other, readFileSync(other, 'utf8').replace('answer 2', `ghp_${'aB3'.repeat(12)}`));
  const { exitCode, json } = await document(['verify', folder]);

  expect(exitCode).toBe(4);
  expect(json['tapes']).toMatchObject([
    { file, problems: ['stale: prompt file prompt.md was changed since it was recorded'] },
    { file: other, problems: [expect.stringContaining('stale'), expect.stringContaining('a GitHub token')] },
  ]);
  writeFileSync(file, '{');
  expect((await document(['verify', file])).json['tapes']).toMatchObject([
    { problems: [expect.stringContaining('no whole JSON document')] },
  ]);
});

test('tape diff shows what changed, word by word', async () => {
  const { file, other } = await twoTapes();

  const { json } = await document(['diff', file, other]);

  expect(json).toMatchObject({
    same: false,
    removed: [],
    added: ['no graph #2'],
    changed: [{ call: 'no graph #1', question: null, answer: expect.stringContaining('[-1-] {+2+}') as string }],
  });
  expect((await document(['diff', file, file])).json).toMatchObject({ same: true });
});

test('tape update runs the command with the mode set, and says which tapes it changed', async () => {
  const { file, folder } = await twoTapes();
  const script = `const fs = require('fs'); if (process.env.LANGGRAPH_STAGING_TAPE === 'update') fs.appendFileSync(${JSON.stringify(file)}, '\\n')`;

  const { exitCode, json } = await document(['update', folder, '--', process.execPath, '-e', script]);

  expect(exitCode).toBe(0);
  expect(json['tapes']).toMatchObject([{ change: 'updated' }, { change: 'unchanged' }]);
  expect((await command(['tape', 'update', folder])).stdout).toContain('LANGGRAPH_STAGING_TAPE=update npx vitest run');
  expect((await command(['tape', 'update', folder, '--', 'false'])).exitCode).toBe(5);
  expect((await command(['tape', 'update', folder, '--', 'no-such-program'])).stderr).toContain('Failed to run no-such-program');
});

test.each([['ls'], ['show'], ['verify']])('tape %s of a file that is not there is one clear sentence', async (verb) => {
  const { stderr, exitCode } = await command(['tape', verb, 'no/such.tape.json']);

  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^Failed to (?:find|read) .*no\/such\.tape\.json\..*$/);
});
