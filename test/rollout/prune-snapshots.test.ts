import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pruneSnapshots, type Prunable } from '../../src/rollout/prune-snapshots.js';

const snapshot = fc.record({
  id: fc.uuid(),
  environment: fc.constantFrom('staging', 'production'),
  takenAt: fc.integer({ min: 0, max: 1_000 }),
  neededBy: fc.constantFrom(null, null, 'somebody'),
});
const rule = fc.record({ olderThanMs: fc.option(fc.integer({ min: 0, max: 1_000 })), keep: fc.option(fc.nat(5)) });

test('whatever the rule, what a way back needs stays, and each snapshot goes or stays', () => {
  fc.assert(
    fc.property(fc.uniqueArray(snapshot, { selector: ({ id }) => id }), rule, (all, given) => {
      const { remove, stay } = pruneSnapshots(all, given, 1_000);
      const needed = all.filter(({ neededBy }) => neededBy !== null).map(({ id }) => id);
      expect(remove.filter((id) => needed.includes(id))).toEqual([]);
      expect([...remove, ...stay.map(({ id }) => id)].sort()).toEqual(all.map(({ id }) => id).sort());
    }),
  );
});

const taken = (id: string, takenAt: number, environment = 'staging'): Prunable => ({ id, environment, takenAt, neededBy: null });

test('the newest of each environment stay, and of the others what is not old enough', () => {
  const all = [taken('a', 10), taken('b', 20), taken('c', 30), taken('d', 5, 'production')];
  expect(pruneSnapshots(all, { olderThanMs: null, keep: 1 }, 100).remove).toEqual(['b', 'a']);
  expect(pruneSnapshots(all, { olderThanMs: 85, keep: null }, 100).remove).toEqual(['a', 'd']);
  expect(pruneSnapshots(all, { olderThanMs: 75, keep: 1 }, 100).remove).toEqual(['b', 'a']);
});
