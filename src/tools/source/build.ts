import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { StagingConfig } from '../../catalog/config.js';
import { StagingError } from '../../catalog/errors.js';
import type { ToolResult } from '../../catalog/tools.js';
import type { Clock } from '../ports.js';
import { runCommand } from '../processes.js';
import type { Artifacts } from './artifacts.js';
import { gitIn } from './git.js';
import { isInside } from './list-tree.js';

type Build = ToolResult<'build_artifact'>;

/**
 * Builds a worktree and keeps the declared part of it as an artifact. It begins from the commit alone: what an earlier build
 * left there is removed, so that the digest speaks of the commit. Throws COMMAND_MISSING.
 */
export const build = async (
  origin: { commit: string; worktree: string; version?: string },
  { service, artifacts, clock }: { service: StagingConfig['service']; artifacts: Artifacts; clock: Clock },
): Promise<Build> => {
  const { commit, worktree, version } = origin;
  const startedAt = clock.now();
  const git = gitIn(worktree);
  if ((await git('rev-parse', 'HEAD')).trim() !== commit)
    throw new StagingError('ADAPTER_FAILED', `Failed to build ${commit}: the worktree ${worktree} holds another commit.`);
  await git('reset', '--hard');
  await git('clean', '-ffdxq');

  let output = '';
  const failed = (why: string): Build => ({
    status: 'failed',
    digest: '',
    path: '',
    files: 0,
    bytes: 0,
    durationMs: clock.now() - startedAt,
    output: [output.trimEnd(), why].filter((part) => part !== '').join('\n'),
  });
  if (service.build) {
    const ran = await runCommand({ ...service.build, cwd: worktree });
    output = ran.output;
    if (ran.timedOut) return failed(`The build was ended after ${service.build.timeoutMs} ms.`);
    if (ran.exitCode !== 0) return failed(`The build ended with ${ran.exitCode === null ? 'a signal' : `exit code ${ran.exitCode}`}.`);
  }
  if (!existsSync(join(worktree, service.artifact))) return failed(`There is no ${service.artifact} after the build.`);
  const folder = await realpath(join(worktree, service.artifact));
  if (!isInside(await realpath(worktree), folder)) return failed(`${service.artifact} leads out of the worktree.`);
  const stored = await artifacts.store(folder, { commit, ...(version !== undefined && { version }) });
  if ('refused' in stored) return failed(`The artifact cannot be kept: ${stored.refused}.`);
  return { status: 'built', ...stored, durationMs: clock.now() - startedAt, output };
};
