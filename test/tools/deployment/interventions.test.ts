import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openInterventions } from '../../../src/tools/deployment/interventions.js';

const folder = async () => {
  const path = await mkdtemp(join(tmpdir(), 'interventions-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
};
const word = { kind: 'alert' as const, by: 'Checkout', at: 100, reason: 'it fires', environment: null, release: null };
const here = { environment: 'production' as const, release: 'r1', sinceAt: 100 };

test.each([
  ['an alert from now on', word, here, true],
  ['an alert from before', { ...word, at: 99 }, here, false],
  ['an alert of staging, for production', { ...word, environment: 'staging' as const }, here, true],
  [
    'an alert of production, for staging',
    { ...word, environment: 'production' as const },
    { ...here, environment: 'staging' as const },
    false,
  ],
  ['a person who names the release, however early', { ...word, kind: 'person' as const, at: 1, release: 'r1' }, here, true],
  ['a person who names another release', { ...word, kind: 'person' as const, release: 'r2' }, here, false],
])('%s: %#', async (_, said, place, counts) => {
  const path = await folder();
  await openInterventions(path).ask(said);
  expect(await openInterventions(path).pending(place)).toEqual(counts ? said : null);
});

test('without a word there is none, and a file that is no list of them is refused', async () => {
  const path = await folder();
  const interventions = openInterventions(path);
  expect(await interventions.pending(here)).toBeNull();
  await writeFile(join(path, 'interventions.json'), '{}');
  await expect(interventions.pending(here)).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
});
