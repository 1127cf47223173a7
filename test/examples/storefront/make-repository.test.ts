import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeRepository } from '../../../examples/storefront/make-repository.mjs';
import { checkOutVersion } from '../../../examples/storefront/run-version.js';
import { checkOut, testRepository, workFolder } from './checkout.js';

const second = join(workFolder, `test-second-${process.pid}`);
afterAll(() => {
  for (const folder of [second, testRepository()]) rmSync(folder, { recursive: true, force: true });
});

test('the same sources make the same commits', () => {
  const first = makeRepository(testRepository());
  const again = makeRepository(second);
  expect(again.created).toBe(true);
  expect(again.commits).toEqual(first.commits);
});

test('a repository that is there is left alone', () => {
  const path = testRepository();
  expect(makeRepository(path)).toMatchObject({ created: false, commits: makeRepository(path).commits });
});

test('every version and branch is a commit of its own', () => {
  const { commits } = makeRepository(testRepository());
  const branches = ['wishlist', 'fast-checkout', 'gift-cards', 'loyalty', 'gift-wrap'].map((feature) => `feature/${feature}`);
  const tags = ['v2.1.0', 'v2.1.1', 'v2.2.0', 'v2.3.0', 'v2.4.0', 'v2.5.0', 'v2.6.0', 'v2.7.0', 'v2.8.0', 'v2.9.0'];
  expect(Object.keys(commits).sort()).toEqual([...branches, ...tags].sort());
  expect(new Set(Object.values(commits)).size).toBe(15);
});

test('v2.1.1 is what stands in service/', async () => {
  const folder = await checkOut('v2.1.1');
  const service = join(workFolder, '../service');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((file) => !file.startsWith('.git/'));
  expect(files).toContain('src/main.mjs');
  for (const file of files) expect(readFileSync(join(folder, file), 'utf8'), file).toBe(readFileSync(join(service, file), 'utf8'));
});

test.each([['gift-cards'], ['loyalty']])('%s merges onto v2.2.0 alone', async (feature) => {
  await checkOut('v2.2.0', [feature]);
});

test('gift-cards and loyalty conflict in one file', async () => {
  await expect(checkOut('v2.2.0', ['gift-cards', 'loyalty'])).rejects.toThrow(
    /CONFLICT \(content\): Merge conflict in src\/money\.mjs\n(?!.*CONFLICT)/,
  );
});

test('a repository without its tags is named, not replaced', async () => {
  const partial = join(workFolder, `test-partial-${process.pid}`);
  await checkOutVersion(testRepository(), 'v2.1.1', partial);
  expect(() => makeRepository(partial)).toThrow('Remove the folder');
  rmSync(partial, { recursive: true });
});
