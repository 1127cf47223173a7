import { expect } from 'vitest';
import type { EventTopic } from '../catalog/events.js';
import type { CheckOutcome, GateName } from '../catalog/gates.js';
import { stagingMatchers } from './matchers.js';

/** Importing this file (for example in Vitest's `setupFiles`) adds the matchers and their types. */
expect.extend(stagingMatchers);

interface StagingMatchers {
  /** The release serves production. */
  toHavePromoted(): void;
  /** The topics were emitted in this order, others between them. */
  toHaveEmittedInOrder(...topics: (EventTopic | readonly EventTopic[])[]): void;
  /** The newest evaluation of the gate has this outcome; without one, it is open: passed, with a warning, or switched off. */
  toHaveGate(gate: GateName, outcome?: CheckOutcome): void;
  /** At most so many micro-dollars; left out, the release's own limit. */
  toHaveStayedWithinCredits(maxCredits?: number): void;
}

declare module 'vitest' {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any, @typescript-eslint/no-empty-object-type, @typescript-eslint/no-unused-vars -- Vitest's own interface has this parameter
  interface Matchers<T = any> extends StagingMatchers {}
}
