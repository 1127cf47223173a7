import { digestOf } from '../blackboard/digest.js';
import type { StagingConfig } from '../catalog/config.js';
import type { FlagsPort, Ports } from '../tools/ports.js';
import { faultSchema, type Fault, type FaultInput } from './faults.js';
import { simulatedDeployment } from './simulated-deployment.js';
import { simulatedFlags } from './simulated-flags.js';
import { simulatedMonitoring } from './simulated-monitoring.js';
import { simulatedTesting } from './simulated-testing.js';
import { VirtualClock } from './virtual-clock.js';

/** What the simulated doors share. */
export type World = {
  config: StagingConfig;
  clock: VirtualClock;
  attempt: number;
  flags: FlagsPort;
  /** The features in an artifact, by its digest. */
  contents: Map<string, readonly string[]>;
  fault: (kind: Fault['kind'], environment?: Fault['environment']) => Fault | null;
};

/** A deterministic world behind the same doors as the real one; every name in it says `simulated`. */
export const openSimulatedPorts = (options: { config: StagingConfig; faults?: readonly FaultInput[]; clock?: VirtualClock }): Ports => {
  const faults = (options.faults ?? []).map((fault) => faultSchema.parse(fault));
  const clock = options.clock ?? new VirtualClock();
  const world: World = {
    config: options.config,
    clock,
    flags: simulatedFlags({ clock }),
    contents: new Map(),
    attempt: 1,
    fault: (kind, environment = 'staging') =>
      faults.find((one) => one.kind === kind && one.environment === environment && world.attempt <= one.untilAttempt) ?? null,
  };
  const deployment = simulatedDeployment(world);
  return {
    clock: world.clock,
    deployment,
    monitoring: simulatedMonitoring(world, deployment),
    testing: simulatedTesting(world),
    source: simulatedSource(world),
    flags: world.flags,
  };
};

/** A red test that belongs to no feature goes with another commit: its branches have moved when they are looked at. */
const isFixedByAttempt = (world: World): boolean => {
  const fault = world.fault('red_test');
  return fault !== null && fault.feature === undefined;
};

const simulatedSource = (world: World): Ports['source'] => {
  const commit = (...parts: unknown[]) => digestOf(parts).slice(7, 47);
  return {
    name: 'simulated',
    heads: (version, features) =>
      Promise.resolve(
        Object.fromEntries([
          ['version', commit(version)],
          ...features.map((feature) => [feature, commit(feature, isFixedByAttempt(world) ? world.attempt + 1 : 'fixed')]),
        ]),
      ),
    versions: () => Promise.resolve(['v2.1.1', 'v2.1.0']),
    integrate: ({ attempt, version, features }) => {
      world.attempt = attempt;
      world.contents.set(digestOf(commit(version, features, attempt)), features);
      const conflict = world.fault('merge_conflict') !== null;
      return Promise.resolve({
        status: conflict ? 'conflict' : 'integrated',
        branch: `simulated/${version}`,
        base: commit(version),
        commit: commit(version, features, attempt),
        worktree: 'simulated',
        features: features.map((feature) => ({
          feature,
          branch: `feature/${feature}`,
          commit: commit(feature, isFixedByAttempt(world) ? attempt : 'fixed'),
          files: [`src/${feature}.ts`],
        })),
        conflicts: conflict ? [{ file: 'src/cart.ts', branches: features.map((feature) => `feature/${feature}`) }] : [],
      });
    },
    build: ({ commit: built }) =>
      Promise.resolve(
        world.fault('build_failure')
          ? { status: 'failed' as const, digest: '', path: '', files: 0, bytes: 0, durationMs: 1_000, output: 'simulated build failure' }
          : {
              status: 'built' as const,
              digest: digestOf(built),
              path: 'simulated',
              files: 40,
              bytes: 200_000,
              durationMs: 1_000,
              output: '',
            },
      ),
    artifactOf: (version) => Promise.resolve({ version, digest: digestOf(version), path: 'simulated' }),
    changes: (base, head) =>
      Promise.resolve({
        base,
        head,
        commits: [{ sha: commit(head), author: 'simulated', subject: 'simulated change' }],
        files: ['src/wishlist.ts'],
        insertions: 120,
        deletions: 8,
      }),
    tag: ({ version, commit: tagged }) => Promise.resolve({ tag: `production/${version}`, commit: tagged }),
    workspace: () => {
      const refused = { status: 'refused' as const, reason: 'the simulated world has no files' };
      return Promise.resolve({
        read: ({ path, fromLine }) => Promise.resolve({ ...refused, path, fromLine, totalLines: 0, text: '' }),
        search: () => Promise.resolve({ ...refused, matches: [], more: false }),
        edit: ({ path }, { by }) => Promise.resolve({ ...refused, path, commit: '', by, diff: '' }),
        tryBuild: () => Promise.resolve({ failed: refused.reason }),
      });
    },
    clean: () => Promise.resolve(),
  };
};
