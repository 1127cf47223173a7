import { existsSync, mkdirSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createJiti } from 'jiti';
import { openPostgresStore } from '../blackboard/postgres-store.js';
import { openSqliteStore } from '../blackboard/sqlite-store.js';
import { redactingStore } from '../blackboard/redacting-store.js';
import type { Store } from '../blackboard/store.js';
import type { StagingConfig } from '../catalog/config.js';
import { reason, StagingError } from '../catalog/errors.js';
import { hideSecretsOf } from '../graph/hide-secrets-of.js';
import { parseConfig } from '../graph/parse-config.js';
import { startLangSmith } from './langsmith.js';
import { openDatabase, type SharedDatabase } from './shared/database.js';
import { readWaivers } from './waivers.js';

export type WorkspaceOptions = {
  config?: string;
  stateDir?: string;
  dryRun?: boolean;
  /** The PostgreSQL that workers share; left out, what the configuration says. */
  database?: string;
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

const findConfig = (given: string | undefined): string => {
  const candidates = (given === undefined ? names : [given]).map((name) => (isAbsolute(name) ? name : join(startedIn(), name)));
  const found = candidates.find((path) => existsSync(path));
  if (found === undefined)
    throw new StagingError(
      'CONFIG_NOT_FOUND',
      `Failed to find a configuration: there is no ${given ?? 'staging.config.ts in this folder'}.`,
    );
  return found;
};

const startedIn = (): string => {
  try {
    return process.cwd();
  } catch (error) {
    throw new StagingError('CONFIG_NOT_FOUND', 'Failed to find a configuration: the folder in which this was started is gone.', {
      cause: error,
      remedy: 'Go to a folder that is there, or pass --config with the whole path.',
    });
  }
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
