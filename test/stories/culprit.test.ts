import { HumanMessage } from '@langchain/core/messages';
import { expect, test } from 'vitest';
import type { StagingConfigInput } from '../../src/catalog/config.js';
import type { ReleaseRequest } from '../../src/catalog/request.js';
import { releaseDocument } from '../../src/desk/document.js';
import type { FaultInput } from '../../src/scenario/faults.js';
import { ScenarioFactory } from '../../src/scenario/public.js';
import oneBadFeatureOfThree from '../../src/scenario/scenarios/one-bad-feature-of-three.js';
import { simulatedRelease } from '../support/simulated-release.js';

const three = ['wishlist', 'gift-wrap', 'fast-checkout'];

/** A release of several features in the simulated world, one of which may have a red test. */
const released = async (options: {
  faults: FaultInput[];
  features?: string[];
  onCulprit?: ReleaseRequest['onCulprit'];
  config?: Partial<StagingConfigInput>;
}) => {
  const { graph, thread, store, config, ports } = await simulatedRelease({ faults: options.faults, config: options.config ?? {} });
  const request: ReleaseRequest = {
    service: 'storefront',
    version: 'v2.2.0',
    features: options.features ?? three,
    target: 'production',
    text: 'simulated',
    preApprovedBy: 'owner',
    ...(options.onCulprit !== undefined && { onCulprit: options.onCulprit }),
  };
  const state = await graph.invoke({ request, messages: [new HumanMessage('simulated')] }, thread);
  const row = await store.release('release-1');
  if (!row) throw new Error('no release was recorded');
  return { state, document: await releaseDocument(row, store, config), ports };
};
const bad = (feature: string): FaultInput[] => [{ kind: 'red_test', feature }];

test.each(three)('of three features %s is found in two previews, dropped, and the other two are promoted', async (culprit) => {
  const { document, state } = await released({ faults: bad(culprit), onCulprit: 'drop' });
  expect(document.outcome).toBe('promoted');
  expect(document.culprits).toMatchObject([{ outcome: 'found', culprits: [culprit], dropped: true, confirmed: true, previews: 2 }]);
  expect(document.blackboard.dropped_features).toMatchObject([{ feature: culprit, attempt: 1 }]);
  const shipped = state.feature_artifacts?.filter((one) => one.attempt === 2).map((one) => one.feature);
  expect(shipped).toEqual(three.filter((one) => one !== culprit));
  expect(document.reason).toContain(`without ${culprit}`);
});

test.each<[string, FaultInput]>([
  ['errors', { kind: 'error_rate', feature: 'gift-wrap', value: 0.04 }],
  ['slow answers', { kind: 'latency', feature: 'gift-wrap', value: 2_000 }],
  ['crashes', { kind: 'crash', feature: 'gift-wrap' }],
  ['a slow load test', { kind: 'slow_load', feature: 'gift-wrap', value: 400 }],
])('%s of one of three features is found by previews of parts', async (what, fault) => {
  const { document } = await released({ faults: [fault], onCulprit: 'drop' });
  expect(document.outcome).toBe('promoted');
  expect(document.culprits).toMatchObject([{ outcome: 'found', culprits: ['gift-wrap'], dropped: true, confirmed: true }]);
  const [search] = document.culprits;
  expect(search?.kind).toBe(what === 'a slow load test' ? 'load' : 'traffic');
  // A load test is tried on the version alone first, so that a slow machine accuses nobody.
  expect(search?.previews).toBe(what === 'a slow load test' ? 3 : 2);
});

test('a preview that no visitor reaches accuses nobody', async () => {
  const { faults = [] } = oneBadFeatureOfThree;
  const scenario = await new ScenarioFactory(oneBadFeatureOfThree, {
    faults: [...faults, { at: 'rollback-routine', kind: 'no_traffic' }],
  }).play();
  const [search] = scenario.blackboard.get('culprit_search') ?? [];
  expect(search).toMatchObject({
    outcome: 'inconclusive',
    culprits: [],
    previews: 1,
    reason: 'the check could not be measured with wishlist and gift-wrap',
  });
});

