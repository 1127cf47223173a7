import { basename, resolve } from 'node:path';
import { simpleGit } from 'simple-git';
import type { Detected, Seen } from './detected.js';
import { pathsOf } from './health-path.js';
import { detectNode } from './node.js';
import { detectAny, detectGo, detectPython } from './others.js';

export type Repository = Omit<Detected, 'name'> &
  ReturnType<typeof pathsOf> & { name: string; approver: Seen<string> | null; tags: string[] };

/** What can be seen in a repository without running any of it: of each thing the first that tells. */
export const detect = async (root: string): Promise<Repository> => {
  const told = [detectNode, detectPython, detectGo, detectAny].map((of) => of(root));
  const first = <K extends keyof Detected>(key: K): Detected[K] => told.map((one) => one[key]).find((value) => value !== null) ?? null;
  const name = slug(first('name') ?? '') || slug(basename(resolve(root))) || 'service';
  return {
    name,
    start: first('start'),
    build: first('build'),
    test: first('test'),
    lockFile: first('lockFile'),
    ...pathsOf(root),
    ...(await fromGit(root)),
  };
};

/** Letters, digits and dashes, as a service is named. */
export const slug = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');

/** Whoever commits here can approve until others are named. Without git both are asked for. */
const fromGit = async (root: string): Promise<Pick<Repository, 'approver' | 'tags'>> => {
  const git = simpleGit(root);
  const ask = (work: Promise<string>): Promise<string> => work.then((text) => text.trim()).catch(() => '');
  const name = slug(await ask(git.raw('config', 'user.name')));
  const tags = (await ask(git.raw('tag', '--list'))).split('\n').filter(Boolean);
  return { approver: name === '' ? null : { value: name, from: "git's user.name" }, tags };
};
