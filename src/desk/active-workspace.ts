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
import { environmentOf } from './shared/environment-of.js';
import { sharedInterventions } from './shared/interventions.js';
import { openWorkspace, type Workspace, type WorkspaceOptions } from './workspace.js';

export type ActiveWorkspaceOptions = WorkspaceOptions & {
  model?: string;
  /** Doors of one's own instead of this machine's; whoever gives them closes them. */
  ports?: Ports;
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
    const opened = options.ports ?? (await openPorts(workspace, options.dryRun ?? false));
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

export const openPorts = async ({ config, configDir, stateDir, store }: Workspace, simulated: boolean): Promise<Ports> => {
  if (simulated) {
    const { openSimulatedPorts } = await import('../scenario/simulated-world.js');
    const { VirtualClock } = await import('../scenario/virtual-clock.js');
    const latest = Math.max(...(await store.releases()).map((row) => row.updatedAt));
    return openSimulatedPorts({ config, ...(latest > 0 && { clock: new VirtualClock(latest) }) }); // simulated time goes on where it stopped
  }
  const { openLocalPorts } = await import('../tools/open-local-ports.js');
  return openLocalPorts({ config, configDir, stateDir });
};
