import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { chatModel, type NamedModel } from '../agents/chat-model.js';
import type { Progress } from '../agents/routine-context.js';
import { createStagingGraph } from '../graph/create.js';
import { guardDoors } from '../tools/guard-doors.js';
import type { Ports } from '../tools/ports.js';
import { openCheckpoints } from './checkpoints.js';
import { takeLock } from './lock.js';
import { startTelemetry } from './open-telemetry.js';
import { recallWorld, rememberWorld } from './world-memory.js';
import { environmentOf } from './shared/environment-of.js';
import { sharedInterventions } from './shared/interventions.js';
import { openWorkspace, type Workspace, type WorkspaceOptions } from './workspace.js';

export type ActiveWorkspaceOptions = WorkspaceOptions & {
  model?: string;
  /** Doors of one's own instead of this machine's; whoever gives them closes them. */
  ports?: Ports;
  /** The simulated world as the process before left it, where no release is under way, too; otherwise one begins anew. */
  worldAsLeft?: boolean;
};

/** A workspace that may act: it holds the lock, and the doors are open. */
export type ActiveWorkspace = Workspace & { ports: Ports; graph: ReturnType<typeof createStagingGraph> };

/** One that also reads what people ask for: `nonce` marks outside text in prompts. */
export type ReadingWorkspace = ActiveWorkspace & { model: NamedModel; nonce: string; progress: (progress: Progress) => void };

/** Takes the lock and opens the doors; with a shared database there is no lock, as workers act. Throws RELEASE_RUNNING besides. */
export const openActiveWorkspace = async (
  options: ActiveWorkspaceOptions & { progress: (progress: Progress) => void },
): Promise<ReadingWorkspace> => {
  const workspace = await openWorkspace(options);
  const { shared } = workspace;
  const release = shared === null ? takeLock(workspace.stateDir) : () => undefined;
  let stopTelemetry = (): Promise<void> => Promise.resolve();
  try {
    stopTelemetry = await startTelemetry(workspace.config.telemetry, workspace.configDir);
    const opened = options.ports ?? (await openPorts(workspace, options.dryRun ?? false, options.worldAsLeft));
    const heard =
      shared === null
        ? {}
        : { interventions: sharedInterventions(shared.postgres, environmentOf(workspace.config, options.dryRun), opened.clock) };
    const ports = guardDoors({ ...opened, ...heard }, workspace.config);
    const checkpointer = shared === null ? openCheckpoints(join(workspace.stateDir, 'checkpoints.db')) : null;
    const { progress } = options;
    const nonce = randomBytes(8).toString('hex');
    const graph = createStagingGraph({
      config: workspace.config,
      ports,
      store: workspace.store,
      checkpointer: checkpointer ?? false,
      progress,
      nonce,
      simulated: options.dryRun ?? false,
      ...(options.model !== undefined && { model: options.model }),
    });
    const close = async () => {
      try {
        if (options.ports === undefined) await closePorts(ports);
      } finally {
        checkpointer?.db.close();
        await stopTelemetry();
        release();
        await workspace.close();
      }
    };
    return { ...workspace, ports, graph, model: chatModel(options.model ?? 'runbook'), nonce, progress, close };
  } catch (error) {
    await stopTelemetry();
    release();
    await workspace.close();
    throw error;
  }
};

const closePorts = async ({ monitoring, deployment }: Ports): Promise<void> => {
  await monitoring.close();
  await deployment.close();
};

export const openPorts = async (workspace: Workspace, simulated: boolean, worldAsLeft = false): Promise<Ports> => {
  const { config, configDir, stateDir } = workspace;
  if (simulated) return openSimulatedWorld(workspace, worldAsLeft);
  const { openLocalPorts } = await import('../tools/open-local-ports.js');
  return openLocalPorts({ config, configDir, stateDir });
};

/** While a release is under way the simulated world is as the process before left it; time goes on where it stopped in any case. */
const openSimulatedWorld = async ({ config, stateDir, store, shared }: Workspace, asLeft: boolean): Promise<Ports> => {
  const { openSimulatedPorts } = await import('../scenario/simulated-world.js');
  const { VirtualClock } = await import('../scenario/virtual-clock.js');
  const releases = await store.releases();
  const remembered = shared === null && (asLeft || releases.some(({ state }) => state !== 'ended')) ? recallWorld(stateDir) : null;
  const latest = Math.max(0, remembered?.at ?? 0, ...releases.map((row) => row.updatedAt));
  return openSimulatedPorts({
    config,
    ...(latest > 0 && { clock: new VirtualClock(latest) }),
    ...(shared === null && { remembered, remember: (memory) => rememberWorld(stateDir, memory) }),
  });
};
