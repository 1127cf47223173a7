import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeTestRepository, openTestSource } from './fixtures/repository.js';

test.each(['v1.1.0', '1.1.0'])('%s points to the commit of its tag', async (version) => {
  const repository = makeTestRepository();
  const feature = repository.branch('feature/wishlist', 'v1.1.0', { 'wishlist.js': 'w\n' });
  expect(await openTestSource(repository).heads(version, ['wishlist'])).toEqual({
    version: repository.git('rev-parse', 'main'),
    wishlist: feature,
  });
});

test('a version without a tag is a release branch, and a feature branch of origin serves in a fresh clone', async () => {
  const repository = makeTestRepository();
  const release = repository.branch('release/2.0.0', 'v1.1.0', { 'two.js': '2\n' });
  repository.branch('feature/wishlist', 'v1.1.0', { 'wishlist.js': 'w\n' });
  repository.git('clone', '--quiet', repository.path, join(repository.folder, 'clone'));
  const source = openTestSource(repository, { repository: 'clone' });
  expect(await source.heads('v2.0.0', ['wishlist'])).toEqual({
    version: release,
    wishlist: repository.git('rev-parse', 'feature/wishlist'),
  });
});

test('an unknown version names the nearest ones first', async () => {
  const repository = makeTestRepository();
  for (const tag of ['v3.0.0', 'v1.2.0', 'v1.1.3', 'nightly']) repository.git('tag', tag, 'main');
  await expect(openTestSource(repository).heads('v1.1.2', [])).rejects.toMatchObject({
    code: 'VERSION_UNKNOWN',
    message: expect.stringContaining('the nearest ones are v1.1.3, v1.1.0, v1.2.0, v1.0.0, v3.0.0') as string,
  });
});

test('an unknown feature names the branch that was tried and those that exist', async () => {
  const repository = makeTestRepository();
  repository.branch('feature/wishlist', 'v1.1.0', { 'wishlist.js': 'w\n' });
  await expect(openTestSource(repository).heads('v1.1.0', ['wishlst'])).rejects.toMatchObject({
    code: 'FEATURE_UNKNOWN',
    message: 'Failed to find feature "wishlst": there is no branch "feature/wishlst"; the repository has feature/wishlist.',
  });
});

test.each(['--upload-pack=touch x', '-v1.0.0', 'v1.0.0\n', 'v1.0.0^{commit}', 'v1.0.0..main', '', '\u202ev1.0.0'])(
  '%j is no version and no feature',
  async (name) => {
    const source = openTestSource(makeTestRepository());
    await expect(source.heads(name, [])).rejects.toMatchObject({ code: 'VERSION_UNKNOWN' });
    await expect(source.heads('v1.0.0', [name])).rejects.toMatchObject({ code: 'FEATURE_UNKNOWN' });
  },
);

test('changed tracked files are refused by name, at most five of them', async () => {
  const repository = makeTestRepository();
  repository.branch('more', 'main', Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((n) => [`file ${n}.js`, 'x\n'])));
  repository.git('checkout', '--quiet', 'more');
  for (const n of [1, 2, 3, 4, 5, 6]) repository.write({ [`file ${n}.js`]: 'y\n' });
  repository.git('mv', 'file 7.js', 'moved.js');
  await expect(openTestSource(repository).heads('v1.0.0', [])).rejects.toMatchObject({
    code: 'REPOSITORY_DIRTY',
    message: expect.stringMatching(
      /uncommitted changes in file 1\.js, file 2\.js, file 3\.js, file 4\.js, file 5\.js and 2 more\.$/,
    ) as string,
  });
});

test('untracked files and bare repositories are not dirty, and looking does not write the index', async () => {
  const repository = makeTestRepository();
  repository.write({ 'notes.txt': 'untracked\n' });
  const index = join(repository.path, '.git/index');
  writeFileSync(join(repository.path, 'app.js'), repository.read('app.js')); // a new time, the same content: git would refresh the index
  const before = statSync(index).mtimeMs;
  await expect(openTestSource(repository).heads('v1.0.0', [])).resolves.toBeDefined();
  expect(statSync(index).mtimeMs).toBe(before);
  repository.git('clone', '--quiet', '--bare', repository.path, join(repository.folder, 'bare.git'));
  await expect(openTestSource(repository, { repository: 'bare.git' }).heads('v1.0.0', [])).resolves.toBeDefined();
});

test('a missing folder, a folder inside another repository and an empty repository are no repository', async () => {
  const repository = makeTestRepository();
  mkdirSync(join(repository.path, 'inside'));
  mkdirSync(join(repository.folder, 'plain'));
  repository.git('init', '--quiet', join(repository.folder, 'empty'));
  for (const [path, why] of [
    ['nowhere', 'ENOENT'],
    ['repo/inside', 'is a folder of the repository'],
    ['plain', 'not a git repository'],
    ['empty', 'no commit yet'],
  ] as const)
    await expect(openTestSource(repository, { repository: path }).heads('v1.0.0', [])).rejects.toMatchObject({
      code: 'REPOSITORY_MISSING',
      message: expect.stringContaining(why) as string,
    });
});

test('versions are the tags that are semantic versions, newest first', async () => {
  const repository = makeTestRepository();
  for (const tag of ['1.10.0', 'v1.9.0', 'v2.0.0-rc.1', 'production/v1.0.0', 'latest', '1.1.0']) repository.git('tag', tag, 'main');
  expect(await openTestSource(repository).versions()).toEqual(['v2.0.0-rc.1', '1.10.0', 'v1.9.0', 'v1.1.0', 'v1.0.0']);
});
