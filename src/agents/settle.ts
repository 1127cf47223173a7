import type { AgentName } from '../catalog/agents.js';
import type { StagingConfig } from '../catalog/config.js';
import type { EventTopic } from '../catalog/events.js';
import type { Board, GateEvaluation, PostsOf } from '../catalog/fields.js';
import type { ReleaseRequest } from '../catalog/request.js';
import type { RoutineName, RoutineOf, routines } from '../catalog/routines.js';
import type { GateName } from '../catalog/gates.js';
import type { Evidence, ToolName } from '../catalog/tools.js';

/** What the model concluded, in its own words. It can lower an outcome (`hold`), never raise one. */
export type Report = {
  summary: string;
  hold: boolean;
  /** The model that gave it. */
  by: string;
};

/** A person's answer to the approval gate, bound to the digest of what was shown. */
export type Approval = {
  id: string;
  digest: string;
  /** withdrawn: an approval that its approver took back, or that new facts took back. */
  decision: 'approved' | 'rejected' | 'withdrawn';
  by: string;
  at: number;
  preSigned: boolean;
  comment: string;
};

/** Why the graph waits: for healthy time, or for a person. */
export type Waiting =
  | { kind: 'soak'; untilAt: number; reason: string }
  | {
      kind: 'approval';
      digest: string;
      reason: string;
      askedAt: number;
      /** Why it is asked again, where it is. */
      note: string;
      /** What has happened in the repository since, as far as it was shown. */
      news: string[];
    };

type Emits<R extends RoutineName> = (typeof routines)[R]['emits'][number];

export type Emission<T extends EventTopic = EventTopic> = { topic: T; reason?: string };

export type SettleInput = {
  releaseId: string;
  request: ReleaseRequest;
  config: StagingConfig;
  board: Board;
  attempt: number;
  /** Evidence of this routine run only, oldest first. */
  found: readonly Evidence[];
  /** Evidence of the whole release, oldest first. */
  all: readonly Evidence[];
  /** The reason that came with the event, if one did. */
  why: string;
  /** Whether a language model is there that could edit; the runbook edits nothing. */
  canEdit: boolean;
  /** Whether a person emitted it. */
  byPerson: boolean;
  approvals: readonly Approval[];
  /** Evaluates a gate on the evidence of this attempt. */
  judge: (gate: GateName, stage: 'validation' | 'readiness', approvals?: readonly Approval[]) => GateEvaluation;
  now: number;
  id: (...parts: (string | number)[]) => string;
};

export type Settled<A extends AgentName = AgentName, T extends EventTopic = EventTopic> = {
  posts: PostsOf<A>;
  emits: Emission<T>[];
  waiting?: Waiting;
  /** One sentence for people. */
  says: string;
};

/** Pure: evidence, report and board in; posts and next events out. One per routine, in the file of its agent. */
export type Settles<A extends AgentName> = { [R in RoutineOf<A>]: (input: SettleInput) => Settled<A, Emits<R>> };

/** The newest evidence of a tool, or null. */
export const latest = <T extends ToolName>(evidence: readonly Evidence[], tool: T): Evidence<T> | null =>
  (evidence.findLast((item) => item.tool === tool) as Evidence<T> | undefined) ?? null; // the tool names the member of the union

/** Like `latest`, for evidence that the routine's row requires. */
export const required = <T extends ToolName>(evidence: readonly Evidence[], tool: T): Evidence<T> => {
  const found = latest(evidence, tool);
  if (!found) throw new Error(`the runtime settled a routine without the ${tool} that it requires`);
  return found;
};

export const every = <T extends ToolName>(evidence: readonly Evidence[], tool: T): Evidence<T>[] =>
  evidence.filter((item) => item.tool === tool) as Evidence<T>[]; // as above
