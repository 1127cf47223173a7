import type { RoutineName } from '../catalog/routines.js';
import type { StagingConfig } from '../catalog/config.js';
import type { eventKinds, Role } from '../catalog/server-config.js';
import type { JournalReader, JournalRow } from '../blackboard/store.js';
import type { ApprovalQuestion } from '../graph/approval-question.js';
import type { Heard } from '../graph/request/read-conversation.js';
import type { ReleaseDocument } from './document.js';
import type { ReleaseSummary } from './release-summary.js';
import type { HistoryView } from './view/history-view.js';
import type { ReleaseView } from './view/release-view.js';

export type { ReleaseSummary, Role };

/**
 * Who stands at the desk, never as a text said it. `vouched`: a credential that belongs to this name came with the call; left out, the
 * name was only stated by whoever started this process, which a policy of `identity: 'credential'` does not take for an answer.
 */
export type Caller = { name: string; roles: readonly Role[]; vouched?: true };

/**
 * What became of a sentence: a release, or a question with choices where the sentence was unclear (nothing has begun then). `sentences` are
 * the whole sentence with each of the choices taken.
 */
export type Requested =
  | { kind: 'accepted'; release: string; understood: string; state: 'running' | 'queued' }
  | { kind: 'unclear'; question: string; choices: string[]; sentences: string[] };

/** What an approver has answered, and the graph is resumed with. */
export type Decision = { digest: string; decision: 'approved' | 'rejected' | 'withdrawn'; by: string; comment: string };

/** One thing that happened, as `progress` tells it or as a change of state. `sequence` rises by one within a desk, so that a follower knows what it has missed. */
export type DeskEvent = {
  sequence: number;
  at: number;
  release: string;
  kind: (typeof eventKinds)[number];
  agent: string;
  routine: RoutineName | null;
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
  list(caller: Caller, options?: { limit?: number }): Promise<ReleaseSummary[]>;
  summary(caller: Caller, id: string): Promise<ReleaseSummary>;
  get(caller: Caller, id: string): Promise<ReleaseDocument>;
  /** What a page shows of a release, live measurements included. */
  view(caller: Caller, id: string): Promise<ReleaseView>;
  /** Deployments of every release, and the DORA metrics from them. */
  history(caller: Caller): Promise<HistoryView>;
  journal(caller: Caller, id: string, options?: { from?: number }): Promise<JournalRow[]>;
  /** For this program itself, nobody's call: whoever has to hear of every row of every journal, across its restarts. */
  reader(name: string): Promise<JournalReader>;
  evidence(caller: Caller, digest: string): Promise<unknown>;
  explain(caller: Caller, id: string): Promise<{ text: string; json: unknown }>;
  /** The approval that is open now. */
  question(caller: Caller, id: string): Promise<ApprovalQuestion | null>;
  /** Answers a question about a release from the blackboard; without an id, about the newest. */
  ask(caller: Caller, text: string, id?: string): Promise<{ text: string; evidence: string[] }>;
  /** Events from now on, or from `after` on as far as they are still held. Returns how to stop. */
  follow(listener: (event: DeskEvent) => void, options?: { release?: string; after?: number }): () => void;
  /** Which events are still held: a follower that has seen nothing since before `from` has missed some. */
  span(): { from: number; to: number };
  /** Resolves when the release has ended, waits for a person or has stopped. */
  settled(id: string): Promise<ReleaseSummary>;
  /**
   * Requester. Reads one more message of a conversation, after what is open in it, and begins nothing. What the grammar does not
   * understand a language model may reword, where one is configured.
   */
  hear(caller: Caller, open: Heard['open'], text: string): Promise<Heard>;
  /** Requester. Returns at once; the release goes on behind. Throws VERSION_UNKNOWN, FEATURE_UNKNOWN, QUEUE_FULL before anything begins. */
  request(caller: Caller, sentence: string, options?: { conversation?: string }): Promise<Requested>;
  /**
   * Approver, and by name among the configuration's approvers. `answer` is in any style that `readAnswer` reads; `shown` is the digest of the
   * question that was shown, without which a yes must name it itself. Throws NOT_WAITING, ANSWER_UNCLEAR, DIGEST_MISSING, APPROVAL_STALE,
   * NOT_AN_APPROVER; the question then stays open. Gives what was taken, on which the graph rules.
   */
  decide(caller: Caller, id: string, answer: unknown, shown?: string): Promise<Decision>;
  /** Operator. Each throws RELEASE_ENDED where there is nothing left to do. */
  resume(caller: Caller, id: string): Promise<void>;
  rollBack(caller: Caller, id: string, reason: string): Promise<void>;
  cancel(caller: Caller, id: string, reason: string): Promise<void>;
  /** Operator. What an alert of another system does: the rollout that is on takes its traffic back. Without an environment, wherever it is. */
  alert(caller: Caller, alert: { name: string; detail: string; environment?: 'staging' | 'production' }): Promise<void>;
  /** Stops what runs (it goes on from its checkpoint with `resume`), closes the doors and gives back the lock. */
  close(): Promise<void>;
};
