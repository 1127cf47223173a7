import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  findCulprit,
  isVerdict,
  type CulpritVerdict,
  type Probe,
  type ProbeOutcome,
  type SearchPlan,
} from '../../src/rollout/find-culprit.js';

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `f${index + 1}`);
type World = (features: readonly string[]) => boolean;

/** Runs a search to its verdict. `wrong` are the probes (from 0) whose outcome is the opposite of the truth. */
const searched = (features: readonly string[], fails: World, more: { wrong?: number; nextReleaseConfirms?: boolean } = {}) => {
  const plan: SearchPlan = { features, nextReleaseConfirms: more.nextReleaseConfirms ?? false };
  const outcomes: ProbeOutcome[] = [];
  const probes: Probe[] = [];
  for (let move = findCulprit(plan, outcomes); ; move = findCulprit(plan, outcomes)) {
    if (isVerdict(move)) return { verdict: move, probes };
    const truth = fails(move.features);
    outcomes.push(truth !== (probes.length === more.wrong) ? 'failed' : 'passed');
    probes.push(move);
    if (probes.length > 200) throw new Error('the search does not end');
  }
};
const with_ =
  (...culprits: string[]): World =>
  (features) =>
    culprits.every((one) => features.includes(one));
const accused = (verdict: CulpritVerdict): readonly string[] => verdict.culprits;

const several = fc.integer({ min: 2, max: 40 });
const place = fc.nat({ max: 1_000 });
const pick = (features: readonly string[], at: number): string => features[at % features.length] ?? '';

test('of any number of features the one culprit is found, in at most one probe more than halving takes', () => {
  fc.assert(
    fc.property(several, place, fc.boolean(), (count, at, nextReleaseConfirms) => {
      const features = names(count);
      const culprit = pick(features, at);
      const { verdict, probes } = searched(features, with_(culprit), { nextReleaseConfirms });
      expect(verdict).toMatchObject({ outcome: 'found', culprits: [culprit] });
      expect(probes.length).toBeLessThanOrEqual(Math.ceil(Math.log2(count)) + 1);
    }),
  );
});

test('a search whose control is the next release takes fewer probes than there are features, from three on', () => {
  fc.assert(
    fc.property(fc.integer({ min: 3, max: 40 }), place, (count, at) => {
      const features = names(count);
      const { probes } = searched(features, with_(pick(features, at)), { nextReleaseConfirms: true });
      expect(probes.length).toBeLessThan(count);
    }),
  );
});

test('two features that only fail together are named as the two', () => {
  fc.assert(
    fc.property(several, place, place, (count, at, step) => {
      const features = names(count);
      const [a, b] = [pick(features, at), pick(features, at + 1 + (step % (count - 1)))];
      const { verdict } = searched(features, with_(a, b));
      expect(verdict.outcome).toBe('interaction');
      expect([...accused(verdict)].sort()).toEqual([a, b].sort());
    }),
  );
});

test('a check that fails without any feature accuses none of them', () => {
  fc.assert(
    fc.property(several, (count) => {
      expect(searched(names(count), () => true).verdict).toMatchObject({ outcome: 'none_of_them', culprits: [] });
    }),
  );
});

test('a failure that does not come back accuses nobody', () => {
  fc.assert(
    fc.property(several, fc.boolean(), (count, nextReleaseConfirms) => {
      expect(searched(names(count), () => false, { nextReleaseConfirms }).verdict).toMatchObject({ outcome: 'inconclusive', culprits: [] });
    }),
  );
});

test('one wrong measurement, wherever it falls, never accuses a feature that has nothing to do with it', () => {
  fc.assert(
    fc.property(several, place, fc.nat({ max: 12 }), (count, at, wrong) => {
      const features = names(count);
      const culprit = pick(features, at);
      const { verdict } = searched(features, with_(culprit), { wrong });
      expect(accused(verdict).filter((one) => one !== culprit)).toEqual([]);
      expect(verdict.outcome).not.toBe('interaction');
    }),
    { numRuns: 2_000 },
  );
});

test('with one wrong measurement a control by the next release accuses an innocent only where that release will fail', () => {
  fc.assert(
    fc.property(several, place, fc.nat({ max: 12 }), (count, at, wrong) => {
      const features = names(count);
      const fails = with_(pick(features, at));
      const { verdict } = searched(features, fails, { wrong, nextReleaseConfirms: true });
      if (verdict.outcome !== 'found' || fails(verdict.culprits)) return;
      expect(verdict.confirmedBy).toBe('next_release');
      expect(fails(features.filter((one) => !accused(verdict).includes(one)))).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test('whatever makes it fail, a feature that is named belongs to a smallest set that fails', () => {
  const sets = fc.array(fc.uniqueArray(fc.nat({ max: 7 }), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(sets, (bad) => {
      const features = names(8);
      const guilty = bad.map((set) => set.map((index) => pick(features, index)));
      const smallest = guilty.filter(
        (set) => !guilty.some((other) => other.length < set.length && other.every((one) => set.includes(one))),
      );
      const { verdict } = searched(features, (some) => guilty.some((set) => set.every((one) => some.includes(one))));
      for (const one of accused(verdict)) expect(smallest.some((set) => set.includes(one))).toBe(true);
      if (verdict.outcome === 'found') expect(guilty).toContainEqual([verdict.culprits[0]]);
    }),
    { numRuns: 2_000 },
  );
});

test('a probe that could not be measured ends the search without an accusation', () => {
  fc.assert(
    fc.property(several, place, fc.nat({ max: 5 }), (count, at, when) => {
      const plan = { features: names(count), nextReleaseConfirms: false };
      const fails = with_(pick(plan.features, at));
      const outcomes: ProbeOutcome[] = [];
      for (let move = findCulprit(plan, outcomes); !isVerdict(move); move = findCulprit(plan, outcomes))
        outcomes.push(outcomes.length === when ? 'inconclusive' : fails(move.features) ? 'failed' : 'passed');
      const verdict = findCulprit(plan, outcomes);
      if (outcomes.includes('inconclusive')) expect(verdict).toMatchObject({ outcome: 'inconclusive', culprits: [] });
    }),
  );
});

test('of three features the bad second one takes two previews when the next release confirms it, and three when nothing does', () => {
  const features = ['wishlist', 'gift-wrap', 'fast-checkout'];
  const quick = searched(features, with_('gift-wrap'), { nextReleaseConfirms: true });
  expect(quick.probes.map((probe) => probe.features)).toEqual([['wishlist', 'gift-wrap'], ['wishlist']]);
  expect(quick.verdict).toMatchObject({ outcome: 'found', culprits: ['gift-wrap'], confirmedBy: 'next_release' });
  const careful = searched(features, with_('gift-wrap'));
  expect(careful.probes.map((probe) => [probe.purpose, ...probe.features])).toEqual([
    ['bisect', 'wishlist', 'gift-wrap'],
    ['bisect', 'wishlist'],
    ['control', 'gift-wrap'],
  ]);
  expect(careful.verdict).toMatchObject({ outcome: 'found', confirmedBy: 'alone' });
});

test('a single feature has nobody to be told apart from', () => {
  expect(findCulprit({ features: ['wishlist'], nextReleaseConfirms: true }, [])).toMatchObject({ outcome: 'inconclusive', culprits: [] });
});