test('flags find it in one preview, and stand afterwards as they stood before', async () => {
  const { document, ports } = await released({ faults: bad('gift-wrap'), onCulprit: 'drop', config: { flags: { guarded: 'all' } } });
  expect(document.outcome).toBe('promoted');
  expect(document.culprits).toMatchObject([{ culprits: ['gift-wrap'], confirmedBy: 'alone', previews: 1 }]);
  expect((await ports.flags.list('staging')).filter((flag) => !flag.on)).toEqual([]);
  expect((await ports.flags.changes('staging')).every((change) => change.why.includes('release-1'))).toBe(true);
});

test('a fault that flags do not reach is looked for by building parts', async () => {
  const { document } = await released({ faults: [{ kind: 'red_test' }], config: { flags: { guarded: 'all' }, maxFixAttempts: 0 } });
  expect(document.outcome).toBe('rejected');
  expect(document.culprits).toMatchObject([{ outcome: 'none_of_them', culprits: [] }]);
});

test('the configuration alone lets the culprit go, and a request that wants all or nothing has the last word', async () => {
  const config = { onCulprit: 'drop' as const };
  expect((await released({ faults: bad('wishlist'), config })).document.outcome).toBe('promoted');
  const stopped = await released({ faults: bad('wishlist'), config, onCulprit: 'stop' });
  expect(stopped.document).toMatchObject({ outcome: 'rejected', culprits: [{ culprits: ['wishlist'], dropped: false, confirmed: true }] });
});

test('by default the culprit is named, with a control, and the release ends there', async () => {
  const { document, state } = await released({ faults: bad('gift-wrap') });
  expect(document.outcome).toBe('rejected');
  expect(document.culprits).toMatchObject([{ outcome: 'found', culprits: ['gift-wrap'], confirmedBy: 'alone', previews: 3 }]);
  expect(state.attempt).toBe(1);
});

test('a single feature is not looked for', async () => {
  const { document } = await released({ faults: bad('wishlist'), features: ['wishlist'] });
  expect(document).toMatchObject({ outcome: 'rejected', culprits: [] });
});

test('what fails without any feature accuses none of them, also where dropping is allowed', async () => {
  const { document } = await released({ faults: [{ kind: 'red_test' }], onCulprit: 'drop', config: { maxFixAttempts: 0 } });
  expect(document.outcome).toBe('rejected');
  expect(document.culprits).toMatchObject([{ outcome: 'none_of_them', culprits: [] }]);
});

test('a suspect whose release without it fails as well is no longer accused', async () => {
  const moving: FaultInput[] = [{ kind: 'red_test' }]; // fails with any feature and with none
  const { document, state } = await released({ faults: moving, onCulprit: 'drop' });
  expect(document.outcome).toBe('rejected');
  expect(state.attempt).toBe(2);
  expect(document.culprits[0]).toMatchObject({ culprits: ['wishlist'], confirmedBy: 'next_release', confirmed: false });
  expect(document.culprits[1]).toMatchObject({ outcome: 'none_of_them' });
  expect(state.messages.map((message) => message.text).join('\n')).toContain('wishlist is withdrawn as the culprit');
});

test('what an earlier attempt has found is still told when the next one has nobody left to look for', async () => {
  const { document, state } = await released({ faults: [{ kind: 'red_test' }], features: ['wishlist', 'gift-wrap'], onCulprit: 'drop' });
  expect(document.outcome).toBe('rejected');
  expect(document.culprits).toMatchObject([{ culprits: ['wishlist'], dropped: true, confirmed: false }]);
  expect(state.messages.at(-2)?.text).toContain('wishlist is withdrawn as the culprit: the regression suite fails without it as well');
});
