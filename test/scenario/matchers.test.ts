import { expect, test } from 'vitest';
import { ScenarioFactory, stagingMatchers } from '../../src/scenario/public.js';
import '../../src/scenario/vitest.js';

const ran = async (name: string) => {
  const scenario = new ScenarioFactory(name);
  await scenario.setupScenario();
  await scenario.emitEvent('swarm/started', { task: 'staging-environment-deployment' });
  return scenario;
};

test('the matchers read a scenario', async () => {
  const promoted = await ran('approval-late');
  expect(promoted).toHavePromoted();
  expect(promoted).toHaveEmittedInOrder('swarm/started', 'staging/testing_requested', 'swarm/completed');
  expect(promoted).not.toHaveEmittedInOrder('swarm/completed', 'swarm/started');
  expect(promoted).toHaveEmittedInOrder(['staging/testing_requested', 'staging/validation_requested']);
  expect(promoted).toHaveGate('stability', 'passed');
  expect(promoted).toHaveGate('performance');
  expect(promoted).toHaveStayedWithinCredits();
  const stopped = await ran('credits-exhausted');
  expect(stopped).not.toHavePromoted();
  expect(stopped).toHaveStayedWithinCredits();
  expect(stopped).not.toHaveStayedWithinCredits(1_000);
});

const document = {
  outcome: 'rejected',
  reason: 'Functional Gate failed.',
  events: [{ topic: 'swarm/started' }, { topic: 'swarm/failed' }],
  gates: [{ gate: 'functional', outcome: 'failed', checks: [{ check: 'regression_tests', outcome: 'failed', reason: '1 failed' }] }],
  model: { credits: 7 },
};

const complaints: { matcher: string; result: { pass: boolean; message: () => string }; says: string }[] = [
  { matcher: 'toHavePromoted', result: stagingMatchers.toHavePromoted(document), says: 'it is rejected: Functional Gate failed.' },
  {
    matcher: 'toHaveEmittedInOrder',
    result: stagingMatchers.toHaveEmittedInOrder(document, 'swarm/failed', 'swarm/started'),
    says: 'expected swarm/started after the topics before it',
  },
  { matcher: 'toHaveGate', result: stagingMatchers.toHaveGate(document, 'functional', 'passed'), says: 'regression_tests: 1 failed' },
  { matcher: 'toHaveGate', result: stagingMatchers.toHaveGate(document, 'approval', 'passed'), says: 'it is never evaluated' },
  { matcher: 'toHaveGate', result: stagingMatchers.toHaveGate(document, 'functional'), says: 'to be open; it is failed' },
  { matcher: 'toHaveStayedWithinCredits', result: stagingMatchers.toHaveStayedWithinCredits(document, 6), says: 'it spent 7' },
];

test.each(complaints)('$matcher says what the document of `release --json` holds instead', ({ result, says }) => {
  expect(result.pass).toBe(false);
  expect(result.message()).toContain(says);
});

test('a matcher on something else says what it takes', () => {
  expect(() => expect('promoted').toHavePromoted()).toThrow('toHavePromoted takes a ScenarioFactory or the document');
});
