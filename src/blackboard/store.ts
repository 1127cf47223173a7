import type { FieldValue, GateEvaluation } from '../catalog/fields.js';
import type { ReleaseRequest } from '../catalog/request.js';

export const outcomes = ['promoted', 'held', 'rolled_back', 'rejected', 'stopped', 'errored'] as const;
export type Outcome = (typeof outcomes)[number];

export type ReleaseRow = {
  id: string;
  request: ReleaseRequest;
  /** queued: behind another one. running: a process is at it, or was when it died. waiting: for a person. ended: see `outcome`. */
  state: 'queued' | 'running' | 'waiting' | 'ended';
  outcome: Outcome | null;
  reason: string;
  model: string;
  simulated: boolean;
  createdAt: number;
  updatedAt: number;
};

/** event: a topic was emitted. field: a value was posted. evidence: a tool left something. verdict: a gate was judged. note: everything else worth telling. */
export type JournalKind = 'event' | 'field' | 'evidence' | 'verdict' | 'rollout' | 'report' | 'note';

export type JournalEntry = {
  /** Unique within the release: appending the same key again changes nothing. */
  key: string;
  at: number;
  agent: string;
  routine: string;
  kind: JournalKind;
  name: string;
  value: unknown;
};

export type JournalRow = JournalEntry & { release: string; sequence: number; previousHash: string; hash: string };

export type OperationRow = {
  id: string;
  release: string;
  name: string;
  startedAt: number;
  finishedAt: number | null;
  digest: string | null;
};

type OperationStart = {
  id: string;
  release: string;
  name: string;
  at: number;
  reservedCredits: number;
  maxCredits?: number;
};

/** What a model call cost, or what was reserved for one that has not come back. */
export type Spent = { calls: number; inputTokens: number; outputTokens: number; credits: number };

export type Cost = { inputTokens: number; outputTokens: number; credits: number };

export type PrunePlan = { forget: readonly string[]; seal: readonly { release: string; at: number; keeps: Seal['keeps'] }[] };
export type Pruned = { operations: number; rows: number; evidence: number };

/** Whoever has to hear of every row, with a place of its own in each release: what it has not passed is there for it after any crash. */
export interface JournalReader {
  /** Rows that it has not passed, of each release in their order; none while another process reads under its name. */
  next(limit: number): Promise<JournalRow[]>;
  /** Done with this row of its release, and with those before it. */
  pass(row: Pick<JournalRow, 'release' | 'sequence'>): Promise<void>;
}

/** The name of the row, a note, that every change of a release's state leaves. */
export const stateName = 'state';
export type StateChange = Pick<ReleaseRow, 'state' | 'outcome' | 'reason'>;

/** The value of the row that stands for all rows before it; `keeps` is what history needs of them. */
export type Seal = {
  rows: number;
  /** Of the last of those rows: the next segment starts from it. */
  hash: string;
  keeps: { gates: Pick<GateEvaluation, 'gate' | 'outcome' | 'attempt'>[]; deployments: FieldValue<'deployment_history'> };
};

/** The name of its row, a note. */
export const sealName = 'sealed';

/**
 * Journal, evidence, operations and releases. Writes throw JOURNAL_WRITE_FAILED when the disk does not take them,
 * reads STORE_UNREADABLE when the file is not what it was, `evidence` EVIDENCE_UNKNOWN when the digest is not there.
 */
export interface Store {
  /** What changes of its state, outcome and reason becomes a row of its journal, in the same transaction. */
  saveRelease(row: ReleaseRow): Promise<void>;
  release(id: string): Promise<ReleaseRow | null>;
  /** Newest first; of the same time the last saved first. */
  releases(): Promise<ReleaseRow[]>;

  append(release: string, entries: readonly JournalEntry[]): Promise<void>;
  journal(release: string): Promise<JournalRow[]>;
  /** A name that is new reads what is written from now on. */
  reader: (name: string) => Promise<JournalReader>;

  /** Stores a value once, under the digest of its content. */
  putEvidence(value: unknown): Promise<string>;
  evidence(digest: string): Promise<unknown>;

  /**
   * Marks the start of an operation; `reservedCredits` counts as spent until it is finished. False where the release would then have
   * spent more than `maxCredits`: nothing is reserved. What was begun and not finished is begun anew, from now on: a try that was cut
   * off may have cost what was reserved for it, so that stays counted. What is finished stays as it is.
   */
  beginOperation(operation: OperationStart): Promise<boolean>;
  operation(id: string): Promise<OperationRow | null>;
  /** Evidence, completion and journal rows in one transaction. */
  finishOperation(operation: {
    id: string;
    release: string;
    at: number;
    value: unknown;
    cost?: Cost;
    entries: readonly JournalEntry[];
  }): Promise<string>;
  spent(release: string): Promise<Spent>;
  /** Milliseconds spent in finished operations, without those of the given names. */
  activeMs(release: string, without: readonly string[]): Promise<number>;

  /**
   * Forgets the working memory of ended releases, and puts a seal in place of the journals of some of them: the last row that is left
   * holds how many rows went before it and the hash that it follows, so that the chain goes on. What no kept row and no kept operation
   * names any more of the evidence goes too. All of it or nothing. Left out by a store that keeps everything.
   */
  prune?(plan: PrunePlan): Promise<Pruned>;

  /** The smallest problem first: an empty list is a sound store. */
  verify(release: string): Promise<string[]>;
  close(): Promise<void>;
}
