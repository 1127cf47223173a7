import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { explainError, StagingError } from '../../catalog/errors.js';
import { tellNews, type News } from '../../desk/shared/news.js';
import { environmentOf } from '../../desk/shared/environment-of.js';
import { openHome, type Home } from '../../desk/shared/home.js';
import { startWorker, type Reached } from '../../desk/shared/worker.js';
import { openPorts } from '../../desk/active-workspace.js';
import { openWorkspace } from '../../desk/workspace.js';
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
  const holder = `${hostname()}-${process.pid}-${randomBytes(2).toString('hex')}`;
  let lose: (why: StagingError) => void = () => undefined;
  const lost = new Promise<StagingError>((resolve) => (lose = resolve));
  const homes: Home[] = [];
  const reached: Reached[] = [];
  for (const workspace of opened) {
    const environment = environmentOf(workspace.config, simulated);
    const home = await openHome(
      shared,
      environment,
      { holder },
      {
        standsBy: (other) => output.say(`Stands by for ${environment}: its processes are those of worker ${other}.`),
        takesOver: () => output.say(`Worker ${holder} is there for ${environment} now.`),
        lost: lose,
      },
    );
    homes.push(home);
    const ports = await openPorts(workspace, simulated);
    reached.push({ environment, workspace, ports, model: options.model ?? 'runbook', simulated, isHere: home.isHere });
  }
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
  const here = reached.filter(({ isHere }) => isHere?.() !== false).map(({ environment }) => environment);
  output.say(here.length === 0 ? `Worker ${holder} stands by.` : `Worker ${holder} is there for ${here.join(', ')}.`);
  const why = await Promise.race([askedToEnd(), lost]);
  output.say(why instanceof StagingError ? `Stopping. ${explainError(why)}` : `Stopping (${why}). ${finishing}`);
  if (!(why instanceof StagingError)) await working.close(); // else another worker is at it by now
  for (const { ports } of reached) {
    await ports.monitoring.close();
    await ports.deployment.close();
  }
  for (const home of homes) await home.leave();
  for (const workspace of opened) await workspace.close();
  process.exit(why instanceof StagingError ? why.exitCode : 0); // what a release had begun when it was stopped may still wait for its time
};
