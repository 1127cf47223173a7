import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { verifyTape } from '../../src/cli/commands/tape/verify-tape.js';
import { routines, routineNames } from '../../src/catalog/routines.js';
import { openTape, readTape } from '../../src/replay/public.js';
import { runbookAnswers } from './model-answers.js';
import { openModelEndpoint } from './model-endpoint.js';
import { stories, tapeOf, tell, type Story } from './stories.js';

beforeEach(() => {
  vi.stubEnv('OPENAI_API_KEY', 'not-a-key');
  vi.stubEnv('OPENAI_BASE_URL', undefined);
  vi.stubEnv('CI', 'true');
});
afterEach(() => vi.unstubAllEnvs());

const replay = async (story: Story) => {
  const tape = await openTape({ file: tapeOf(story), prompts: 'prompts' });
  return tape.run(() => tell(story));
};

test.each(stories)('$source/$name is replayed to its end, twice with the same journal', async (story) => {
  const first = await replay(story);
  const second = await replay(story);

  expect(first.state.outcome).toBe(story.outcome);
  expect(JSON.stringify(second.journal)).toBe(JSON.stringify(first.journal));
  expect(first.spent?.credits).toBeGreaterThan(0);
});

test('every tape is sound: no prompt changed since, no secret, no answer twice', async () => {
  for (const story of stories) expect(await verifyTape(tapeOf(story))).toMatchObject({ problems: [] });
});

test('the label of a tape says who answered', async () => {
  for (const story of stories) expect(['recorded', story.source]).toContain((await readTape(tapeOf(story))).header.source);
});

test('together the tapes take every routine through the model', async () => {
  const asked = new Set<string>();
  for (const story of stories)
    for (const { request } of (await readTape(tapeOf(story))).calls) {
      const text = JSON.stringify(request.body);
      for (const routine of routineNames)
        if (text.includes(JSON.stringify(`## Task\n${routines[routine].does}`).slice(1, -1))) asked.add(routine);
    }

  expect([...asked].sort()).toEqual([...routineNames].sort());
});

test('the authored release makes several calls at once, and corrects a wrong turn', async () => {
  const story = stories.find(({ name, source }) => name === 'whole-release' && source === 'authored')!;

  const { calls } = await readTape(tapeOf(story));

  const several = calls.map(({ reply }) => JSON.stringify(reply).split('"type":"function"').length - 1);
  expect(Math.max(...several)).toBe(6);
  expect(calls.some(({ request }) => JSON.stringify(request.body).includes('Refused: feature-development-routine has no tool'))).toBe(true);
});

test('a model that asks a question first leaves the release to a person, who resumes it', async () => {
  const story = stories.find(({ name }) => name === 'a-question-first')!;
  const held: string[] = [];

  await openTape({ file: tapeOf(story) }).then((tape) =>
    tape.run(() => tell({ ...story, then: (release, { state }) => (held.push(state.halt?.reason ?? ''), release.resume()) })),
  );

  expect(held[0]).toContain('Is fast-checkout meant to be in v2.2.0');
});

test('with a key, the tapes are recorded from the real endpoint, after a word on what it costs', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'record-'));
  const endpoint = await openModelEndpoint(runbookAnswers());
  onTestFinished(async () => {
    rmSync(folder, { recursive: true, force: true });
    await endpoint.close();
  });
  const story = stories.find(({ name }) => name === 'merge-conflict')!;
  const { PATH, HOME } = process.env;

  const { stdout } = await execa('node', ['--import', 'tsx', 'scripts/record.ts', story.name, '--into', folder], {
    extendEnv: false,
    env: { PATH, HOME, OPENAI_API_KEY: 'a-key-for-the-test', OPENAI_BASE_URL: endpoint.url },
  });

  const known = await readTape(tapeOf(story));
  expect(stdout.split('\n')[0]).toMatch(new RegExp(`^About ${known.calls.length} calls to openai:gpt-4.1-mini, about 0\\.0\\d\\d dollars`));
  const tape = await readTape(tapeOf(story, folder));
  expect(tape.header.source).toBe('recorded');
  expect(tape.calls).toEqual(known.calls);
});
