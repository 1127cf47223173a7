import type { Connection } from './postgres.js';
import { digestsIn } from './digest.js';
import { sealName, type JournalEntry, type Pruned, type PrunePlan, type Seal } from './store.js';

type Append = (release: string, entries: readonly JournalEntry[]) => Promise<void>;

/**
 * Carries out a plan of pruning, inside the transaction that it is called in. Nobody adds evidence meanwhile, so that none goes that a row
 * is about to name.
 */
export const prunePostgres = async ({ ask }: Connection, { forget, seal }: PrunePlan, append: Append): Promise<Pruned> => {
  await ask('LOCK TABLE staging.evidence IN SHARE ROW EXCLUSIVE MODE');
  const forgotten = await ask<{ digest: string }>(forgetOperations, [forget]);
  const candidates = new Set(forgotten.map(({ digest }) => digest));
  let rows = 0;
  for (const { release, at, keeps } of seal) {
    const journal = await ask<{ sequence: number; hash: string; value: string }>(rowsOf, [release]);
    const last = journal.at(-1);
    if (last === undefined) continue;
    for (const { value } of journal) for (const digest of digestsIn(value)) candidates.add(digest);
    const value: Seal = { rows: last.sequence, hash: last.hash, keeps };
    await append(release, [
      { key: `${sealName}:${last.sequence}`, at, agent: 'retention', routine: '', kind: 'note', name: sealName, value },
    ]);
    rows += (await ask('DELETE FROM staging.journal WHERE release = $1 AND sequence <= $2 RETURNING 1', [release, last.sequence])).length;
  }
  const evidence = candidates.size === 0 ? [] : await ask(dropUnnamed, [[...candidates]]);
  return { operations: forgotten.length, rows, evidence: evidence.length };
};

const forgetOperations = `UPDATE staging.operations AS operation SET digest = NULL FROM staging.operations AS before
  WHERE operation.id = before.id AND before.release = ANY($1) AND before.digest IS NOT NULL RETURNING before.digest`;

const rowsOf = 'SELECT sequence, hash, value FROM staging.journal WHERE release = $1 ORDER BY sequence';

const dropUnnamed = `DELETE FROM staging.evidence AS one WHERE digest = ANY($1)
  AND NOT EXISTS (SELECT 1 FROM staging.operations WHERE digest = one.digest)
  AND digest NOT IN (SELECT (regexp_matches(value, 'sha256:[0-9a-f]{64}', 'g'))[1] FROM staging.journal) RETURNING 1`;
