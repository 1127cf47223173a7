import type { StagingConfig } from '../../catalog/config.js';
import type { Care, ReleaseRequest } from '../../catalog/request.js';

/** What a sentence is read against. Everything is given in: the reading itself looks at no clock, no journal and no repository. */
export type RequestContext = {
  config: StagingConfig;
  preApprovedBy: string | null;
  /** For "after 18:00 UTC" and "in two hours"; left out, a time is asked back about. */
  now?: number;
  /** The newest release, for "as last time". */
  last?: ReleaseRequest | null;
  /** Names that are known, for "did you mean": they need not be all. */
  features?: readonly string[];
  versions?: readonly string[];
};

/** What can be unclear. Each is asked about at most once. */
type Point =
  | 'request'
  | 'reading'
  | 'language'
  | 'service'
  | 'version'
  | 'features'
  | 'develop'
  | 'time'
  | 'conditions'
  | 'care'
  | 'last'
  | 'words'
  | 'undone';

/** A question with choices. An answer takes the place of `words` in the sentence; '' is the end of it, `null` all of it. */
export type Question = { point: Point; question: string; choices: string[]; words: string | null };

/** What was understood, with what a person must be told about it. */
export type Understood = { request: ReleaseRequest; understood: string; notes: string[] };

export type Reading = Understood | Question;

/** What the phrases of a sentence have said so far. */
export type Draft = {
  verb: boolean;
  service: boolean;
  otherService: string | null;
  versions: { version: string; words: string }[];
  /** What is released together with the first. */
  services: NonNullable<ReleaseRequest['services']>;
  features: string[];
  without: string[];
  /** What shall be developed, in the words that describe it. */
  develop: string[];
  production: boolean;
  stagingOnly: boolean;
  onCulprit: ReleaseRequest['onCulprit'];
  conditions: { condition: string; words: string }[];
  notBefore: { at: number; words: string } | null;
  care: Care;
  asLastTime: boolean;
  questions: Question[];
  notes: string[];
};

export const emptyDraft = (): Draft => ({
  verb: false,
  service: false,
  otherService: null,
  versions: [],
  services: [],
  features: [],
  without: [],
  develop: [],
  production: false,
  stagingOnly: false,
  onCulprit: undefined,
  conditions: [],
  notBefore: null,
  care: {},
  asLastTime: false,
  questions: [],
  notes: [],
});

/** One way of saying one thing. `read` writes what it means into the draft; `false` leaves the words to the phrases below. */
export type Phrase = {
  pattern: RegExp;
  read: (match: RegExpMatchArray, draft: Draft, context: RequestContext) => void | false;
};

/** Stands where a phrase was read, so that what is left keeps its places. */
export const gap = '¶';
