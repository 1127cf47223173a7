import type { Git } from './git.js';

/** Tags and branches with the commit that each points to; a branch of `origin` counts where there is no local one of its name. */
export type Refs = { tags: ReadonlyMap<string, string>; branches: ReadonlyMap<string, string> };

/** Reads all of them at once: names that a person asks for are looked up here and never reach git. */
export const readRefs = async (git: Git): Promise<Refs> => {
  const output = await git('for-each-ref', `--format=${format}`, 'refs/tags', 'refs/remotes/origin', 'refs/heads');
  const rows = output.split('\n').flatMap(parseRow);
  const under = (...prefixes: string[]) =>
    new Map(
      prefixes.flatMap((prefix) =>
        rows.flatMap(({ name, commit }) => (name.startsWith(prefix) ? [[name.slice(prefix.length), commit] as const] : [])),
      ),
    );
  return { tags: under('refs/tags/'), branches: under('refs/remotes/origin/', 'refs/heads/') }; // the later one wins
};

const format = '%(refname) %(objecttype) %(objectname) %(*objecttype) %(*objectname)';

const parseRow = (line: string): { name: string; commit: string }[] => {
  const [name = '', type, commit = '', peeledType, peeled = ''] = line.split(' ');
  if (type === 'commit') return [{ name, commit }];
  return peeledType === 'commit' ? [{ name, commit: peeled }] : [];
};
