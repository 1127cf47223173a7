import { join } from 'node:path';
import { z } from 'zod';
import { tools, type ToolResult } from '../../catalog/tools.js';
import { gitIn, splitNul, type Git } from './git.js';
import { readJsonFile, writeJsonFile } from './json-file.js';
import type { Refs } from './refs.js';
import type { Repository } from './repository.js';
import { resolveFeature, resolveVersion, type Head } from './resolve-names.js';
import { safeName, type Worktrees } from './worktrees.js';

type Integration = ToolResult<'integrate_features'>;
export type IntegrationPlan = { releaseId: string; attempt: number; version: string; features: readonly string[]; onto?: string };
type Place = { repository: Repository; refs: Refs; worktrees: Worktrees; featureBranch: string; stateDir: string };

/**
 * Merges the feature branches onto the version, on a branch and in a worktree of this release and attempt. A finished integration
 * is written down and found again, wherever the branches point by then; a half done one begins anew.
 */
export const integrate = async (
  plan: IntegrationPlan,
  { repository, refs, worktrees, featureBranch, stateDir }: Place,
): Promise<Integration> => {
  const { git } = repository;
  const worktree = await worktrees.of(plan.releaseId, plan.attempt);
  const recordPath = join(stateDir, 'integrations', safeName(plan.releaseId), `${plan.attempt}.json`);
  const asked = { version: plan.version, features: [...new Set(plan.features)], ...(plan.onto !== undefined && { onto: plan.onto }) };
  const done = await readJsonFile(recordPath, recordSchema);
  if (
    done !== null &&
    JSON.stringify(done.asked) === JSON.stringify(asked) &&
    refs.branches.get(done.result.branch) === done.result.commit
  ) {
    if (!(await worktrees.isThere(git, worktree))) await worktrees.add(git, worktree, done.result.commit, done.result.branch);
    return { ...done.result, worktree };
  }

  const version = resolveVersion(refs, plan.version);
  const heads = asked.features.map((feature) => ({ feature, head: resolveFeature(refs, feature, featureBranch) }));
  const branch = branchOf(plan, refs);
  await worktrees.add(git, worktree, plan.onto ?? version.commit, branch);
  const inside = gitIn(worktree);
  const features: Feature[] = [];
  for (const { feature, head } of heads)
    features.push({ feature, branch: head.name, commit: head.commit, files: await changedSince(inside, version.commit, head.commit) });
  const conflicts = await mergeAll(inside, version, features);
  const commit = (await inside('rev-parse', 'HEAD')).trim();
  const status = conflicts.length > 0 ? 'conflict' : 'integrated';
  const result: Integration = { status, branch, base: version.commit, commit, worktree, features, conflicts };
  if (status === 'integrated') await writeJsonFile(recordPath, { asked, result });
  return result;
};

const recordSchema = z.object({
  asked: z.object({ version: z.string(), features: z.array(z.string()), onto: z.string().optional() }),
  result: tools.integrate_features.result,
});

/** `staging/<release>/<attempt>`; a repository with a branch named `staging` cannot have branches below that name. */
const branchOf = ({ releaseId, attempt }: IntegrationPlan, refs: Refs): string =>
  `${refs.branches.has('staging') ? 'langgraph-staging' : 'staging'}/${safeName(releaseId)}/${attempt}`;

const changedSince = async (git: Git, base: string, head: string): Promise<string[]> =>
  splitNul(await git('diff', '--name-only', '--no-renames', '--no-ext-diff', '-z', `${base}...${head}`, '--'));

type Feature = Integration['features'][number];

/** Merges one after the other and stops at the first conflict, which leaves the merges before it. */
const mergeAll = async (git: Git, version: Head, features: readonly Feature[]): Promise<Integration['conflicts']> => {
  const merged: Feature[] = [];
  for (const feature of features) {
    const missing = Number(await git('rev-list', '--count', `HEAD..${feature.commit}`, '--'));
    const files = missing === 0 ? [] : await merge(git, feature);
    if (files.length > 0) {
      return files.map((file) => {
        const rivals = merged.filter((other) => other.files.includes(file)).map((other) => other.branch);
        return { file, branches: [...(rivals.length > 0 ? rivals : [version.name]), feature.branch] };
      });
    }
    merged.push(feature);
  }
  return [];
};

/** The files in conflict, after which the merge is taken back; none when it went through. */
const merge = async (git: Git, { branch, commit }: Feature): Promise<string[]> => {
  try {
    await git('merge', '--no-ff', '--no-edit', '--no-verify', '--no-stat', '-m', `Merge ${branch}`, commit);
    return [];
  } catch (error) {
    const files = new Set(splitNul(await git('diff', '--name-only', '--diff-filter=U', '-z')));
    await git('reset', '--hard');
    await git('clean', '-ffdxq');
    if (files.size > 0) return [...files];
    throw error; // nothing to resolve by hand: unrelated histories, or git itself
  }
};
