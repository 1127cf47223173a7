import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { verifyTape } from '../../src/cli/commands/tape/verify-tape.js';
import { routines, routineNames } from '../../src/catalog/routines.js';
import { openTape, readTape, type Tape } from '../../src/replay/public.js';
import { shippedScenarios } from '../../src/scenario/public.js';
import { runbookAnswers } from './model-answers.js';
import { openModelEndpoint } from './model-endpoint.js';
import { journalDigest, journalsFile, stories, storyName, tapeOf, tell, type Story } from './stories.js';

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

const journalsOf = (folder: string) => JSON.parse(readFileSync(join(folder, journalsFile), 'utf8')) as Record<string, string>;

test.each(stories.map((story) => ({ name: storyName(story), story })))(
  '$name is replayed to the end that it expects, with the journal that was recorded, byte for byte',
  async ({ name, story }) => {
    const told = await replay(story);

    expect((await told.expectations()).filter((one) => !one.met)).toEqual([]);
    expect(journalDigest(told)).toBe(journalsOf('test/recordings')[name]);
    expect(told.model.credits).toBeGreaterThan(0);
  },
);

test('every scenario of the package has an author who tells it', () => {
  const told = stories.filter(({ source }) => source === 'authored').map(({ scenario }) => scenario.name);

  expect(told).toEqual(expect.arrayContaining(shippedScenarios.map(({ name }) => name)));
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

const authoredTape = (name: string): Promise<Tape> => {
  const story = stories.find(({ scenario, source }) => scenario.name === name && source === 'authored')!;
  return readTape(tapeOf(story));
};
const callsAtOnce = ({ calls }: Tape) => calls.map(({ reply }) => JSON.stringify(reply).split('"type":"function"').length - 1);
const answered = ({ calls }: Tape) => calls.map(({ reply }) => JSON.stringify(reply)).join('\n');
const asked = ({ calls }: Tape) => calls.map(({ request }) => JSON.stringify(request.body)).join('\n');

test('the author makes several calls at once, corrects a wrong turn, and asks back', async () => {
  const calm = await authoredTape('staging-env-scenario');
  const breach = await authoredTape('breach-in-the-canary');
  const question = await authoredTape('a-question-first');

  expect(Math.max(...callsAtOnce(calm))).toBe(6);
  expect(asked(calm)).toContain('Refused: feature-development-routine has no tool');
  expect(answered(breach)).toContain('Both looks into the worktree were refused.');
  expect(answered(question)).toContain('Is fast-checkout meant to be in v2.2.0');
});

test('a request that only a model understands is released as the person confirmed it, and not with the version that the model made up', async () => {
  const story = stories.find(({ scenario }) => scenario.name === 'asked-in-other-words')!;
  const told = await replay(story);
  const [request] = told.journal.filter(({ name, kind }) => kind === 'note' && name === 'request').map(({ value }) => value);

  expect(answered(await authoredTape('asked-in-other-words'))).toContain('ship storefront v2.3.0');
  expect(request).toMatchObject({ version: 'v2.2.0', conditions: ['die Tests vom Payments-Team grün sind'], target: 'production' });
});

test('with a key, the tapes are recorded from the real endpoint, after a word on what it costs', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'record-'));
  const endpoint = await openModelEndpoint(runbookAnswers());
  onTestFinished(async () => {
    rmSync(folder, { recursive: true, force: true });
    await endpoint.close();
  });
  const story = stories.find(({ scenario }) => scenario.name === 'merge-conflict')!;
  const { PATH, HOME } = process.env;

  const { stdout } = await execa('node', ['--import', 'tsx', 'scripts/record.ts', story.scenario.name, '--into', folder], {
    extendEnv: false,
    env: { PATH, HOME, OPENAI_API_KEY: 'a-key-for-the-test', OPENAI_BASE_URL: endpoint.url },
  });

  const known = await readTape(tapeOf(story));
  expect(stdout.split('\n')[0]).toMatch(new RegExp(`^About ${known.calls.length} calls to openai:gpt-4.1-mini, about 0\\.0\\d\\d dollars`));
  const tape = await readTape(tapeOf(story, folder));
  expect(tape.header.source).toBe('recorded');
  expect(tape.calls).toEqual(known.calls);
  expect(journalsOf(folder)).toEqual({ [storyName(story)]: journalsOf('test/recordings')[storyName(story)] });
});
