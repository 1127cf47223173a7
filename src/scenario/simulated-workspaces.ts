import { digestOf } from '../blackboard/digest.js';
import { kindOfFile } from '../tools/source/kind-of-file.js';
import type { Workspace } from '../tools/ports.js';

type Files = ReadonlyMap<string, string>;
/** What a tree has beside what the repository began with: as many added tests, and whether the service itself was changed. */
type Grown = { tests: number; source: boolean };

/**
 * Files that are read, searched and edited in memory, each edit a commit. Of what is in them nothing runs: a test file that was added is
 * one more test, which is green where the service itself was changed too.
 */
export const simulatedWorkspaces = (began: Readonly<Record<string, string>>) => {
  const first: Files = new Map(Object.entries(began));
  const trees = new Map<string, Files>();
  const heads = new Map<string, string>();
  const grown = new Map<string, Grown>();
  const at = (commit: string): Files => trees.get(commit) ?? first;

  const build = (name: string, files: Files): { path: string } => {
    const path = `simulated/${name}`;
    const changed = changedIn(files, first).map(kindOfFile);
    grown.set(path, { tests: changed.filter((kind) => kind === 'tests').length, source: changed.includes('source') });
    return { path };
  };

  return {
    /** A worktree begins at a commit: with what the repository holds, or with what an earlier attempt has left. */
    begin: (worktree: string, commit: string, onto: string | undefined): void => {
      trees.set(commit, onto === undefined ? first : at(onto));
      heads.set(worktree, commit);
    },
    built: (commit: string) => build(commit, at(commit)),
    grownIn: (path: string): Grown => grown.get(path) ?? { tests: 0, source: false },
    open: (worktree: string): Workspace => {
      const head = (): string => heads.get(worktree) ?? '';
      return {
        read: ({ path, fromLine, lines }) => {
          const all = at(head()).get(path)?.split('\n');
          const place = { path, fromLine };
          return Promise.resolve(
            all === undefined
              ? { status: 'refused', reason: `${path} is not a file`, ...place, totalLines: 0, text: '' }
              : {
                  status: 'done',
                  reason: '',
                  ...place,
                  totalLines: all.length,
                  text: all.slice(fromLine - 1, fromLine - 1 + lines).join('\n'),
                },
          );
        },
        search: ({ text }) =>
          Promise.resolve({
            ...{ status: 'done', reason: '', more: false },
            matches: [...at(head())].flatMap(([path, file]) =>
              file.split('\n').flatMap((line, index) => (line.includes(text) ? [{ path, line: index + 1, text: line }] : [])),
            ),
          }),
        edit: ({ path, find, replace }, { by }) => {
          const files = at(head());
          const next = edited(files.get(path), find, replace);
          if (next === null)
            return Promise.resolve({ status: 'refused', reason: `${path} does not hold the text once`, path, commit: '', by, diff: '' });
          const commit = digestOf([head(), path, next]).slice(7, 47);
          trees.set(commit, new Map([...files, [path, next]]));
          heads.set(worktree, commit);
          const removed = find === '' ? [] : find.split('\n').map((line) => `-${line}`);
          const diff = [`--- ${path}`, ...removed, ...replace.split('\n').map((line) => `+${line}`)].join('\n');
          return Promise.resolve({ status: 'done', reason: '', path, commit, by, diff });
        },
        editedSince: (commit) => Promise.resolve(changedIn(at(head()), at(commit))),
        tryBuild: (before) => {
          if (before === undefined) return Promise.resolve(build(head(), at(head())));
          const own = before.files.flatMap((path) => {
            const text = at(head()).get(path);
            return text === undefined ? [] : [[path, text] as const];
          });
          return Promise.resolve(build(`${before.commit}-with-${own.length}`, new Map([...at(before.commit), ...own])));
        },
      };
    },
  };
};

const changedIn = (files: Files, before: Files): string[] =>
  [...files].filter(([path, text]) => before.get(path) !== text).map(([path]) => path);

/** The file after the edit; null where the text to replace does not stand there once, or the new file is there already. */
const edited = (before: string | undefined, find: string, replace: string): string | null => {
  if (find === '') return before === undefined ? replace : null;
  const parts = before?.split(find) ?? [];
  return parts.length === 2 ? parts.join(replace) : null;
};
