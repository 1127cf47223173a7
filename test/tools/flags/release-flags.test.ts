import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLocalFlags } from '../../../src/tools/flags/open-local-flags.js';
import { applyFlags, planFlags, undoFlags } from '../../../src/tools/flags/release-flags.js';
import type { Artifact } from '../../../src/tools/ports.js';
import { systemClock } from '../../../src/tools/system-clock.js';

const open = async () => openLocalFlags({ stateDir: await mkdtemp(join(tmpdir(), 'flags-')), clock: systemClock });
const artifactWith = async (manifest: string | null): Promise<Artifact> => {
  const path = await mkdtemp(join(tmpdir(), 'artifact-'));
  if (manifest !== null) await writeFile(join(path, 'flags.json'), manifest);
  return { version: 'v2', digest: 'sha256:v2', path };
};
const declared = JSON.stringify({
  flags: [
    { name: 'wishlist', percentage: 10 },
    { name: 'hints', on: false, environment: 'production' },
  ],
});
const given = (flags: Awaited<ReturnType<typeof open>>, releaseId = 'r1') => ({ flags, manifest: 'flags.json', releaseId });

const stepsOf = async (...args: Parameters<typeof planFlags>) => {
  const planned = await planFlags(...args);
  if ('problem' in planned) throw new Error(planned.problem);
  return planned.steps;
};

test('flags change with a version and go back with it, each once', async () => {
  const [flags, artifact] = [await open(), await artifactWith(declared)];
  await flags.set('staging', 'wishlist', { percentage: 50, by: 'ada', why: 'a try' });
  const steps = await stepsOf('staging', artifact, given(flags));
  await applyFlags(steps, flags, 'r1');
  expect(await flags.list('staging')).toEqual([{ name: 'wishlist', on: true, percentage: 10 }]);
  expect((await flags.changes('staging')).at(-1)).toMatchObject({ by: 'release r1', why: 'it changes with the version' });
  expect(await stepsOf('staging', artifact, given(flags))).toEqual(steps);
  await applyFlags(steps, flags, 'r1');
  expect(await flags.changes('staging')).toHaveLength(2);

  expect(await undoFlags(steps, flags, 'r1')).toEqual([
    { environment: 'staging', name: 'wishlist', undone: true, detail: 'wishlist is on for 50 % again' },
  ]);
  await undoFlags(steps, flags, 'r1');
  expect(await flags.changes('staging')).toHaveLength(3);
  expect(await flags.get('staging', 'wishlist')).toMatchObject({ percentage: 50 });
});

test('a kill switch that a person has thrown meanwhile is neither undone by going back nor by going on', async () => {
  const [flags, artifact] = [await open(), await artifactWith(declared)];
  const steps = await stepsOf('production', artifact, given(flags));
  await applyFlags(steps, flags, 'r1');
  await flags.kill('production', 'wishlist', { by: 'grace', why: 'errors' });
  await applyFlags(steps, flags, 'r1');
  expect(await flags.get('production', 'wishlist')).toMatchObject({ on: false });
  expect(await undoFlags(steps, flags, 'r1')).toMatchObject([
    { name: 'hints', undone: true },
    { name: 'wishlist', undone: false, detail: 'wishlist stays as grace has set it since' },
  ]);
  expect(await flags.get('production', 'wishlist')).toMatchObject({ on: false, percentage: 10 });
});

test('the next release leaves a flag alone that people have turned up since the last one', async () => {
  const [flags, artifact] = [await open(), await artifactWith(declared)];
  await applyFlags(await stepsOf('staging', artifact, given(flags)), flags, 'r1');
  await flags.set('staging', 'wishlist', { percentage: 80, by: 'ada', why: 'it is good' });
  expect(await stepsOf('staging', artifact, given(flags, 'r2'))).toEqual([]);
});

test.each([
  ['nothing', null, { steps: [] }],
  ['half a document', '{"flags": [', { problem: /^flags\.json: / }],
  ['a percentage that is none', '{"flags": [{"name": "a", "percentage": 120}]}', { problem: /flags\.0\.percentage/ }],
  ['a flag twice', '{"flags": [{"name": "a"}, {"name": "a", "on": false}]}', { problem: /a stands there twice for staging/ }],
])('a version that declares %s', async (_, manifest, expected) => {
  const planned = await planFlags('staging', await artifactWith(manifest), given(await open()));
  if ('problem' in expected) expect(planned).toEqual({ problem: expect.stringMatching(expected.problem) as string });
  else expect(planned).toEqual(expected);
});
