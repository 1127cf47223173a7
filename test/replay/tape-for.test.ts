import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tapeFor, withTape } from '../../src/replay/public.js';
import { tapeFolder } from './support/tape-test.js';

const taskIn = (folder: string) => ({
  name: 'answers: "yes & no"?',
  suite: { name: 'inner', suite: { name: 'Outer suite' } },
  file: { filepath: join(folder, 'agent.test.ts') },
});

test('a tape is named after its test, and closed when the test has finished', async () => {
  const { folder } = tapeFolder();
  const ends: (() => void)[] = [];

  const tape = await tapeFor({ task: taskIn(folder), onTestFinished: (end) => ends.push(end) }, { mode: 'record', program: 'tape-tests' });
  await tape.run(() => undefined);

  expect(tape.file).toBe(join(folder, 'recordings', 'agent', 'outer-suite-inner-answers-yes-no.tape.json'));
  expect(existsSync(`${tape.file}.lock`)).toBe(true);
  for (const end of ends) end();
  expect(existsSync(`${tape.file}.lock`)).toBe(false);
});

test('as a fixture, it is closed even where the test fails', async () => {
  const { folder } = tapeFolder();
  let file = '';

  const failing = withTape({ mode: 'record', program: 'tape-tests' }).tape({ task: taskIn(folder) }, (tape) => {
    file = tape.file;
    return Promise.reject(new Error('the test failed'));
  });

  await expect(failing).rejects.toThrow('the test failed');
  expect(existsSync(`${file}.lock`)).toBe(false);
});
