import { digestOf } from '../blackboard/digest.js';
import type { Ports } from '../tools/ports.js';
import type { World } from './simulated-world.js';

/**
 * A repository that has every version and every feature; where a fault ends with an attempt, its fix is on the branches by then. `service`:
 * that of a service beside the first, whose attempts are those of the first.
 */
export const simulatedSource = (world: World, service?: string): Ports['source'] => {
  const own = service === undefined ? [] : [service];
  const workspaces = service === undefined ? world.workspaces : null;
  const commit = (...parts: unknown[]) => digestOf([...own, ...parts]).slice(7, 47);
  const featuresAt = new Map<string, readonly string[]>();
  const headsAfter = (attempt: number, version: string, features: readonly string[]): Record<string, string> => ({
    version: commit(version, features.length === 0 ? world.fixesBy(attempt, null) : 0),
    ...Object.fromEntries(features.map((feature) => [feature, commit(feature, world.fixesBy(attempt, feature))])),
  });
  return {
    name: 'simulated',
    heads: (version, features) => Promise.resolve(headsAfter(world.attempt, version, features)),
    versions: () => Promise.resolve(service === undefined ? ['v2.1.1', 'v2.1.0'] : stableOf(world, service)),
    integrate: ({ attempt, version, features, onto }) => {
      if (service === undefined) world.attempt = attempt;
      world.features.set(service ?? world.config.service.name, features);
      const heads = headsAfter(attempt - 1, version, features);
      const integrated = commit(heads, attempt);
      featuresAt.set(integrated, features);
      const worktree = workspaces === null ? 'simulated' : `simulated/${attempt}`;
      workspaces?.begin(worktree, integrated, onto);
      const conflict = world.fault('merge_conflict', { service }) !== null;
      return Promise.resolve({
        status: conflict ? 'conflict' : 'integrated',
        branch: `simulated/${version}`,
        base: heads['version'] ?? '',
        commit: integrated,
        worktree,
        features: features.map((feature) => ({
          feature,
          branch: `feature/${feature}`,
          commit: heads[feature] ?? '',
          files: [`src/${feature}.ts`],
        })),
        conflicts: conflict ? [{ file: 'src/cart.ts', branches: features.map((feature) => `feature/${feature}`) }] : [],
      });
    },
    build: ({ commit: built }) => {
      const digest = digestOf(built);
      world.featuresIn.set(digest, featuresAt.get(built) ?? []);
      return Promise.resolve(
        world.fault('build_failure', { artifact: { version: '', digest, path: '' }, service })
          ? { status: 'failed' as const, digest: '', path: '', files: 0, bytes: 0, durationMs: 1_000, output: 'simulated build failure' }
          : {
              status: 'built' as const,
              digest,
              path: workspaces?.built(built).path ?? 'simulated',
              files: 40,
              bytes: 200_000,
              durationMs: 1_000,
              output: '',
            },
      );
    },
    artifactOf: (version) =>
      Promise.resolve({ version, digest: digestOf(service === undefined ? version : [service, version]), path: 'simulated' }),
    changes: (base, head) =>
      Promise.resolve({
        base,
        head,
        commits: [{ sha: commit(head), author: 'simulated', subject: 'simulated change', committedAt: world.clock.now() - 3_600_000 }],
        files: ['src/wishlist.ts'],
        insertions: 120,
        deletions: 8,
      }),
    tag: ({ version, commit: tagged }) => Promise.resolve({ tag: `production/${version}`, commit: tagged }),
    workspace: (worktree) => {
      if (workspaces !== null) return Promise.resolve(workspaces.open(worktree));
      const refused = { status: 'refused' as const, reason: 'the simulated world has no files' };
      return Promise.resolve({
        read: ({ path, fromLine }) => Promise.resolve({ ...refused, path, fromLine, totalLines: 0, text: '' }),
        search: () => Promise.resolve({ ...refused, matches: [], more: false }),
        edit: ({ path }, { by }) => Promise.resolve({ ...refused, path, commit: '', by, diff: '' }),
        editedSince: () => Promise.resolve([]),
        tryBuild: () => Promise.resolve({ failed: refused.reason }),
      });
    },
    clean: () => Promise.resolve(),
  };
};

const stableOf = ({ config }: World, service: string): string[] =>
  config.services.filter(({ name }) => name === service).map(({ stable }) => stable);
