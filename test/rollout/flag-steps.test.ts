import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changedSince, flagSteps, isToDo, releaseBy } from '../../src/rollout/flag-steps.js';

const by = releaseBy('r2');
const wishlist = { environment: 'staging', name: 'wishlist', on: true, percentage: 10 } as const;
const change = (who: string, on = true, percentage = 100, name = 'wishlist') => ({ name, on, percentage, by: who });

test.each([
  ['nobody has set', [], [{ ...wishlist, before: { on: true, percentage: 100 } }]],
  ['a person has set', [change('ada', true, 50)], [{ ...wishlist, before: { on: true, percentage: 50 } }]],
  ['stands as it is declared', [change('ada', true, 10)], []],
  ['an earlier release has set, and people have turned up since', [change('release r1', true, 10), change('ada', true, 50)], []],
  [
    'an earlier release has set and taken back',
    [change('release r1', true, 10), change('release r1', true, 60)],
    [{ ...wishlist, before: { on: true, percentage: 60 } }],
  ],
  ['this release has set already', [change('ada', false), change(by, true, 10)], [{ ...wishlist, before: { on: false, percentage: 100 } }]],
])('a declared flag that %s', (_, changes, steps) => {
  expect(flagSteps([wishlist], changes, by)).toEqual(steps);
});

const anyChange = fc.record({
  name: fc.constantFrom('wishlist', 'hints'),
  on: fc.boolean(),
  percentage: fc.constantFrom(0, 10, 100),
  by: fc.constantFrom('ada', 'release r1', by),
});

test('a step that was taken is not to do again, whatever a person has made of the flag since', () => {
  fc.assert(
    fc.property(fc.array(anyChange), (earlier) => {
      for (const step of flagSteps([wishlist], earlier, by)) {
        const taken = [...earlier, { ...change(by, true, 10) }];
        expect(isToDo(step, taken, by)).toBe(false);
        expect(isToDo(step, [...taken, change('grace', false)], by)).toBe(false);
        expect(changedSince(step, taken, by)).toBeNull();
        expect(changedSince(step, [...taken, change('grace', false)], by)).toBe('grace');
      }
    }),
  );
});
