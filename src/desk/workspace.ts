import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createJiti } from 'jiti';
import { chatModel, type NamedModel } from '../agents/chat-model.js';
import type { Progress } from '../agents/routine-context.js';
import { openPostgresStore } from '../blackboard/postgres-store.js';
import { openSqliteStore } from '../blackboard/sqlite-store.js';
import { redactingStore } from '../blackboard/redacting-store.js';
import type { Store } from '../blackboard/store.js';
import type { StagingConfig } from '../catalog/config.js';
import { reason, StagingError } from '../catalog/errors.js';
import { createStagingGraph, parseConfig } from '../graph/create.js';
import { hideSecretsOf } from '../graph/hide-secrets-of.js';
import { guardDoors } from '../tools/guard-doors.js';
import type { Ports } from '../tools/ports.js';
import { startLangSmith } from './langsmith.js';
import { startTelemetry } from './open-telemetry.js';
import { openCheckpoints } from './checkpoints.js';
import { takeLock } from './lock.js';
import { openDatabase, type SharedDatabase } from './shared/database.js';
import { sharedInterventions } from './shared/interventions.js';
import { environmentOf } from './shared/environment-of.js';
import { readWaivers } from './waivers.js';

export type WorkspaceOptions = {
  config?: string;
  stateDir?: string;
  dryRun?: boolean;
  /** The PostgreSQL that workers share; left out, what the configuration says. */
  database?: string;
};
export type ActiveWorkspaceOptions = WorkspaceOptions & {
  model?: string;
  /** Doors of one's own instead of this machine's; whoever gives them closes them. */
  ports?: Ports;
};

/** A configuration and its state directory: everything that a command needs to look at releases. */
export type Workspace = {
  config: StagingConfig;
  configFile: string;
  configDir: string;
  stateDir: string;
  store: Store;
  /** Where releases lie in a PostgreSQL, and workers take them through. */
  shared: SharedDatabase | null;
  close(): Promise<void>;
};

/** A workspace that may act: it holds the lock, and the doors are open. */
export type ActiveWorkspace = Workspace & { ports: Ports; graph: ReturnType<typeof createStagingGraph> };

/** One that also reads what people ask for: `nonce` marks outside text in prompts. */
export type ReadingWorkspace = ActiveWorkspace & { model: NamedModel; nonce: string; progress: (progress: Progress) => void };

const names = ['staging.config.ts', 'staging.config.mts', 'staging.config.mjs', 'staging.config.js', 'staging.config.json'];

/** Throws CONFIG_NOT_FOUND, CONFIG_INVALID, DATABASE_INVALID, DATABASE_UNREACHABLE, STORE_UNREADABLE, STORE_NEWER, JOURNAL_WRITE_FAILED. */
export const openWorkspace = async (options: WorkspaceOptions): Promise<Workspace> => {
  const configFile = findConfig(options.config);
  const configDir = dirname(configFile);
  const written = parseConfig(await loadConfig(configFile), configFile);
  const stateDir = resolve(options.stateDir ?? join(configDir, '.staging'), options.dryRun ? 'simulated' : '.');
  const config = { ...written, waivers: [...written.waivers, ...readWaivers(stateDir)] };
  hideSecretsOf(config);
  const sendTheRest = startLangSmith();
  const address = options.database ?? written.database;
  const shared = address === undefined ? null : await openDatabase(address);
  if (shared !== null) mkdirSync(stateDir, { recursive: true }); // the doors of this machine keep their own things there
  const store = redactingStore(shared === null ? openSqliteStore(join(stateDir, 'journal.db')) : openPostgresStore(shared.postgres));
  return {
    config,
    configFile,
    configDir,
    stateDir,
    store,
    shared,
    close: async () => {
      await sendTheRest();
      await store.close();
    },
  };
};

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
      shared === null ? {} : { interventions: sharedInterventions(shared.postgres, environmentOf(workspace.config, options.dryRun)) };
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

const findConfig = (given: string | undefined): string => {
  const candidates = given === undefined ? names.map((name) => resolve(name)) : [resolve(given)];
  const found = candidates.find((path) => existsSync(path));
  if (found === undefined)
    throw new StagingError(
      'CONFIG_NOT_FOUND',
      `Failed to find a configuration: there is no ${given ?? 'staging.config.ts in this folder'}.`,
    );
  return found;
};

/** What a configuration file exports, TypeScript or not. Throws CONFIG_INVALID. */
export const loadConfig = async (file: string): Promise<unknown> => {
  const here = fileURLToPath(import.meta.url);
  const own = join(dirname(here), '..', 'catalog', here.endsWith('.ts') ? 'config.ts' : 'config.js');
  const jiti = createJiti(import.meta.url, { alias: { 'langgraph-staging': own }, moduleCache: false, fsCache: false });
  try {
    return await jiti.import(file, { default: true });
  } catch (error) {
    throw new StagingError('CONFIG_INVALID', `Failed to read ${file}: ${reason(error).split('\n')[0]}.`, { cause: error });
  }
};
