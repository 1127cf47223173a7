import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import type { StagingConfig } from '../../catalog/config.js';
import { StagingError } from '../../catalog/errors.js';
import type { Artifact, Clock, SourcePort } from '../ports.js';
import { openArtifacts } from './artifacts.js';
import { build } from './build.js';
import { changes } from './changes.js';
import { integrate } from './integrate.js';
import { readRefs, type Refs } from './refs.js';
import { openRepository, refuseDirty, type Repository } from './repository.js';
import { resolveFeature, resolveVersion, versionTags } from './resolve-names.js';
import { tag } from './tag.js';
import { openWorkspace } from './workspace.js';
import { openWorktrees } from './worktrees.js';

/**
 * The repository that the configuration names, read and extended with git itself. Integrations and builds happen in worktrees and
 * on branches of our own; the user's checkout, index and branches are only read. The repository is looked at with every call.
 */
export const openGitSource = (options: { config: StagingConfig; configDir: string; stateDir: string; clock: Clock }): SourcePort => {
  const { config, clock } = options;
  const { service } = config;
  const stateDir = resolve(options.stateDir);
  const worktrees = openWorktrees(stateDir);
  const artifacts = openArtifacts(stateDir);
  const recipe = createHash('sha256')
    .update(JSON.stringify([service.build?.command, service.artifact]))
    .digest('hex');
  const building = new Map<string, Promise<Artifact>>();

  const look = async (): Promise<{ repository: Repository; refs: Refs }> => {
    const repository = await openRepository(resolve(options.configDir, service.repository));
    return { repository, refs: await readRefs(repository.git) };
  };

  const buildVersion = async (version: string, commit: string, { git }: Repository): Promise<Artifact> => {
    const known = await artifacts.builtFrom(commit, recipe);
    if (known) return { version, ...known };
    const worktree = await worktrees.ofCommit(commit);
    try {
      await worktrees.add(git, worktree, commit);
      const built = await build({ commit, worktree, version }, { service, artifacts, clock });
      if (built.status === 'failed')
        throw new StagingError('ADAPTER_FAILED', `Failed to build ${version} (${commit.slice(0, 10)}): ${built.output}`);
      await artifacts.remember(commit, recipe, built.digest);
      return { version, digest: built.digest, path: built.path };
    } finally {
      await worktrees.remove(git, worktree);
    }
  };

  return {
    name: 'git',
    heads: async (version, features, uncommitted) => {
      const { repository, refs } = await look();
      const heads = [
        ['version', resolveVersion(refs, version).commit],
        ...features.map((feature) => [feature, resolveFeature(refs, feature, service.featureBranch).commit]),
      ];
      if (uncommitted?.dirty !== 'allowed') await refuseDirty(repository);
      return Object.fromEntries(heads) as Record<string, string>; // pairs of strings, above
    },
    versions: async () => versionTags((await look()).refs),
    integrate: async (plan) => integrate(plan, { ...(await look()), worktrees, featureBranch: service.featureBranch, stateDir }),
    workspace: async (worktree) => {
      if (!(await worktrees.contains(worktree)))
        throw new StagingError('DEFECT', `Failed to open ${worktree}: it is not one of our worktrees.`);
      return openWorkspace(worktree, service, worktrees);
    },
    build: async ({ commit, worktree }) => {
      if (!(await worktrees.contains(worktree)))
        throw new StagingError('DEFECT', `Failed to build ${commit}: ${worktree} is not one of our worktrees.`);
      const { git } = (await look()).repository;
      if (!(await worktrees.isThere(git, worktree))) await worktrees.add(git, worktree, commit);
      return build({ commit, worktree }, { service, artifacts, clock });
    },
    artifactOf: async (version) => {
      const { repository, refs } = await look();
      const { commit } = resolveVersion(refs, version);
      const pending = building.get(commit) ?? buildVersion(version, commit, repository).finally(() => building.delete(commit));
      building.set(commit, pending);
      return { ...(await pending), version };
    },
    changes: async (base, head) => {
      const { repository, refs } = await look();
      return changes(repository.git, refs, base, head);
    },
    tag: async (what) => {
      const { repository, refs } = await look();
      return tag(repository.git, refs, what);
    },
    clean: async (releaseId) => worktrees.remove((await look()).repository.git, await worktrees.ofRelease(releaseId)),
  };
};
