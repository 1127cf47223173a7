import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addHook, makeTestRepository, openTestSource } from './fixtures/repository.js';

const plan = { releaseId: 'r1', attempt: 1, version: 'v1.1.0', features: ['wishlist', 'gifts'] };

const withFeatures = () => {
  const repository = makeTestRepository();
  repository.branch('feature/wishlist', 'v1.1.0', { 'wishlist.js': 'w\n', 'cart.js': 'cart\nwith wishes\n' });
  repository.branch('feature/gifts', 'v1.1.0', { 'gifts.js': 'g\n' });
  return repository;
};

test('features are merged in a worktree of their own, and the checkout of the user stays as it was', async () => {
  const repository = withFeatures();
  const traces = ['pre-merge-commit', 'commit-msg', 'post-merge', 'post-checkout', 'reference-transaction'].map((hook) =>
    addHook(repository, hook),
  );
  const before = [repository.git('status', '--porcelain'), repository.git('rev-parse', 'HEAD'), repository.git('branch', '--show-current')];
  for (const trace of traces) rmSync(trace, { force: true }); // the look above may run one
  const integration = await openTestSource(repository).integrate(plan);
  expect(integration).toMatchObject({
    status: 'integrated',
    branch: 'staging/r1/1',
    base: repository.git('rev-parse', 'v1.1.0^{commit}'),
    conflicts: [],
  });
  expect(integration.features).toEqual([
    {
      feature: 'wishlist',
      branch: 'feature/wishlist',
      commit: repository.git('rev-parse', 'feature/wishlist'),
      files: ['cart.js', 'wishlist.js'],
    },
    { feature: 'gifts', branch: 'feature/gifts', commit: repository.git('rev-parse', 'feature/gifts'), files: ['gifts.js'] },
  ]);
  expect(readFileSync(join(integration.worktree, 'cart.js'), 'utf8')).toBe('cart\nwith wishes\n');
  expect(existsSync(join(integration.worktree, 'gifts.js'))).toBe(true);
  expect(traces.filter((trace) => existsSync(trace))).toEqual([]);
  expect(repository.git('log', '-1', '--format=%an <%ae>|%P', integration.commit)).toContain(
    'langgraph-staging <langgraph-staging@localhost>|',
  );
  expect([
    repository.git('status', '--porcelain'),
    repository.git('rev-parse', 'HEAD'),
    repository.git('branch', '--show-current'),
  ]).toEqual(before);
});

test('integrating again gives the same commit, also when a branch has moved and the worktree is gone', async () => {
  const repository = withFeatures();
  const first = await openTestSource(repository).integrate(plan);
  repository.git('checkout', '--quiet', 'feature/gifts');
  repository.git('commit', '--quiet', '--allow-empty', '--message', 'moved');
  rmSync(first.worktree, { recursive: true });
  const again = await openTestSource(repository).integrate(plan);
  expect(again).toEqual(first);
  expect(existsSync(join(again.worktree, 'gifts.js'))).toBe(true);
  const next = await openTestSource(repository).integrate({ ...plan, attempt: 2 });
  expect(next.features[1]?.commit).toBe(repository.git('rev-parse', 'feature/gifts'));
  expect(next.commit).not.toBe(first.commit);
});

test('an integration that was cut off begins anew', async () => {
  const repository = withFeatures();
  const worktree = join(repository.stateDir, 'worktrees/r1/1');
  repository.git('worktree', 'add', '--quiet', '-b', 'staging/r1/1', worktree, 'v1.0.0');
  repository.git('worktree', 'lock', worktree);
  rmSync(worktree, { recursive: true });
  expect(await openTestSource(repository).integrate(plan)).toMatchObject({ status: 'integrated', branch: 'staging/r1/1' });
});

test('a feature that the version contains is listed without a merge', async () => {
  const repository = withFeatures();
  repository.git('branch', 'feature/old', 'v1.0.0');
  const integration = await openTestSource(repository).integrate({ ...plan, features: ['old', 'old'] });
  expect(integration).toMatchObject({ status: 'integrated', commit: integration.base, features: [{ feature: 'old', files: [] }] });
});

test('a conflict names each file with the branches that touch it, and leaves the worktree clean', async () => {
  const repository = withFeatures();
  repository.branch('feature/fast', 'v1.0.0', { 'cart.js': 'fast cart\n', 'app.js': 'one\ntwo\nthree\n4\n' });
  const integration = await openTestSource(repository).integrate({ ...plan, features: ['wishlist', 'gifts', 'fast'] });
  expect(integration.status).toBe('conflict');
  expect(integration.conflicts).toEqual([
    { file: 'app.js', branches: ['v1.1.0', 'feature/fast'] },
    { file: 'cart.js', branches: ['feature/wishlist', 'feature/fast'] },
  ]);
  expect(integration.features.map(({ feature }) => feature)).toEqual(['wishlist', 'gifts', 'fast']);
  expect(repository.git('-C', integration.worktree, 'status', '--porcelain')).toBe('');
  expect(existsSync(join(integration.worktree, 'gifts.js'))).toBe(true);
});

test('histories without a common commit are an error, not a conflict', async () => {
  const repository = withFeatures();
  repository.git('checkout', '--quiet', '--orphan', 'feature/alien');
  repository.git('commit', '--quiet', '--message', 'alien');
  await expect(openTestSource(repository).integrate({ ...plan, features: ['alien'] })).rejects.toMatchObject({
    code: 'ADAPTER_FAILED',
    message: expect.stringContaining('no merge base') as string,
  });
});

test('a branch named staging does not stand in the way', async () => {
  const repository = withFeatures();
  repository.git('branch', 'staging');
  expect(await openTestSource(repository).integrate(plan)).toMatchObject({ status: 'integrated', branch: 'langgraph-staging/r1/1' });
});

test.each(['../../../escape', 'a b:c~^', '.hidden', 'x.lock'])('the release id %j stays within the worktrees', async (releaseId) => {
  const repository = withFeatures();
  const { worktree } = await openTestSource(repository).integrate({ ...plan, releaseId });
  expect(worktree).toMatch(new RegExp(`^${join(repository.stateDir, 'worktrees')}/[A-Za-z0-9-]+/1$`));
});

test('clean removes the worktrees of the release alone and keeps its branches', async () => {
  const repository = withFeatures();
  const source = openTestSource(repository);
  const [first, other] = [await source.integrate(plan), await source.integrate({ ...plan, releaseId: 'r2' })];
  const own = join(repository.folder, 'own');
  repository.git('worktree', 'add', '--quiet', '--detach', own);
  rmSync(own, { recursive: true }); // on a disk that is not mounted now
  await source.clean('r1');
  await source.clean('r1');
  expect([existsSync(first.worktree), existsSync(other.worktree)]).toEqual([false, true]);
  expect(repository.git('rev-parse', 'staging/r1/1')).toBe(first.commit);
  expect(repository.git('worktree', 'list')).toContain(own);
  expect((await source.integrate(plan)).commit).toBe(first.commit);
});
