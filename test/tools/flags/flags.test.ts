import { mkdtemp, readFile, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OpenFeature } from '@openfeature/server-sdk';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { evaluateFlag } from '../../../src/tools/flags/flag.js';
import { flagFileProvider } from '../../../src/tools/flags/flag-file-provider.js';
import { openLocalFlags } from '../../../src/tools/flags/open-local-flags.js';
import { systemClock } from '../../../src/tools/system-clock.js';

const who = { by: 'ada', why: 'a try' };
const open = async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'flags-'));
  const file = join(stateDir, 'environments/staging/flags.json');
  return { stateDir, file, flags: openLocalFlags({ stateDir, clock: systemClock }) };
};
const fileOf = (percentage: number, on = true) => ({ flags: { wishlist: { on, percentage } }, changes: [] });
const visitor = fc.string({ minLength: 1, maxLength: 20 });
const percentage = fc.double({ min: 0, max: 100, noNaN: true });

test('a flag is kept with who changed it and why', async () => {
  const { flags, file } = await open();
  await flags.set('staging', 'wishlist', { percentage: 25, ...who });
  await flags.kill('staging', 'wishlist', { by: 'grace', why: 'errors' });
  expect(await flags.get('staging', 'wishlist')).toEqual({ name: 'wishlist', on: false, percentage: 25 });
  expect(await flags.list('production')).toEqual([]);
  const { changes } = JSON.parse(await readFile(file, 'utf8')) as { changes: object[] };
  expect(changes).toMatchObject([
    { name: 'wishlist', on: true, percentage: 25, by: 'ada', why: 'a try' },
    { name: 'wishlist', on: false, percentage: 25, by: 'grace', why: 'errors' },
  ]);
});

test('a percentage does not undo the kill switch, and turning it on does', async () => {
  const { flags } = await open();
  await flags.kill('staging', 'wishlist', who);
  expect((await flags.set('staging', 'wishlist', { percentage: 100, ...who })).on).toBe(false);
  expect((await flags.set('staging', 'wishlist', { on: true, ...who })).on).toBe(true);
});

test.each([
  ['a name with a path', '../wishlist', 10],
  ['an empty name', '', 10],
  ['more than everybody', 'wishlist', 101],
  ['less than nobody', 'wishlist', -1],
  ['no number', 'wishlist', Number.NaN],
])('%s is refused and nothing is written', async (_what, name, share) => {
  const { flags } = await open();
  await expect(flags.set('staging', name, { percentage: share, ...who })).rejects.toMatchObject({ code: 'FLAG_INVALID' });
  expect(await flags.list('staging')).toEqual([]);
});

test('changes that are made at once are all kept', async () => {
  const { flags, stateDir } = await open();
  const other = openLocalFlags({ stateDir, clock: systemClock });
  const names = Array.from({ length: 12 }, (_, index) => `feature-${index}`);
  await Promise.all(names.map((name, index) => (index % 2 ? flags : other).kill('staging', name, who)));
  expect((await flags.list('staging')).map((flag) => flag.name).sort()).toEqual([...names].sort());
});

test('a lock that a crash left behind is taken over', async () => {
  const { flags, file } = await open();
  await flags.kill('staging', 'wishlist', who);
  await writeFile(`${file}.lock`, '');
  await utimes(`${file}.lock`, new Date(0), new Date(0));
  expect((await flags.kill('staging', 'loyalty', who)).on).toBe(false);
});

test('a flag file that is not one is an error, never an empty list', async () => {
  const { flags, file } = await open();
  await flags.kill('staging', 'wishlist', who);
  await writeFile(file, '{"flags": {"wishlist": "off"}}');
  await expect(flags.list('staging')).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
});

test('the OpenFeature client gives the value and the reason, and the default where no flag stands', async () => {
  const { flags } = await open();
  await flags.kill('staging', 'wishlist', who);
  expect(await flags.evaluate('staging', 'wishlist', 'ada')).toEqual({ value: false, reason: 'DISABLED' });
  expect(await flags.evaluate('staging', 'unknown', 'ada')).toEqual({ value: true, reason: 'DEFAULT' });
});

test('a flag that is asked for as text is a type mismatch', async () => {
  await OpenFeature.setProviderAndWait(
    'text',
    flagFileProvider(() => Promise.resolve(fileOf(100))),
  );
  expect(await OpenFeature.getClient('text').getStringDetails('wishlist', 'none')).toMatchObject({
    value: 'none',
    errorCode: 'TYPE_MISMATCH',
  });
});

test('a visitor who has a feature keeps it while its percentage rises', () => {
  fc.assert(
    fc.property(visitor, percentage, percentage, (name, a, b) => {
      const [lower, higher] = [Math.min(a, b), Math.max(a, b)];
      const at = (share: number) => evaluateFlag(fileOf(share), 'wishlist', name, true).value;
      return !at(lower) || at(higher);
    }),
  );
});

test('a killed flag is off for everybody, and a partial one for a visitor without a name', () => {
  fc.assert(fc.property(visitor, percentage, (name, share) => !evaluateFlag(fileOf(share, false), 'wishlist', name, true).value));
  expect(evaluateFlag(fileOf(99), 'wishlist', undefined, true).value).toBe(false);
});

test('a share of visitors is near the percentage, and two flags do not share it', () => {
  const visitors = Array.from({ length: 4_000 }, (_, index) => `visitor-${index}`);
  const file = { flags: { a: { on: true, percentage: 20 }, b: { on: true, percentage: 20 } }, changes: [] };
  const has = (name: string) => (one: string) => evaluateFlag(file, name, one, true).value;
  const [some, both] = [visitors.filter(has('a')), visitors.filter(has('a')).filter(has('b'))];
  expect(some.length / visitors.length).toBeCloseTo(0.2, 1);
  expect(both.length / visitors.length).toBeCloseTo(0.04, 1);
});
