import { chmodSync, existsSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { StagingConfigInput } from '../../../src/catalog/config.js';
import { makeTestRepository, openTestSource, type TestRepository } from './fixtures/repository.js';

const plan = { releaseId: 'r1', attempt: 1, version: 'v1.1.0', features: [] };
const shell = (script: string, timeoutMs = 10_000) => ({ build: { command: ['sh', '-c', script], timeoutMs } });

const buildWith = async (service: Partial<StagingConfigInput['service']>, repository: TestRepository = makeTestRepository()) => {
  const source = openTestSource(repository, service);
  const integration = await source.integrate(plan);
  return { repository, source, integration, built: await source.build(integration) };
};

test('an artifact is the declared folder without .git, named by its digest', async () => {
  const { repository, built, integration } = await buildWith({
    ...shell('mkdir -p dist/bin && cp app.js dist && printf run > dist/bin/run && chmod +x dist/bin/run && ln -s bin/run dist/start'),
    artifact: 'dist',
  });
  expect(built).toMatchObject({ status: 'built', files: 2, bytes: 22 });
  expect(built.path).toBe(join(repository.stateDir, 'artifacts', built.digest.replace('sha256:', '')));
  expect(readdirSync(built.path).sort()).toEqual(['app.js', 'bin', 'start']);
  expect(readFileSync(join(built.path, 'start'), 'utf8')).toBe('run');
  expect(statSync(join(built.path, 'bin/run')).mode & 0o777).toBe(0o755);
  expect(JSON.parse(readFileSync(`${built.path}.json`, 'utf8'))).toEqual({ commit: integration.commit, files: 2, bytes: 22 });
  expect(readdirSync(join(repository.stateDir, 'artifacts')).filter((name) => name.startsWith('.'))).toEqual([]);
});

test('the whole worktree is the artifact by default, and building again gives the same one', async () => {
  const { built, source, integration } = await buildWith({});
  expect(readdirSync(built.path).sort()).toEqual(['app.js', 'cart.js']);
  writeFileSync(join(integration.worktree, 'left-over.txt'), 'from a build that was cut off');
  expect(await source.build(integration)).toMatchObject({ status: 'built', digest: built.digest, path: built.path });
});

const digestAfter = async (script: string) => (await buildWith(shell(script))).built.digest;

test('content, names, the executable bit and link targets each change the digest; times do not', async () => {
  const scripts = [
    'true',
    'echo x >> app.js',
    'mv app.js b.js',
    'chmod +x app.js',
    'ln -s app.js link',
    'ln -s cart.js link',
    'mkdir empty',
  ];
  const digests: string[] = [];
  for (const script of scripts) digests.push(await digestAfter(script));
  expect(new Set(digests).size).toBe(scripts.length);
  expect(await digestAfter('touch -d 2001-01-01 app.js; chmod 600 app.js')).toBe(digests[0]);
});

test.each([
  ['ends with another exit code', shell('echo broken >&2; exit 3'), /broken\nThe build ended with exit code 3\.$/],
  ['takes too long', shell('sleep 20', 200), /The build was ended after 200 ms\.$/],
  ['leaves no artifact', { ...shell('true'), artifact: 'dist' }, /There is no dist after the build\.$/],
  ['leaves a file for a folder', { ...shell('touch dist'), artifact: 'dist' }, /dist is not a folder\.$/],
  ['links to an absolute path', shell('ln -s /etc/passwd leak'), /the link leak leads out of the artifact\.$/],
  ['links out of the artifact', { ...shell('mkdir dist && ln -s ../app.js dist/leak'), artifact: 'dist' }, /the link leak leads out/],
  ['links out through another link', shell('mkdir -p d/e && ln -s ../.. d/e/top && ln -s d/e/top/../x leak'), /leads out/],
  ['leaves a pipe', shell('mkfifo pipe'), /pipe is neither a file, a link nor a folder\.$/],
])('a build that %s has failed', async (_, service, output) => {
  const { built, repository } = await buildWith(service);
  expect(built).toMatchObject({ status: 'failed', digest: '', path: '' });
  expect(built.output).toMatch(output);
  const artifacts = join(repository.stateDir, 'artifacts');
  expect(existsSync(artifacts) ? readdirSync(artifacts) : []).toEqual([]);
});

test('a build command that does not exist is the error of the operator', async () => {
  await expect(buildWith({ build: { command: ['no-such-program'] } })).rejects.toMatchObject({ code: 'COMMAND_MISSING' });
});

test('a folder that is no worktree of ours is never cleaned', async () => {
  const repository = makeTestRepository();
  repository.write({ 'notes.txt': 'mine\n' });
  const commit = repository.git('rev-parse', 'HEAD');
  await expect(openTestSource(repository).build({ commit, worktree: repository.path })).rejects.toMatchObject({ code: 'DEFECT' });
  expect(repository.read('notes.txt')).toBe('mine\n');
});

test('a worktree that holds another commit is not built', async () => {
  const { source, integration } = await buildWith({});
  await expect(source.build({ ...integration, commit: '0'.repeat(40) })).rejects.toMatchObject({ code: 'ADAPTER_FAILED' });
});

test('the artifact of a version is built once, also when it is asked for twice at the same time', async () => {
  const repository = makeTestRepository();
  const count = join(repository.folder, 'builds');
  const service = shell(`echo built >> ${count}`);
  const source = openTestSource(repository, service);
  const [first, twin] = await Promise.all([source.artifactOf('v1.0.0'), source.artifactOf('1.0.0')]);
  expect(twin).toEqual({ ...first, version: '1.0.0' });
  expect(await openTestSource(repository, service).artifactOf('v1.0.0')).toEqual(first);
  expect(readFileSync(count, 'utf8')).toBe('built\n');
  expect(readFileSync(join(first.path, 'app.js'), 'utf8')).toBe('one\ntwo\nthree\n');
  expect(repository.git('worktree', 'list').split('\n')).toHaveLength(1);
  await openTestSource(repository, shell(`echo again >> ${count}`)).artifactOf('v1.0.0');
  expect(readFileSync(count, 'utf8')).toBe('built\nagain\n');
});

test('a version that cannot be built has no artifact', async () => {
  const repository = makeTestRepository();
  await expect(openTestSource(repository, shell('echo why; exit 1')).artifactOf('v1.0.0')).rejects.toMatchObject({
    code: 'ADAPTER_FAILED',
    message: expect.stringContaining('why') as string,
  });
  expect(repository.git('worktree', 'list').split('\n')).toHaveLength(1);
});

test('links and modes that the repository itself holds survive', async () => {
  const repository = makeTestRepository();
  symlinkSync('nowhere', join(repository.path, 'dangling'));
  chmodSync(join(repository.path, 'app.js'), 0o755);
  repository.git('add', '--all');
  repository.git('commit', '--quiet', '--message', 'links');
  repository.git('tag', 'v1.2.0');
  const { path } = await openTestSource(repository).artifactOf('v1.2.0');
  expect(readdirSync(path).sort()).toEqual(['app.js', 'cart.js', 'dangling']);
  expect(statSync(join(path, 'app.js')).mode & 0o777).toBe(0o755);
});
