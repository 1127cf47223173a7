import type { CheckOutcome } from '../catalog/gates.js';
import { limits, type Limits } from '../catalog/limits.js';
import { isOpen } from '../gates/outcomes.js';
import { missingInOrder } from './judge-expectation.js';

/** What the matchers look at: a ScenarioFactory, or the document that `release --json` ends with. */
export type ReleaseView = {
  outcome: string | null;
  reason: string;
  events: readonly { topic: string }[];
  gates: readonly { gate: string; outcome: CheckOutcome; checks: readonly { check: string; outcome: string; reason: string }[] }[];
  model: { credits: number };
  limits?: Pick<Limits, 'maxCredits'>;
};
type Result = { pass: boolean; message: () => string; actual?: unknown; expected?: unknown };

/**
 * Matchers for Vitest and Jest: `expect.extend(stagingMatchers)`. `langgraph-staging/scenario/vitest` does it and brings the types.
 */
export const stagingMatchers = {
  toHavePromoted: (received: unknown): Result => {
    const { outcome, reason } = viewOf(received, 'toHavePromoted');
    const pass = outcome === 'promoted';
    const message = () => `expected the release ${pass ? 'not ' : ''}to have been promoted; it is ${outcome ?? 'not started'}: ${reason}`;
    return { pass, message, actual: outcome, expected: 'promoted' };
  },

  /** The topics in this order, others between them; a topic named twice must have come twice. */
  toHaveEmittedInOrder: (received: unknown, ...given: (string | readonly string[])[]): Result => {
    const wanted = given.flat();
    const topics = viewOf(received, 'toHaveEmittedInOrder').events.map((event) => event.topic);
    const missing = missingInOrder(topics, wanted);
    const message = () =>
      missing === null
        ? `expected the release not to have emitted ${wanted.join(', ')} in this order`
        : `expected ${missing} ${topics.includes(missing) ? 'after the topics before it' : 'to have been emitted'}; emitted were ${topics.join(', ') || 'none'}`;
    return { pass: missing === null, message, actual: topics, expected: wanted };
  },

  /** The newest evaluation of the gate; without an outcome, one that is open. */
  toHaveGate: (received: unknown, gate: string, outcome?: CheckOutcome): Result => {
    const { gates } = viewOf(received, 'toHaveGate');
    const found = gates.find((one) => one.gate === gate);
    const actual = found?.outcome ?? 'never evaluated';
    const why = (found?.checks ?? []).filter((check) => check.outcome === found?.outcome).map((check) => `${check.check}: ${check.reason}`);
    const pass = outcome === undefined ? found !== undefined && isOpen(found.outcome) : actual === outcome;
    const expected = outcome ?? 'open';
    const message = () => `expected the ${gate} gate ${pass ? 'not ' : ''}to be ${expected}; it is ${[actual, ...why].join('\n  ')}`;
    return { pass, message, actual, expected };
  },

  /** At most `maxCredits` micro-dollars; left out, the release's own limit. */
  toHaveStayedWithinCredits: (received: unknown, maxCredits?: number): Result => {
    const { model, limits: own } = viewOf(received, 'toHaveStayedWithinCredits');
    const most = maxCredits ?? own?.maxCredits ?? limits.maxCredits;
    const pass = model.credits <= most;
    const message = () => `expected the release ${pass ? 'not ' : ''}to have spent at most ${most} credits; it spent ${model.credits}`;
    return { pass, message, actual: model.credits, expected: most };
  },
};

const viewOf = (received: unknown, matcher: string): ReleaseView => {
  const isView =
    typeof received === 'object' &&
    received !== null &&
    'outcome' in received &&
    'events' in received &&
    'gates' in received &&
    'model' in received;
  if (!isView)
    throw new TypeError(
      `${matcher} takes a ScenarioFactory or the document of \`release --json\`, not ${received === null ? 'null' : typeof received}.`,
    );
  return received as ReleaseView; // the line before asks for its keys
};
