import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { placeInside } from '../../../src/tools/source/workspace-path.js';
import { makeTestRepository, openTestSource } from './fixtures/repository.js';

const who = { by: 'openai:some-model', releaseId: 'r1' };

const open = async (service = {}) => {
  const repository = makeTestRepository();
  const source = openTestSource(repository, service);
  const integration = await source.integrate({ releaseId: 'r1', attempt: 1, version: 'v1.1.0', features: [] });
  const { worktree } = integration;
  writeFileSync(join(repository.folder, 'secret.txt'), 'secret\n');
  mkdirSync(join(repository.folder, 'outside'));
  const git = (...args: string[]) => execFileSync('git', args, { cwd: worktree, encoding: 'utf8' });
  return { repository, source, integration, worktree, git, workspace: await source.workspace(worktree) };
};
const edit = (path: string, find = '', replace = 'mine\n') => ({ path, find, replace });
const read = (path: string) => ({ path, fromLine: 1, lines: 200 });

test('an edit is a commit on the branch of the release, in the name of the model, and shown as a diff', async () => {
  const { workspace, git, integration, repository } = await open();
  const made = await workspace.edit(edit('app.js', 'two', 'zwei'), who);
  expect(made).toMatchObject({ status: 'done', path: 'app.js', by: 'openai:some-model' });
  expect(made.diff).toContain('-two\n+zwei');
  expect(git('log', '-1', '--format=%an|%cn|%s')).toBe('openai:some-model|langgraph-staging|Change app.js\n');
  expect(git('log', '-1', '--format=%(trailers:key=Patch-By)')).toContain('Patch-By: openai:some-model');
  expect(repository.git('rev-parse', integration.branch).trim()).toBe(made.commit);
  expect(repository.git('show', 'main:app.js')).toContain('two');
});

test('what was edited is what is built, and what a test run left is not', async () => {
  const { workspace, source, integration } = await open({ build: { command: ['sh', '-c', 'echo built > built.txt'] } });
  const { commit } = await workspace.edit(edit('new/module.js', '', 'export const a = 1;\n'), who);
  expect(await workspace.tryBuild()).toEqual({ path: integration.worktree });
  writeFileSync(join(integration.worktree, 'left.txt'), 'left by a test');
  const built = await source.build({ ...integration, commit });
  expect(readFileSync(join(built.path, 'new/module.js'), 'utf8')).toBe('export const a = 1;\n');
  expect(existsSync(join(built.path, 'left.txt'))).toBe(false);
});

test('the newest edit made again, as after a crash, changes nothing', async () => {
  const { workspace } = await open();
  const first = await workspace.edit(edit('app.js', 'two', 'zwei'), who);
  expect(await workspace.edit(edit('app.js', 'two', 'zwei'), who)).toEqual(first);
});

test.each([
  ['a text that is not there', edit('app.js', 'seven', '7'), 'stands 0 times'],
  ['a text that stands twice', edit('app.js', 'o', '0'), 'must stand there once'],
  ['no change', edit('app.js', 'two', 'two'), 'changes nothing'],
  ['a new file over one that is there', edit('app.js'), 'is there already'],
  ['a folder', edit('.', 'a', 'b'), 'is not a file'],
])('an edit of %s is refused with a reason and nothing is committed', async (_what, args, why) => {
  const { workspace, git } = await open();
  const before = git('rev-parse', 'HEAD');
  const answer = await workspace.edit(args, who);
  expect(answer.status).toBe('refused');
  expect(answer.reason).toContain(why);
  expect(git('rev-parse', 'HEAD')).toBe(before);
});

const escapes = [
  '../../../../secret.txt',
  'a/../../secret.txt',
  '/etc/passwd',
  '.git',
  '.git/config',
  '.GIT/config',
  '.git./config',
  './.git',
  'folder/.git/hooks/pre-commit',
  '.gitattributes',
  'link-to-file',
  'link-to-folder/new.txt',
  'link-to-nothing',
  'link-to-git',
  'loop',
  'a\0b',
  'C:\\windows',
  '..\\secret.txt',
];

test.each(escapes)('%j is neither read nor written', async (path) => {
  const { workspace, worktree, repository, git } = await open();
  const outside = repository.folder;
  symlinkSync(join(outside, 'secret.txt'), join(worktree, 'link-to-file'));
  symlinkSync(join(outside, 'outside'), join(worktree, 'link-to-folder'));
  symlinkSync(join(outside, 'made.txt'), join(worktree, 'link-to-nothing'));
  symlinkSync('.git', join(worktree, 'link-to-git'));
  symlinkSync('loop', join(worktree, 'loop'));
  const before = [git('rev-parse', 'HEAD'), readFileSync(join(worktree, '.git'), 'utf8')];
  expect(await workspace.read(read(path))).toMatchObject({ status: 'refused', text: '' });
  expect((await workspace.edit(edit(path), who)).status).toBe('refused');
  expect((await workspace.edit(edit(path, 'secret', 'mine'), who)).status).toBe('refused');
  expect([git('rev-parse', 'HEAD'), readFileSync(join(worktree, '.git'), 'utf8')]).toEqual(before);
  expect(readFileSync(join(outside, 'secret.txt'), 'utf8')).toBe('secret\n');
  expect(existsSync(join(outside, 'made.txt'))).toBe(false);
  expect(existsSync(join(outside, 'outside/new.txt'))).toBe(false);
});

test('whatever a path is made of, it leads inside the worktree or is refused', async () => {
  const { worktree } = await open();
  const part = fc.constantFrom('..', '.', '', 'app.js', 'new', '.git', '~', '%2e%2e', '...', ' ');
  await fc.assert(
    fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 6 }), async (parts) => {
      const place = await placeInside(worktree, parts.join('/'));
      if ('refused' in place) return;
      expect(`${place.full}/`.startsWith(`${worktree}/`)).toBe(true);
      expect(place.path.split('/')).not.toContain('.git');
    }),
  );
});

test('a search finds lines, skips what is no text, and does not follow a link out', async () => {
  const { workspace, worktree, repository } = await open();
  writeFileSync(join(worktree, 'picture.bin'), Buffer.from([0, 116, 119, 111]));
  symlinkSync(join(repository.folder, 'secret.txt'), join(worktree, 'link.txt'));
  expect((await workspace.search({ text: 'two', folder: '.' })).matches).toEqual([{ path: 'app.js', line: 2, text: 'two' }]);
  expect((await workspace.search({ text: 'secret', folder: '.' })).matches).toEqual([]);
  expect((await workspace.search({ text: 'secret', folder: '../../..' })).status).toBe('refused');
});

test('answers are capped: lines, matches and the size of a file', async () => {
  const { workspace, worktree } = await open();
  writeFileSync(join(worktree, 'long.txt'), 'needle\n'.repeat(5_000));
  writeFileSync(join(worktree, 'huge.txt'), 'x'.repeat(1_100_000));
  expect(await workspace.read({ path: 'long.txt', fromLine: 10, lines: 2 })).toMatchObject({ text: 'needle\nneedle', totalLines: 5_001 });
  const found = await workspace.search({ text: 'needle', folder: '.' });
  expect({ shown: found.matches.length, more: found.more }).toEqual({ shown: 100, more: true });
  expect((await workspace.read(read('huge.txt'))).reason).toContain('at most 1048576');
});

test('a worktree that is not ours is not opened', async () => {
  const { source, repository } = await open();
  await expect(source.workspace(repository.path)).rejects.toMatchObject({ code: 'DEFECT' });
});
