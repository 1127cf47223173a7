import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkOutcomes } from '../../src/catalog/gates.js';
import { isOpen, worst } from '../../src/gates/outcomes.js';

const outcome = fc.constantFrom(...checkOutcomes);

test('the worst outcome does not depend on order', () => {
  fc.assert(fc.property(fc.array(outcome), (outcomes) => worst(outcomes) === worst([...outcomes].reverse())));
});

test('the worst outcome does not depend on grouping', () => {
  fc.assert(fc.property(outcome, outcome, outcome, (a, b, c) => worst([worst([a, b]), c]) === worst([a, worst([b, c])])));
});

test('the worst of an outcome and itself is that outcome', () => {
  fc.assert(fc.property(outcome, (one) => worst([one, one]) === one));
});

test('adding an outcome never opens what was shut', () => {
  fc.assert(
    fc.property(
      fc.array(outcome, { minLength: 1 }),
      outcome,
      (outcomes, one) => isOpen(worst(outcomes)) || !isOpen(worst([...outcomes, one])),
    ),
  );
});

test('failed outweighs everything, and off is the least', () => {
  expect(worst([...checkOutcomes])).toBe('failed');
  expect(worst(['off', 'passed'])).toBe('passed');
});

test('no outcome at all is inconclusive', () => {
  expect(worst([])).toBe('inconclusive');
});

test.each([
  ['off', true],
  ['passed', true],
  ['warning', true],
  ['pending', false],
  ['inconclusive', false],
  ['errored', false],
  ['failed', false],
] as const)('%s opens a gate: %s', (one, open) => {
  expect(isOpen(one)).toBe(open);
});
