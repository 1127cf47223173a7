import { AIMessage, type BaseMessage } from '@langchain/core/messages';
import type { ChatResult } from '@langchain/core/outputs';
import { expect, test } from 'vitest';
import { RunbookModel } from '../../src/agents/runbook-model.js';
import { openSqliteStore } from '../../src/blackboard/sqlite-store.js';
import type { CheckOutcome, GateName } from '../../src/catalog/gates.js';
import { ScenarioFactory, type FaultInput, type ScenarioInput } from '../../src/scenario/public.js';
import '../../src/scenario/vitest.js';

test("the scenario document's own steps take the release to production, 48 simulated hours later, with every criterion met", async () => {
  const scenario = new ScenarioFactory('staging-env-scenario');
  await scenario.setupScenario();
  const config = { infrastructure: 'kubernetes_cluster', scaling: 'auto_scaling_enabled', monitoring: 'prometheus_grafana' };
  scenario.blackboard.set('staging_environment_config', config);
  await scenario.emitEvent('swarm/started', { task: 'staging-environment-deployment' });
  const criteria = scenario.evaluate();
  expect(criteria.filter((one) => !one.met)).toEqual([]);
  expect(criteria).toHaveLength(16);
  expect(criteria.every((one) => Object.keys(one).join() === 'criterion,expected,actual,met')).toBe(true);
  expect(scenario.outcome).toBe('promoted');
  expect(scenario.blackboard.get('staging_environment_config')).toEqual(config);
  expect(scenario.blackboard.get('environment_status')).toBe('staging_environment_ready');
  expect(scenario.gates.map((one) => one.gate).sort()).toEqual(['approval', 'functional', 'performance', 'security', 'stability']);
  const first = scenario.journal[0]?.at ?? 0;
  expect((scenario.journal.at(-1)?.at ?? 0) - first).toBeGreaterThan(48 * 3_600_000);
  expect(scenario.rollout.at(-1)).toMatchObject({ environment: 'production', weight: 100 });
});

test('the blackboard can be taken out of the scenario, as the document does', async () => {
  const scenario = new ScenarioFactory('staging-env-scenario');
  const { blackboard } = scenario;
  await scenario.setupScenario();
  blackboard.set('performance_targets', { responseTimeMs: 100 });
  expect(blackboard.get('performance_targets')).toEqual({ responseTimeMs: 100 });
});

test('an initial field is a view of the configuration: setting it changes what is judged', async () => {
  const scenario = new ScenarioFactory('staging-env-scenario');
  await scenario.setupScenario();
  scenario.blackboard.set('performance_targets', { responseTimeMs: 100 });
  await scenario.emitEvent('swarm/started', { task: 'staging-environment-deployment' });
  expect(scenario.outcome).toBe('rejected');
  expect(scenario.gates.find((one) => one.gate === 'performance')?.outcome).toBe('failed');
  expect(scenario.blackboard.get('performance_targets')).toMatchObject({ responseTimeMs: 100, throughputRps: 1_000 });
});

const ready = async () => {
  const scenario = new ScenarioFactory('staging-env-scenario');
  await scenario.setupScenario();
  return scenario;
};
const start = { task: 'staging-environment-deployment' };

