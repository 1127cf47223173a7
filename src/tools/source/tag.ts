import { StagingError } from '../../catalog/errors.js';
import type { ToolResult } from '../../catalog/tools.js';
import type { Git } from './git.js';
import type { Refs } from './refs.js';
import { isName } from './resolve-names.js';

/**
 * Tags a commit as `production/<version>`, annotated with the release and the artifact's digest. Where that tag stands at another
 * commit it stays, and the next free number is appended: what ran in production once is never renamed. Throws VERSION_UNKNOWN.
 */
export const tag = async (
  git: Git,
  refs: Refs,
  { version, commit, releaseId, digest }: { version: string; commit: string; releaseId: string; digest: string },
): Promise<ToolResult<'tag_version'>> => {
  if (!isName(version) || !/^[0-9a-f]{7,64}$/.test(commit))
    throw new StagingError(
      'VERSION_UNKNOWN',
      `Failed to tag ${JSON.stringify(version)}: that is no version, or ${JSON.stringify(commit)} is no commit.`,
    );
  const full = (await git('rev-parse', '--verify', '--end-of-options', `${commit}^{commit}`)).trim();
  for (let count = 1; ; count += 1) {
    const name = `production/${version}${count === 1 ? '' : `-${count}`}`;
    const standing = refs.tags.get(name);
    if (standing === full) return { tag: name, commit: full };
    if (standing !== undefined) continue;
    const message = `Release ${oneLine(releaseId)}\n\nrelease: ${oneLine(releaseId)}\nartifact: ${oneLine(digest)}`;
    await git('tag', '--annotate', '--no-sign', '--cleanup=verbatim', '-m', message, '--', name, full);
    return { tag: name, commit: full };
  }
};

const oneLine = (text: string): string => text.replace(/\p{Cc}+/gu, ' ');
