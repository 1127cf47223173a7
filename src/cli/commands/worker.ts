import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { explainError, StagingError } from '../../catalog/errors.js';
import { tellNews, type News } from '../../desk/shared/news.js';
import { environmentOf } from '../../desk/shared/environment-of.js';
import { startWorker, type Reached } from '../../desk/shared/worker.js';
import { openPorts, openWorkspace, type Workspace } from '../../desk/workspace.js';
import { openOutput } from '../output.js';
import { askedToEnd, finishing } from '../signals.js';
import type { ReleaseOptions } from './release.js';

export type WorkerCommandOptions = ReleaseOptions & { atOnce: number; also?: string[] };

/**
 * `worker`: takes through what others ask for on the shared database, until SIGTERM or Ctrl-C. What it is at then goes on with another
 * worker, or with the next start.
 */
export const worker = async ({ also = [], atOnce, ...options }: WorkerCommandOptions): Promise<number> => {
  const simulated = options.dryRun ?? false;
  const output = openOutput({ json: false, simulated });
  const first = await openWorkspace(options);
  const { shared } = first;
  if (shared === null)
    throw new StagingError('DATABASE_INVALID', 'Failed to start a worker: neither --database nor the configuration names a database.');
  const opened = [first];
  for (const config of also) opened.push(await openWorkspace({ ...options, config }));
  const reached = await Promise.all(opened.map((workspace) => reach(workspace, options.model ?? 'runbook', simulated)));
  const holder = `${hostname()}-${process.pid}-${randomBytes(2).toString('hex')}`;
  const tell = (news: News): void =>
    void tellNews(shared.postgres, news).catch((error: unknown) => output.say(`Nobody hears of it: ${explainError(error)}`));
  const working = await startWorker({
    ...{ database: shared, reached, holder, atOnce },
    told: {
      progress: (release, progress) => {
        output.progress({ ...progress, text: `${release} ${progress.text}` });
        tell({ release, ...progress });
      },
      state: (release, text) => {
        output.say(`${release}: ${text}`);
        const [one] = reached;
        tell({ at: one?.ports.clock.now() ?? 0, release, kind: 'state', agent: 'worker', routine: null, text });
      },
      say: output.say,
    },
  });
  output.say(`Worker ${holder} is there for ${reached.map(({ environment }) => environment).join(', ')}.`);
  output.say(`Stopping (${await askedToEnd()}). ${finishing}`);
  await working.close();
  for (const { ports } of reached) {
    await ports.monitoring.close();
    await ports.deployment.close();
  }
  for (const workspace of opened) await workspace.close();
  process.exit(0); // what a release had begun when it was stopped may still wait for its time
};

const reach = async (workspace: Workspace, model: string, simulated: boolean): Promise<Reached> => ({
  ...{ environment: environmentOf(workspace.config, simulated), workspace, model, simulated },
  ports: await openPorts(workspace, simulated),
});