const mistakes: { mistake: string; make: () => unknown; code: string; says: string }[] = [
  {
    mistake: 'a scenario that does not exist',
    make: () => new ScenarioFactory('staging-env-scenari'),
    code: 'SCENARIO_UNKNOWN',
    says: 'Did you mean staging-env-scenario?',
  },
  {
    mistake: 'a field that does not exist',
    make: async () => (await ready()).blackboard.get('enviroment_status'),
    code: 'FIELD_UNKNOWN',
    says: 'Did you mean environment_status?',
  },
  {
    mistake: 'an event that does not exist',
    make: async () => (await ready()).emitEvent('swarm/start', start),
    code: 'EVENT_UNKNOWN',
    says: 'Did you mean swarm/started?',
  },
  {
    mistake: "setting an agent's field",
    make: async () => (await ready()).blackboard.set('production_ready', true),
    code: 'FIELD_NOT_OWNED',
    says: 'it belongs to deployment_validator',
  },
  {
    mistake: 'a value of another shape',
    make: async () => (await ready()).blackboard.set('critical_user_paths', 'everything'),
    code: 'FIELD_INVALID',
    says: 'expected array',
  },
  {
    mistake: 'a setting that the configuration does not know',
    make: async () => (await ready()).blackboard.set('performance_targets', { speed: 1 }),
    code: 'CONFIG_INVALID',
    says: 'performanceTargets.speed',
  },
  {
    mistake: 'leaving a gate out',
    make: async () => (await ready()).blackboard.set('deployment_gates', ['security']),
    code: 'FIELD_INVALID',
    says: 'stability, approval cannot be left out',
  },
  {
    mistake: "emitting an agent's event",
    make: async () => (await ready()).emitEvent('staging/testing_requested'),
    code: 'EVENT_NOT_ALLOWED',
    says: 'only environment-sync-routine may',
  },
  {
    mistake: 'a payload of another shape',
    make: async () => (await ready()).emitEvent('swarm/started', {}),
    code: 'EVENT_NOT_ALLOWED',
    says: 'task',
  },
  {
    mistake: 'starting before the set-up',
    make: () => new ScenarioFactory('staging-env-scenario').emitEvent('swarm/started', start),
    code: 'SCENARIO_STEP',
    says: 'not set up',
  },
  {
    mistake: 'setting a field before the set-up',
    make: () => new ScenarioFactory('staging-env-scenario').blackboard.set('critical_user_paths', ['/']),
    code: 'SCENARIO_STEP',
    says: 'not set up',
  },
  {
    mistake: 'answering when nobody asked',
    make: async () => (await ready()).decide('approved', 'owner'),
    code: 'SCENARIO_STEP',
    says: 'has not started',
  },
  {
    mistake: 'a decision by a stranger',
    make: () => new ScenarioFactory({ name: 'x', decisions: [{ on: 'approval', by: 'stranger' }] }),
    code: 'NOT_AN_APPROVER',
    says: 'stranger is not among owner',
  },
];

test.each(mistakes)('$mistake is refused in one sentence', async ({ make, code, says }) => {
  const error: unknown = await (async () => make())().then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ name: 'StagingError', code });
  expect((error as Error).message).toContain(says);
});

/** A model that asks once, before it plans the deployment. */
class AsksOnce extends RunbookModel {
  private asked = false;

  override _generate(messages: BaseMessage[]): Promise<ChatResult> {
    if (this.asked || !messages[0]?.text.includes('Plan the deployment')) return super._generate(messages);
    this.asked = true;
    const message = new AIMessage({ content: '', tool_calls: [{ id: 'hold-1', name: 'hold', args: { reason: 'is it Friday?' } }] });
    return Promise.resolve({ generations: [{ text: '', message }] });
  }
}

test.each<{ decisions: ScenarioInput['decisions']; outcome: string }>([
  { decisions: [{ on: 'approval' }], outcome: 'held' },
  { decisions: [{ on: 'hold', afterS: 60 }, { on: 'approval' }], outcome: 'promoted' },
])('a release that its model has stopped is $outcome where people decide $decisions', async ({ decisions, outcome }) => {
  const scenario = await new ScenarioFactory({ name: 'asked-first', decisions }, { model: new AsksOnce() }).play();
  expect(scenario.outcome).toBe(outcome);
  expect(scenario.stops).toEqual(['HELD']);
});

const asked = async () => {
  const scenario = new ScenarioFactory({ name: 'asked' });
  await scenario.setupScenario();
  await scenario.emitEvent('swarm/started', start);
  expect(scenario.outcome).toBe('waiting');
  return scenario;
};

test('without a decision the release waits, and the test is the person', async () => {
  const approved = await asked();
  await approved.decide('approved', 'owner');
  expect(approved.outcome).toBe('promoted');
  const rejected = await asked();
  await expect(rejected.decide('rejected', 'stranger')).rejects.toMatchObject({ code: 'NOT_AN_APPROVER' });
  await rejected.decide('rejected', 'owner', 'not today');
  expect(rejected.outcome).toBe('rejected');
  expect(rejected.reason).toContain('not today');
});

