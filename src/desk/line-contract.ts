import type { ReleaseRow } from '../blackboard/store.js';
import type { ApprovalQuestion } from '../graph/approval-question.js';
import type { Decision } from './desk-contract.js';

/** A person's word about a release. */
export type Ending = { reason: string; by: string; rollBack: boolean };

/** The releases in front of the environments: one acts at a time in each, and the next begins when none is under way or waiting there. */
export type ReleaseLine = {
  /** Somebody is at it, or will be without a word of anybody. */
  isBusy: (id: string) => Promise<boolean>;
  /** Whether a request that comes now begins at once. */
  isFree: () => Promise<boolean>;
  isSoaking: (id: string) => Promise<boolean>;
  question: (id: string) => Promise<ApprovalQuestion | null>;
  enqueue: (row: ReleaseRow) => Promise<void>;
  /** `caller` is whose credential came with it. */
  answer: (id: string, decision: Decision, caller?: string) => Promise<void>;
  /** Takes a release from where it stopped. */
  resume: (id: string) => Promise<void>;
  /** What a process that died has left goes on; the ids of it. */
  pickUp: () => Promise<string[]>;
  /** Traffic goes back within a sample, or the candidate never gets any; the release ends after the step that it is at. */
  end: (id: string, ending: Ending) => Promise<void>;
  /** Resolves when it has ended, waits for a person or has stopped. */
  settled: (id: string) => Promise<void>;
  close: () => Promise<void>;
};
