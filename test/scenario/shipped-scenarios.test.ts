import { expect, test } from 'vitest';
import { openSqliteStore } from '../../src/blackboard/sqlite-store.js';
import { ScenarioFactory, shippedScenarios } from '../../src/scenario/public.js';

const run = async (name: string) => {
  const store = openSqliteStore(':memory:');
  const scenario = new ScenarioFactory(name, { store });
  await scenario.setupScenario();
  await scenario.emitEvent('swarm/started', { task: 'staging-environment-deployment' });
  return { scenario, store };
};

const names = shippedScenarios.map((one) => one.name);

test('fifteen scenarios are shipped, each with an end that it expects', () => {
  expect(new Set(names).size).toBe(15);
  expect(shippedScenarios.every((one) => one.expect !== undefined && one.summary !== undefined)).toBe(true);
});

test.each(names)('%s ends as it says, and leaves the same journal a second time, byte for byte', async (name) => {
  const { scenario, store } = await run(name);
  expect((await scenario.expectations()).filter((one) => !one.met)).toEqual([]);
  expect(await store.verify(name)).toEqual([]);
  expect(scenario.journal.length).toBeGreaterThan(10);
  expect(JSON.stringify((await run(name)).scenario.journal)).toBe(JSON.stringify(scenario.journal));
});

test('another seed is another world: the measurements differ, the verdicts do not', async () => {
  const of = async (seed: number) => {
    const scenario = new ScenarioFactory({ name: 'seeded', world: { seed }, decisions: [{ on: 'approval' }] });
    await scenario.setupScenario();
    await scenario.emitEvent('swarm/started', { task: 'seeded' });
    return scenario;
  };
  const [one, two] = [await of(1), await of(2)];
  expect(one.journal.at(-1)?.hash).not.toBe(two.journal.at(-1)?.hash);
  expect(one.gates.map((gate) => [gate.gate, gate.outcome])).toEqual(two.gates.map((gate) => [gate.gate, gate.outcome]));
});