test('a person ends a release that waits, and cannot end one that has ended', async () => {
  const scenario = await asked();
  await scenario.emitEvent('staging/rollback_required', { reason: 'the customer called' });
  expect(scenario.outcome).toBe('rolled_back');
  expect(scenario.reason).toContain('the customer called');
  const { slots, activeSlot } = await scenario.environment('staging');
  expect(slots.find((slot) => slot.slot === activeSlot)?.version).toBe('v2.1.1');
  await expect(scenario.emitEvent('staging/rollback_required', { reason: 'again' })).rejects.toMatchObject({ code: 'RELEASE_ENDED' });
});

test('a scenario does not start twice, nor on the journal of another run', async () => {
  const store = openSqliteStore(':memory:');
  const first = new ScenarioFactory({ name: 'twice' }, { store });
  await first.setupScenario();
  await first.emitEvent('swarm/started', start);
  await expect(first.emitEvent('swarm/started', start)).rejects.toMatchObject({ code: 'SCENARIO_STEP' });
  await expect(first.setupScenario()).rejects.toMatchObject({ code: 'SCENARIO_STEP' });
  const second = new ScenarioFactory({ name: 'twice' }, { store });
  await second.setupScenario();
  await expect(second.emitEvent('swarm/started', start)).rejects.toMatchObject({ code: 'SCENARIO_STEP' });
});

const failingPaths: { fault: FaultInput; outcome: string; gate?: [GateName, CheckOutcome] }[] = [
  { fault: { at: 'staging-deployment-routine', kind: 'error_rate', value: 0.04 }, outcome: 'rolled_back' },
  { fault: { at: 'staging-deployment-routine', kind: 'latency', value: 900 }, outcome: 'rolled_back' },
  { fault: { at: 'smoke-testing-routine', kind: 'red_test' }, outcome: 'rolled_back' },
  { fault: { at: 'deployment-gate-routine', kind: 'error_rate', value: 0.04 }, outcome: 'rolled_back' },
  { fault: { at: 'production-promotion-routine', kind: 'error_rate', value: 0.04 }, outcome: 'rolled_back' },
  {
    fault: { at: 'performance-monitoring-routine', kind: 'memory_leak', value: 200 * 1024 ** 2 },
    outcome: 'rolled_back',
    gate: ['stability', 'failed'],
  },
  { fault: { at: 'comprehensive-testing-routine', kind: 'critical_vulnerability' }, outcome: 'rejected', gate: ['security', 'failed'] },
  { fault: { at: 'performance-testing-routine', kind: 'slow_load', value: 400 }, outcome: 'rejected', gate: ['performance', 'failed'] },
  { fault: { at: 'performance-testing-routine', kind: 'testing_down' }, outcome: 'errored', gate: ['performance', 'errored'] },
  { fault: { kind: 'environment_not_ready' }, outcome: 'errored' },
  { fault: { kind: 'merge_conflict' }, outcome: 'rejected' },
  { fault: { kind: 'build_failure' }, outcome: 'rejected' },
  { fault: { kind: 'failed_migration' }, outcome: 'rejected' },
  { fault: { kind: 'preview_dead' }, outcome: 'rejected' },
];

test.each(failingPaths)('$fault.kind at $fault.at ends $outcome, and production stays as it was', async ({ fault, outcome, gate }) => {
  const scenario = new ScenarioFactory('staging-env-scenario', { faults: [fault] });
  await scenario.setupScenario();
  await scenario.emitEvent('swarm/started', start);
  expect(`${scenario.outcome}: ${scenario.reason}`).toMatch(new RegExp(`^${outcome}: `));
  if (gate) expect(scenario).toHaveGate(...gate);
  expect(scenario).not.toHavePromoted();
  const { slots, activeSlot } = await scenario.environment('production');
  expect([null, 'v2.1.1']).toContain(slots.find((slot) => slot.slot === activeSlot)?.version);
});
