import { StagingError } from '../../catalog/errors.js';
import type { ToolResult } from '../../catalog/tools.js';
import type { Git } from './git.js';
import { splitNul } from './git.js';
import type { Refs } from './refs.js';
import { findVersion, isName, resolveVersion } from './resolve-names.js';

/** The newest 200 commits that only `head` has, and how its files differ from those of `base`. Throws VERSION_UNKNOWN. */
export const changes = async (git: Git, refs: Refs, base: string, head: string): Promise<ToolResult<'read_changes'>> => {
  const [from, to] = [await commitOf(git, refs, base), await commitOf(git, refs, head)];
  const log = await git(
    'log',
    '-z',
    `--max-count=${maxCommits}`,
    '--no-show-signature',
    '--no-color',
    '--name-only',
    `--format=${format}`,
    `${from}..${to}`,
    '--',
  );
  const stats = parseNumstat(await git('diff', '--numstat', '-z', '--no-renames', '--no-ext-diff', '--no-textconv', from, to, '--'));
  return {
    base: from,
    head: to,
    commits: parseCommits(splitNul(log)),
    files: stats.map((stat) => stat.file),
    insertions: stats.reduce((sum, stat) => sum + stat.insertions, 0),
    deletions: stats.reduce((sum, stat) => sum + stat.deletions, 0),
  };
};

const maxCommits = 200;
const format = '%x00%H%x1f%an%x1f%ct%x1f%s%x00';

const commitOf = async (git: Git, refs: Refs, name: string): Promise<string> => {
  const known = findVersion(refs, name)?.commit;
  if (known !== undefined) return known;
  if (!isName(name)) return resolveVersion(refs, name).commit; // throws: nothing of that kind reaches git
  try {
    return (await git('rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`)).trim();
  } catch (error) {
    throw new StagingError(
      'VERSION_UNKNOWN',
      `Failed to read the changes of ${JSON.stringify(name)}: it is neither a version nor a commit.`,
      { cause: error },
    );
  }
};

type Commit = ToolResult<'read_changes'>['commits'][number] & { files: string[] };

/** A row of a commit, then its files, each ended by NUL; a merge names none, for what it brings is named by its own commits. */
const parseCommits = (rows: readonly string[]): Commit[] => {
  const commits: Commit[] = [];
  for (const row of rows) {
    const file = row.replace(/^\n/, '');
    if (/^[0-9a-f]{40,64}\x1f/.test(row)) commits.push({ ...parseCommit(row), files: [] });
    else if (file !== '') commits.at(-1)?.files.push(file);
  }
  return commits;
};

const parseCommit = (row: string): { sha: string; author: string; committedAt: number; subject: string } => {
  const [sha = '', author = '', seconds = '', ...subject] = row.split('\x1f');
  return { sha, author, committedAt: Number(seconds) * 1_000, subject: subject.join('\x1f') };
};

/** `insertions TAB deletions TAB path`; a binary file has dashes in place of numbers. */
const parseNumstat = (output: string): { file: string; insertions: number; deletions: number }[] =>
  splitNul(output).map((row) => {
    const [added = '', removed = '', ...path] = row.split('\t');
    return { file: path.join('\t'), insertions: Number(added) || 0, deletions: Number(removed) || 0 };
  });
