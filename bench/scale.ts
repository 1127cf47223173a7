/**
 * Releases of the simulated world, the runbook model, journal and checkpoints in SQLite files: how many a second in one process at 1, 10, 100
 * and 1000 at a time, how many bytes each leaves, and how that grows with the number of releases and with the length of the soak.
 * Exits with 1 where the bytes of a release grow with the number of releases before it. These releases are alike, and what is
 * equal in their evidence is kept once: one alone, as in the second table, leaves more.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCheckpoints } from '#src/desk/checkpoints.js';
import { createStagingGraph, openSqliteStore } from '#src/index.js';
import { openSimulatedPorts } from '#src/scenario/public.js';
import { nonce, releaseInput, shortConfig } from './overhead/release.js';

const mostGrowth = 1.1;
const minute = 60_000;

const opened = (soakMs: number) => {
  const folder = mkdtempSync(join(tmpdir(), 'scale-'));
  const store = openSqliteStore(join(folder, 'journal.db'));
  const checkpointer = openCheckpoints(join(folder, 'checkpoints.db'));
  const config = { ...shortConfig(), stability: { ...shortConfig().stability, soakMs } };
  const release = async (id: string): Promise<void> => {
    const input = releaseInput();
    const graph = createStagingGraph({ config, store, checkpointer, simulated: true, nonce, ports: openSimulatedPorts({ config }) });
    const { outcome, outcomeReason } = await graph.invoke(input, { configurable: { thread_id: id }, durability: 'sync' });
    if (outcome !== 'promoted') throw new Error(`${id} was not promoted: ${outcomeReason}`);
  };
  const close = async (): Promise<{ journal: number; checkpoints: number }> => {
    await store.close();
    checkpointer.db.close(); // the WAL goes into the files
    const bytes = (name: string) =>
      readdirSync(folder).reduce((sum, file) => (file.startsWith(name) ? sum + statSync(join(folder, file)).size : sum), 0);
    const sizes = { journal: bytes('journal'), checkpoints: bytes('checkpoints') };
    rmSync(folder, { recursive: true });
    return sizes;
  };
  return { release, close };
};

const kib = (bytes: number): string => (bytes / 1_024).toFixed(0);

await opened(minute).release('warm');
const perRelease: number[] = [];
console.log('at a time   releases/s   journal and evidence   checkpoints   KiB a release');
for (const together of [1, 10, 100, 1_000]) {
  const count = Math.max(together, 20);
  const { release, close } = opened(minute);
  const begun = performance.now();
  const left = Array.from({ length: count }, (_, at) => `release-${at}`);
  await Promise.all(Array.from({ length: together }, async () => { for (let id = left.shift(); id !== undefined; id = left.shift()) await release(id); })); // prettier-ignore
  const perSecond = (count * 1_000) / (performance.now() - begun);
  const { journal, checkpoints } = await close();
  perRelease.push((journal + checkpoints) / count);
  console.log(
    `${String(together).padStart(9)}   ${perSecond.toFixed(2).padStart(10)}   ${kib(journal / count).padStart(20)}   ${kib(checkpoints / count).padStart(11)}   ${kib((journal + checkpoints) / count).padStart(13)}`,
  );
}

console.log('\nsoak (minutes)   journal and evidence   checkpoints   (KiB of one release)');
for (const minutes of [1, 10, 60, 24 * 60]) {
  const { release, close } = opened(minutes * minute);
  await release('release');
  const { journal, checkpoints } = await close();
  console.log(`${String(minutes).padStart(14)}   ${kib(journal).padStart(20)}   ${kib(checkpoints).padStart(11)}`);
}

const [first = NaN, last = NaN] = [perRelease[1], perRelease.at(-1)];
if (!(last <= first * mostGrowth)) {
  console.error(
    `Failed: of a thousand releases each takes ${kib(last)} KiB, and of twenty ${kib(first)}: what one leaves may not grow with the others.`,
  );
  process.exitCode = 1;
}
