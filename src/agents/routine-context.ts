import type { Store } from '../blackboard/store.js';
import type { StagingConfig } from '../catalog/config.js';
import type { EventTopic } from '../catalog/events.js';
import type { Board } from '../catalog/fields.js';
import type { ReleaseRequest } from '../catalog/request.js';
import type { RoutineName } from '../catalog/routines.js';
import type { Ports } from '../tools/ports.js';
import type { NamedModel } from './chat-model.js';
import type { Approval, Emission, Report, Waiting } from './settle.js';
import type { EvidenceRef } from './verdict.js';

export type RoutineEvent = {
  id: string;
  topic: EventTopic;
  emittedBy: string;
  reason: string;
  at: number;
  /** A model has asked to stop before this was done. Whoever runs the routine again has decided that it goes on. */
  held?: Report | undefined;
};

export type Progress = {
  at: number;
  agent: string;
  routine: RoutineName | null;
  kind: 'started' | 'tool' | 'settled' | 'model' | 'gate' | 'weight' | 'wait';
  text: string;
};

export type RoutineContext = {
  releaseId: string;
  request: ReleaseRequest;
  config: StagingConfig;
  attempt: number;
  board: Board;
  evidence: readonly EvidenceRef[];
  approvals: readonly Approval[];
  model: NamedModel;
  /** Asked where the first gives no answer. */
  fallback: NamedModel | null;
  /** Marks outside text in prompts; unguessable by whoever wrote that text. */
  nonce: string;
  ports: Ports;
  store: Store;
  progress: (progress: Progress) => void;
  /** Whether the process is asked to end: what has begun is finished, and nothing new begins. */
  stopping: () => boolean;
};

export type RoutineOutcome = {
  posts: Board;
  emits: Emission[];
  evidence: EvidenceRef[];
  waiting: Waiting | null;
  says: string;
};

/** The model asked to stop: what is required was not done. A person can resume. */
export type Held = { held: Report; evidence: EvidenceRef[] };
