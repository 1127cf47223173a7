import type { StagingConfigInput } from '../../src/catalog/config.js';
import type { Connection } from '../../src/blackboard/postgres.js';
import { openDatabase, type SharedDatabase } from '../../src/desk/shared/database.js';
import { startWorker } from '../../src/desk/shared/worker.js';
import { simulatedConfig } from '../support/simulated-release.js';
import { worldOfParent, type Methods } from './world-by-ipc.js';

export type WorkerJob = {
  kind: 'job';
  url: string;
  holder: string;
  leaseMs: number;
  worlds: { environment: string; startsAt: number; methods: Methods; config: Partial<StagingConfigInput> }[];
  /** Nothing asks whether the lease still holds: to see that a harness finds what comes of it. */
  unfenced: boolean;
};

/** The program of a worker that reaches the worlds of its parent, and ends with it. */
process.once('message', (job: WorkerJob) => void run(job));
process.once('disconnect', () => process.exit(0));
process.send?.({ kind: 'ready' });

const run = async ({ url, holder, leaseMs, worlds, unfenced }: WorkerJob): Promise<void> => {
  const opened = await openDatabase(url);
  await startWorker({
    ...{ database: unfenced ? withoutFence(opened) : opened, holder, leaseMs, atOnce: 4 },
    reached: worlds.map(({ environment, startsAt, methods, config: changes }) => {
      const config = simulatedConfig(changes);
      const workspace = { config, configFile: '', configDir: '.', stateDir: '.' };
      return { environment, workspace, ports: worldOfParent(startsAt, methods, environment), model: 'runbook', simulated: true };
    }),
    told: { progress: () => undefined, state: () => undefined, say: (line) => process.send?.({ kind: 'said', line }) },
  });
  process.send?.({ kind: 'works' });
};

const withoutFence = (database: SharedDatabase): SharedDatabase => {
  const { transaction } = database.postgres;
  const open = ({ ask }: Connection): Connection => ({
    ask: <T extends object>(text: string, values?: readonly unknown[]) =>
      text.includes('FOR SHARE') ? Promise.resolve([{}] as T[]) : ask<T>(text, values),
  });
  const postgres = {
    ...database.postgres,
    transaction: <T>(work: (connection: Connection) => Promise<T>) => transaction((one) => work(open(one))),
  };
  return { ...database, postgres, leases: { ...database.leases, hold: () => Promise.resolve(), renew: () => Promise.resolve(true) } };
};
