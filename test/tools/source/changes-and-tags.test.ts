import { expect, test } from 'vitest';
import { makeTestRepository, openTestSource } from './fixtures/repository.js';

test('changes are the commits that only the head has and the difference of the files', async () => {
  const repository = makeTestRepository();
  const head = repository.branch('feature/wishlist', 'v1.1.0', { 'cart.js': 'wishes\n', 'naïve file.js': '1\n2\n' });
  const committedAt = (commit: string) => Number(repository.git('show', '--no-patch', '--format=%ct', commit)) * 1_000;
  expect(await openTestSource(repository).changes('1.0.0', head)).toEqual({
    base: repository.git('rev-parse', 'v1.0.0'),
    head,
    commits: [
      {
        sha: head,
        author: 'Ada',
        committedAt: committedAt(head),
        subject: 'work on feature/wishlist',
        files: ['cart.js', 'naïve file.js'],
      },
      { sha: repository.git('rev-parse', 'main'), author: 'Ada', committedAt: committedAt('main'), subject: 'second', files: ['app.js'] },
    ],
    files: ['app.js', 'cart.js', 'naïve file.js'],
    insertions: 4,
    deletions: 1,
  });
});

test('a version has no changes from itself', async () => {
  expect(await openTestSource(makeTestRepository()).changes('v1.1.0', 'main')).toMatchObject({
    commits: [],
    files: [],
    insertions: 0,
    deletions: 0,
  });
});

test('at most 200 commits are listed', async () => {
  const repository = makeTestRepository();
  const tree = repository.git('rev-parse', 'main^{tree}');
  let tip = repository.git('rev-parse', 'main');
  for (let made = 0; made < 202; made += 1) tip = repository.git('commit-tree', tree, '-p', tip, '-m', `commit ${made}`);
  const { commits } = await openTestSource(repository).changes('v1.1.0', tip);
  expect(commits).toHaveLength(200);
  expect(commits[0]).toMatchObject({ sha: tip, subject: 'commit 201' });
});

test.each(['--output=/tmp/x', 'nope', 'v1.0.0\u0000'])('changes since %j are refused', async (base) => {
  await expect(openTestSource(makeTestRepository()).changes(base, 'main')).rejects.toMatchObject({ code: 'VERSION_UNKNOWN' });
});

test('a production tag names the release and the artifact, and is set once', async () => {
  const repository = makeTestRepository();
  const source = openTestSource(repository);
  const commit = repository.git('rev-parse', 'main');
  const what = { version: 'v1.1.0', commit, releaseId: 'r1', digest: 'sha256:abc' };
  expect(await source.tag(what)).toEqual({ tag: 'production/v1.1.0', commit });
  expect(await source.tag({ ...what, releaseId: 'r2' })).toEqual({ tag: 'production/v1.1.0', commit });
  expect(repository.git('tag', '--list', '--format=%(objecttype) %(taggername) %(contents)', 'production/*')).toBe(
    'tag langgraph-staging Release r1\n\nrelease: r1\nartifact: sha256:abc',
  );
});

test('a version that was promoted from another commit gets the next number', async () => {
  const repository = makeTestRepository();
  const source = openTestSource(repository);
  const tagAt = (revision: string) =>
    source.tag({ version: 'v1.1.0', commit: repository.git('rev-parse', revision), releaseId: 'r', digest: 'd' });
  expect((await tagAt('v1.0.0')).tag).toBe('production/v1.1.0');
  expect((await tagAt('main')).tag).toBe('production/v1.1.0-2');
  expect((await tagAt('main')).tag).toBe('production/v1.1.0-2');
  expect((await tagAt(repository.branch('x', 'main', { x: 'x' }))).tag).toBe('production/v1.1.0-3');
});
