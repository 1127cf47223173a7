import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { StagingConfig } from '../../catalog/config.js';
import type { ToolArgs, ToolResult } from '../../catalog/tools.js';
import type { Workspace } from '../ports.js';
import { runCommand } from '../processes.js';
import { gitIn, splitNul } from './git.js';
import { isInside } from './list-tree.js';
import { placeInside } from './workspace-path.js';
import type { Worktrees } from './worktrees.js';

const most = { fileBytes: 1_048_576, textCharacters: 60_000, matches: 100, lineCharacters: 300, diffCharacters: 60_000 };

/** The files of a worktree for a model: read, searched and edited one at a time, each edit a commit of its own on the worktree's branch. */
export const openWorkspace = async (worktree: string, service: StagingConfig['service'], worktrees: Worktrees): Promise<Workspace> => {
  const root = await realpath(worktree);
  const git = gitIn(root);

  const read = async ({ path, fromLine, lines }: ToolArgs<'read_file'>): Promise<ToolResult<'read_file'>> => {
    const found = await textAt(root, path);
    if ('refused' in found) return { status: 'refused', reason: found.refused, path, fromLine, totalLines: 0, text: '' };
    const all = found.text.split('\n');
    const text = all.slice(fromLine - 1, fromLine - 1 + lines).join('\n');
    return { status: 'done', reason: '', path: found.path, fromLine, totalLines: all.length, text: text.slice(0, most.textCharacters) };
  };

  const search = async ({ text, folder }: ToolArgs<'search_files'>): Promise<ToolResult<'search_files'>> => {
    const place = await placeInside(root, folder);
    if ('refused' in place) return { status: 'refused', reason: place.refused, matches: [], more: false };
    const files = splitNul(await git('ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', place.path));
    const matches: ToolResult<'search_files'>['matches'] = [];
    for (const path of files.sort()) {
      const found = await textAt(root, path);
      if ('refused' in found) continue; // a binary, a link out: nothing that a search shows
      for (const [index, line] of found.text.split('\n').entries())
        if (line.includes(text)) matches.push({ path, line: index + 1, text: line.slice(0, most.lineCharacters) });
      if (matches.length > most.matches) break;
    }
    return { status: 'done', reason: '', matches: matches.slice(0, most.matches), more: matches.length > most.matches };
  };

  const edit: Workspace['edit'] = async ({ path, find, replace }, { by, releaseId }) => {
    const refused = (reason: string) => ({ status: 'refused' as const, reason, path, commit: '', by, diff: '' });
    const place = await placeInside(root, path);
    if ('refused' in place) return refused(place.refused);
    const mark = createHash('sha256')
      .update(JSON.stringify([place.path, find, replace]))
      .digest('hex')
      .slice(0, 16);
    if ((await git('log', '-1', '--format=%(trailers:key=Edit,valueonly)')).trim() !== mark) {
      const next = await edited(root, path, find, replace);
      if ('refused' in next) return refused(next.refused);
      await mkdir(dirname(place.full), { recursive: true });
      await writeNoFollow(place.full, next.text);
      await git('add', '--force', '--', place.path);
      const author = by.replaceAll(/[<>\p{Cc}]/gu, ' ').trim() || 'unknown model';
      const message = `Change ${place.path}\n\nPatch-By: ${author}\nRelease: ${releaseId.replaceAll(/\p{Cc}/gu, ' ')}\nEdit: ${mark}`;
      await git(
        'commit',
        '--quiet',
        '--no-verify',
        '--cleanup=verbatim',
        `--author=${author} <model@langgraph-staging>`,
        '-m',
        message,
        '--',
        place.path,
      );
    }
    const commit = (await git('rev-parse', 'HEAD')).trim();
    const diff = await git('show', '--format=', '--no-color', '--no-ext-diff', '--no-textconv', commit, '--');
    return { status: 'done', reason: '', path: place.path, commit, by, diff: diff.slice(0, most.diffCharacters) };
  };

  const editedSince: Workspace['editedSince'] = async (commit) => {
    const log = ['log', '-z', '--first-parent', '--no-merges', '--format=', '--name-only', '--no-renames', `${commit}..HEAD`, '--'];
    const edits = new Set(splitNul(await git(...log)).map((path) => path.replace(/^\n/, '')));
    const changed = await git('diff', '--name-only', '-z', '--no-renames', '--no-ext-diff', '--diff-filter=d', commit, 'HEAD', '--');
    return splitNul(changed).filter((path) => edits.has(path));
  };

  const tryBuild: Workspace['tryBuild'] = async (at) => {
    if (at === undefined) return buildIn(root, service);
    const trial = `${root}-trial`;
    const head = (await git('rev-parse', 'HEAD')).trim();
    await worktrees.add(git, trial, at.commit);
    if (at.files.length > 0) await gitIn(trial)('checkout', '--quiet', head, '--', ...at.files);
    return buildIn(await realpath(trial), service);
  };

  return { read, search, edit, editedSince, tryBuild };
};

const buildIn = async (root: string, service: StagingConfig['service']): Promise<{ path: string } | { failed: string }> => {
  if (service.build) {
    const ran = await runCommand({ ...service.build, cwd: root });
    if (ran.timedOut || ran.exitCode !== 0) return { failed: ran.output.slice(-4_000) || 'the build failed' };
  }
  const path = await realpath(join(root, service.artifact)).catch(() => null); // missing: said below
  return path !== null && isInside(root, path)
    ? { path }
    : { failed: `there is no ${service.artifact} inside the worktree after the build` };
};

type Text = { path: string; text: string } | { refused: string };

const textAt = async (root: string, given: string): Promise<Text> => {
  const place = await placeInside(root, given);
  if ('refused' in place) return place;
  const found = await stat(place.full).catch(() => null); // not there: said below
  if (found === null || !found.isFile()) return { refused: `${given} is not a file` };
  if (found.size > most.fileBytes) return { refused: `${given} has ${found.size} bytes, at most ${most.fileBytes} are read` };
  const file = await open(place.full, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const bytes = await file.readFile();
    return bytes.includes(0) ? { refused: `${given} is not text` } : { path: place.path, text: bytes.toString('utf8') };
  } finally {
    await file.close();
  }
};

/** The whole file after the edit. `find` must say exactly where; an empty one makes a file that is not there yet. */
const edited = async (root: string, path: string, find: string, replace: string): Promise<{ text: string } | { refused: string }> => {
  const before = await textAt(root, path);
  if (find === '') {
    if (!('refused' in before)) return { refused: `${path} is there already: name the text to replace in it` };
    return before.refused.endsWith('is not a file') ? { text: replace } : before;
  }
  if ('refused' in before) return before;
  const parts = before.text.split(find);
  if (parts.length !== 2) return { refused: `the text to replace stands ${parts.length - 1} times in ${path}, and must stand there once` };
  if (find === replace) return { refused: 'the edit changes nothing' };
  const text = parts.join(replace);
  return Buffer.byteLength(text) > most.fileBytes ? { refused: `${path} would have more than ${most.fileBytes} bytes` } : { text };
};

/** A link that has been put in the file's place since it was looked at is not followed. */
const writeNoFollow = async (path: string, text: string): Promise<void> => {
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW, 0o644);
  try {
    await file.writeFile(text);
  } finally {
    await file.close();
  }
};
