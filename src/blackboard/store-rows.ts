import { releaseRequestSchema } from '../catalog/request.js';
import {
  stateName,
  type JournalEntry,
  type JournalKind,
  type JournalRow,
  type OperationRow,
  type Outcome,
  type ReleaseRow,
} from './store.js';
import type { Spent, StateChange } from './store.js';
import type { StoredRow } from './verify-rows.js';

/** Rows as they lie in a database, and as the store gives them: the same columns in SQLite and in PostgreSQL. */
export type Rows = {
  release: {
    id: string;
    request: string;
    state: ReleaseRow['state'];
    outcome: Outcome | null;
    reason: string;
    model: string;
    simulated: number;
    created_at: number;
    updated_at: number;
  };
  operation: { id: string; release: string; name: string; started_at: number; finished_at: number | null; digest: string | null };
  spent: { calls: number; inputTokens: number | null; outputTokens: number | null; credits: number | null };
};

export const toRelease = (row: Rows['release'] | undefined): ReleaseRow | null =>
  row === undefined
    ? null
    : {
        id: row.id,
        request: releaseRequestSchema.parse(JSON.parse(row.request)),
        state: row.state,
        outcome: row.outcome,
        reason: row.reason,
        model: row.model,
        simulated: row.simulated === 1,
        createdAt: row.created_at,
        updatedAt: row.updated_at,
      };

export const toOperation = (row: Rows['operation'] | undefined): OperationRow | null =>
  row === undefined
    ? null
    : { id: row.id, release: row.release, name: row.name, startedAt: row.started_at, finishedAt: row.finished_at, digest: row.digest };

export const toSpent = (row: Rows['spent'] | undefined): Spent => ({
  calls: row?.calls ?? 0,
  inputTokens: row?.inputTokens ?? 0,
  outputTokens: row?.outputTokens ?? 0,
  credits: row?.credits ?? 0,
});

export const toJournalRow = (row: StoredRow): JournalRow => ({
  ...row,
  kind: row.kind as JournalKind, // only `append` writes it
  value: JSON.parse(row.value) as unknown,
});

/** The row that a change of state leaves, none where it is what it was. `rows`: how many the release has had, so that no key comes twice. */
export const stateEntries = (before: StateChange | null, row: ReleaseRow, rows: number): JournalEntry[] => {
  const { state, outcome, reason, updatedAt: at } = row;
  if (before?.state === state && before.outcome === outcome && before.reason === reason) return [];
  return [
    { key: `${stateName}:${rows}`, at, agent: 'desk', routine: '', kind: 'note', name: stateName, value: { state, outcome, reason } },
  ];
};
