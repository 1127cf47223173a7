import { expect, test } from 'vitest';
import { successCriteria } from '../../src/catalog/criteria.js';
import { verifyRelease } from '../../src/agents/verify-release.js';
import { releaseDocument } from '../../src/desk/document.js';
import { simulatedRelease } from '../support/simulated-release.js';

test('a healthy release meets every success criterion of the scenario and is promoted', async () => {
  const { run, store, config } = await simulatedRelease();
  const { state, topics } = await run();
  expect(state.outcome).toBe('promoted');
  expect(topics).toEqual(expect.arrayContaining([...successCriteria.requiredEvents]));
  const row = await store.release('release-1');
  if (!row) throw new Error('no release was recorded');
  const document = await releaseDocument(row, store, config);
  expect(document.criteria.filter((one) => !one.met)).toEqual([]);
  expect(document.criteria).toHaveLength(16);
  expect(document.gates.map((gate) => gate.gate).sort()).toEqual(['approval', 'functional', 'performance', 'security', 'stability']);
});

test('the journal of a release is sound and its verdicts can be computed again', async () => {
  const { run, store } = await simulatedRelease();
  await run();
  const row = await store.release('release-1');
  if (!row) throw new Error('no release was recorded');
  expect(await verifyRelease(store, row)).toMatchObject({ problems: [], verdicts: 7 });
});

test('monitoring is set up beside development, in the same step', async () => {
  const { graph, thread, run } = await simulatedRelease();
  await run();
  const steps: string[][] = [];
  for await (const snapshot of graph.getStateHistory(thread)) steps.push([...snapshot.next]);
  expect(steps.find((next) => next.includes('monitoring_specialist') && next.includes('feature_developer'))).toBeDefined();
});

test('a request for staging alone ends ready and held there, and production is not touched', async () => {
  const { graph, thread, ports } = await simulatedRelease();
  const request = {
    service: 'storefront',
    version: 'v2.2.0',
    features: [],
    target: 'staging' as const,
    text: 'only staging',
    preApprovedBy: null,
  };
  const state = await graph.invoke({ request }, thread);
  expect(state.outcome).toBe('held');
  expect(state.production_ready).toBe(true);
  expect((await ports.deployment.status('production')).slots.every((slot) => slot.state === 'empty')).toBe(true);
});

test('a candidate whose traffic was taken back in staging is not promoted, however well it measures', async () => {
  const { run, ports } = await simulatedRelease();
  const { deployment } = ports;
  const deployIdle = deployment.deployIdle.bind(deployment);
  deployment.deployIdle = async (environment, artifact) => {
    if (environment === 'production') await deployment.switchActive('staging'); // whoever guards it beside the agents
    return deployIdle(environment, artifact);
  };
  const { state } = await run();
  expect(state.outcome).toBe('rolled_back');
  expect(state.deployment_history?.find((one) => one.environment === 'production')).toMatchObject({
    status: 'rollback',
    reason: 'the same artifact in staging: its traffic was taken back',
  });
});
