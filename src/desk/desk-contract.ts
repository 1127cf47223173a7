import type { StagingConfig } from '../catalog/config.js';
import type { eventKinds, Role } from '../catalog/server-config.js';
import type { ReleaseRequest } from '../catalog/request.js';
import type { JournalRow, Outcome } from '../blackboard/store.js';
import type { ApprovalQuestion } from '../graph/approval-question.js';
import type { RequestContext } from '../graph/request/draft.js';
import type { ReleaseDocument } from './document.js';
import type { HistoryView } from './view/history-view.js';
import type { ReleaseView } from './view/release-view.js';

export type { Role };

/** Who stands at the desk, as a credential told it, never as a text said it. */
export type Caller = { name: string; roles: readonly Role[] };

export type ReleaseSummary = {
  release: string;
  service: string;
  version: string;
  features: string[];
  target: ReleaseRequest['target'];
  /** queued: behind the release that has the environment now. */
  state: 'queued' | 'running' | 'waiting' | 'ended';
  waitingFor: 'approval' | 'soak' | 'person' | null;
  outcome: Outcome | null;
  reason: string;
  requestedBy: string;
  simulated: boolean;
  createdAt: number;
  updatedAt: number;
};

/** What became of a sentence: a release, or a question with choices where the sentence was unclear (nothing has begun then). */
export type Requested =
  | { kind: 'accepted'; release: string; understood: string; state: 'running' | 'queued' }
  | { kind: 'unclear'; question: string; choices: string[] };

/** One thing that happened, as `progress` tells it or as a change of state. `sequence` rises by one within a desk, so that a follower knows what it has missed. */
export type DeskEvent = {
  sequence: number;
  at: number;
  release: string;
  kind: (typeof eventKinds)[number];
  agent: string;
  routine: string | null;
  text: string;
};

/**
 * One state directory and its releases, for a program that stays: the servers stand on it. One release has the environments at a time;
 * others wait in the order they came. Every method that a caller's role does not cover throws ROLE_MISSING; an id that is not there, RELEASE_UNKNOWN.
 */
export type ReleaseDesk = {
  readonly config: StagingConfig;
  readonly simulated: boolean;
  readonly configDir: string;
  readonly stateDir: string;
  /** Releases that the process before had left running, or waiting for an approval: they go on by themselves. */
  readonly pickedUp: readonly string[];
  /** Any role. */
  list(caller: Caller, options?: { limit?: number }): ReleaseSummary[];
  summary(caller: Caller, id: string): ReleaseSummary;
  get(caller: Caller, id: string): ReleaseDocument;
  /** What a page shows of a release, live measurements included. */
  view(caller: Caller, id: string): Promise<ReleaseView>;
  /** Deployments of every release, and the DORA metrics from them. */
  history(caller: Caller): HistoryView;
  journal(caller: Caller, id: string, options?: { from?: number }): JournalRow[];
  evidence(caller: Caller, digest: string): unknown;
  explain(caller: Caller, id: string): { text: string; json: unknown };
  /** The approval that is open now. */
  question(caller: Caller, id: string): ApprovalQuestion | null;
  /** Answers a question about a release from the blackboard; without an id, about the newest. */
  ask(caller: Caller, text: string, id?: string): { text: string; evidence: string[] };
  /** Events from now on, or from `after` on as far as they are still held. Returns how to stop. */
  follow(listener: (event: DeskEvent) => void, options?: { release?: string; after?: number }): () => void;
  /** Which events are still held: a follower that has seen nothing since before `from` has missed some. */
  span(): { from: number; to: number };
  /** Resolves when the release has ended, waits for a person or has stopped. */
  settled(id: string): Promise<ReleaseSummary>;
  /** What a sentence is read against now: for a conversation that shows a plan before it asks for anything. Any role. */
  context(caller: Caller): Promise<RequestContext>;
  /** Requester. Returns at once; the release goes on behind. Throws VERSION_UNKNOWN, FEATURE_UNKNOWN before anything begins. */
  request(caller: Caller, sentence: string, options?: { conversation?: string }): Promise<Requested>;
  /** Approver, and by name among the configuration's approvers. `digest` is the one of the question that was shown. Throws NOT_WAITING, NOT_AN_APPROVER, APPROVAL_STALE. */
  decide(caller: Caller, id: string, answer: { digest: string; decision: 'approved' | 'rejected'; comment?: string }): Promise<void>;
  /** Operator. Each throws RELEASE_ENDED where there is nothing left to do. */
  resume(caller: Caller, id: string): Promise<void>;
  rollBack(caller: Caller, id: string, reason: string): Promise<void>;
  cancel(caller: Caller, id: string, reason: string): Promise<void>;
  /** Operator. What an alert of another system does: the rollout that is on takes its traffic back. Without an environment, wherever it is. */
  alert(caller: Caller, alert: { name: string; detail: string; environment?: 'staging' | 'production' }): Promise<void>;
  /** Stops what runs (it goes on from its checkpoint with `resume`), closes the doors and gives back the lock. */
  close(): Promise<void>;
};
