import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { steps } from './history/steps.mjs';

const here = import.meta.dirname;
const author = { name: 'Storefront Team', email: 'team@storefront.example' };
const leftByBuilds = new Set(['node_modules', 'reports', 'data', 'build-info.json']);

/**
 * Makes the git repository that the example releases from, out of `service/` and `history/`. Authors and dates are fixed, so the
 * same sources give the same commits everywhere. A repository that has every branch and tag is left alone; one that only has some is an
 * error, for it is not ours to remove. Returns `{ path, created, commits }`, the commits by tag or branch.
 */
export const makeRepository = (target = join(here, '.work', 'repo')) => {
  if (!existsSync(target)) build(target);
  else return { path: target, created: false, commits: commitsOf(target) };
  return { path: target, created: true, commits: commitsOf(target) };
};

/** Built beside its place and moved there whole: an interrupted run leaves no half repository, and of two at once one wins. */
const build = (target) => {
  const draft = join(dirname(target), `.${basename(target)}-${process.pid}-${Date.now()}`);
  mkdirSync(draft, { recursive: true });
  try {
    git(draft, ['init', '--quiet', '--initial-branch', 'main', '--object-format', 'sha1']);
    for (const step of steps) commit(draft, step);
    git(draft, ['switch', '--quiet', 'main']);
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  }
};

const commit = (repository, { tag, branch, from, version, folder, undo, message, date }) => {
  if (from === undefined) copyService(repository);
  else git(repository, ['switch', '--quiet', ...(branchExists(repository, branch) ? [branch] : ['--create', branch, from])]);
  if (undo !== undefined) git(repository, ['apply', '--reverse', patchOf(undo)]);
  if (folder !== undefined) takeOver(repository, folder);
  if (version !== undefined) setVersion(repository, version);
  git(repository, ['add', '--all']);
  git(repository, ['commit', '--quiet', '--no-verify', '--message', message], date);
  if (tag !== undefined) git(repository, ['tag', tag]);
};

const patchOf = (folder) => join(here, 'history', folder, 'change.patch');

const copyService = (repository) => {
  const service = join(here, 'service');
  for (const entry of readdirSync(service).filter((name) => !leftByBuilds.has(name))) {
    cpSync(join(service, entry), join(repository, entry), { recursive: true });
  }
};

const takeOver = (repository, folder) => {
  const files = join(here, 'history', folder, 'files');
  if (existsSync(files)) cpSync(files, repository, { recursive: true });
  if (existsSync(patchOf(folder))) git(repository, ['apply', patchOf(folder)]);
};

const setVersion = (repository, version) => {
  for (const file of ['package.json', 'package-lock.json']) {
    const path = join(repository, file);
    writeFileSync(path, readFileSync(path, 'utf8').replace(/("name": "storefront",\s+"version": ")[^"]+/g, `$1${version}`));
  }
};

const branchExists = (repository, branch) => git(repository, ['branch', '--list', branch]) !== '';

const commitsOf = (repository) => {
  const lines = git(repository, ['for-each-ref', '--format=%(refname) %(objectname)', 'refs/heads', 'refs/tags']).split('\n');
  const refs = new Map(lines.map((line) => line.split(' ')));
  const names = steps.flatMap(({ tag, branch }) => (tag === undefined ? [branch] : [tag]));
  return Object.fromEntries(
    names.map((name) => {
      const hash = refs.get(`refs/tags/${name}`) ?? refs.get(`refs/heads/${name}`);
      if (hash === undefined)
        throw new Error(`Failed to use the repository in ${repository}: it has no ${name}. Remove the folder and run this again.`);
      return [name, hash];
    }),
  );
};

/** Git without the settings of the person or the machine: they would change the hashes, or the lines' ends. */
const git = (repository, args, date) => {
  const own = { GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', GIT_CEILING_DIRECTORIES: dirname(resolve(repository)) };
  const people = ['AUTHOR', 'COMMITTER'].map((role) => ({ [`GIT_${role}_NAME`]: author.name, [`GIT_${role}_EMAIL`]: author.email }));
  const times = date === undefined ? {} : { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
  const env = Object.assign({ PATH: process.env.PATH, LC_ALL: 'C' }, own, ...people, times);
  return execFileSync('git', ['-c', 'core.autocrlf=false', ...args], { cwd: repository, env, encoding: 'utf8' }).trim();
};

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { path, created, commits } = makeRepository(process.argv[2] === undefined ? undefined : resolve(process.argv[2]));
  console.log(`${created ? 'Made' : 'Found'} ${path}`);
  for (const [name, hash] of Object.entries(commits)) console.log(`${hash.slice(0, 12)}  ${name}`);
}
