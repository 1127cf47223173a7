import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contenders, type Contender, type ContenderName } from './contenders.js';
import { recordScript } from './script.js';

/**
 * One contender in a process of its own, as its users run it: what the engine has learned from the others neither helps nor hinders it.
 * It does what its parent asks, one thing after the other, and ends with it. Arguments: its name, and where the model is.
 */
const [, , name = '', url = ''] = process.argv;
const open = contenders[name as ContenderName]; // the parent has it from the same table
const script = await recordScript();

/** So long does it take until the engine has compiled what is hot in the longest of them. */
const warmMs = 25_000;
const againMs = 1_000;
const measuredMs = 3_000;
const together = 25;

export type Run = { ms: number; processorMs: number; calls: number; characters: number };

const within = async <T>(work: (contender: Contender, folder: string) => Promise<T>): Promise<T> => {
  const folder = mkdtempSync(join(tmpdir(), `overhead-${name}-`));
  const contender = open({ script, url, folder });
  try {
    return await work(contender, folder);
  } finally {
    await contender.close();
    rmSync(folder, { recursive: true });
  }
};

const counts = async (): Promise<{ calls: number; characters: number }> =>
  (await fetch(`${url}/counts`, { method: 'POST', body: '{}' })).json() as Promise<{ calls: number; characters: number }>; // as the stub answers

/** Gives how many releases it took. */
const during = async (ms: number, release: Contender['release'], id: string): Promise<number> => {
  let taken = 0;
  for (const begun = performance.now(); performance.now() - begun < ms; taken += 1) await release(`${id}-${taken}`);
  return taken;
};

const asks = {
  /** What a release leaves where none was before, in bytes: of several that are alike a store keeps what is equal once, and each would weigh too little. */
  weigh: async (): Promise<number> => {
    const weighed = [];
    for (const count of [0, 1]) {
      const folder = mkdtempSync(join(tmpdir(), `overhead-${name}-`));
      const { release, close } = open({ script, url, folder });
      if (count > 0) await release('weighed');
      await close(); // closing the last connection moves the WAL into the file
      weighed.push(readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0));
      rmSync(folder, { recursive: true });
    }
    const [empty = NaN, one = NaN] = weighed;
    return one - empty;
  },
  warm: () => within(({ release }) => during(warmMs, release, 'warm')),
  /** Releases one after the other; those of the first second bring back what the engine had ready, and do not count. */
  run: () =>
    within(async ({ release }): Promise<Run> => {
      await during(againMs, release, 'again');
      await counts();
      const [begun, used] = [performance.now(), process.cpuUsage()];
      const taken = await during(measuredMs, release, 'measured');
      const [ms, { user, system }] = [performance.now() - begun, process.cpuUsage(used)];
      const { calls, characters } = await counts();
      return { ms: ms / taken, processorMs: (user + system) / 1_000 / taken, calls: calls / taken, characters: characters / taken };
    }),
  /** Releases per second. */
  rate: () =>
    within(async ({ release }): Promise<number> => {
      await release('warm');
      const begun = performance.now();
      await Promise.all(Array.from({ length: together }, (_, at) => release(`release-${at}`)));
      return (together * 1_000) / (performance.now() - begun);
    }),
};

export type Asks = typeof asks;

process.on('message', (what: keyof Asks) => {
  void asks[what]().then((answer) => process.send?.(answer));
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
