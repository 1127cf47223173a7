import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadScenario, ScenarioFactory, type ScenarioInput } from '../../src/scenario/public.js';

const fixture = (name: string) => join(import.meta.dirname, 'fixtures', name);
const run = (given: ScenarioInput) => new ScenarioFactory(given).play();

test('a scenario in JSON: a process that dies in the rollout is followed by one that goes on and does nothing twice', async () => {
  const scenario = await run(await loadScenario(fixture('killed-during-deployment.json')));
  expect((await scenario.expectations()).filter((one) => !one.met)).toEqual([]);
  const keys = scenario.journal.map((row) => row.key);
  expect(new Set(keys).size).toBe(keys.length);
  const suites = scenario.journal.filter((row) => row.name === 'run_suite').map((row) => JSON.stringify([row.routine, row.value]));
  expect(new Set(suites).size).toBe(suites.length);
});

test('a scenario in TypeScript', async () => {
  const scenario = await run(await loadScenario(fixture('own-scenario.ts')));
  expect((await scenario.expectations()).filter((one) => !one.met)).toEqual([]);
});

const fileOf = async (name: string, text: string): Promise<string> => {
  const file = join(await mkdtemp(join(tmpdir(), 'scenario-')), name);
  await writeFile(file, text);
  return file;
};

const bad: [what: string, name: string, text: string, code: string, says: string][] = [
  ['cut off', 'a.json', '{ "name": "x", ', 'SCENARIO_INVALID', 'JSON'],
  ['with an unknown key', 'a.json', '{ "name": "x", "fault": [] }', 'SCENARIO_INVALID', '"fault"'],
  ['with an unknown fault', 'a.json', '{ "name": "x", "faults": [{ "kind": "gremlins" }] }', 'SCENARIO_INVALID', 'faults.0.kind'],
  [
    'anchored to no routine',
    'a.json',
    '{ "name": "x", "faults": [{ "kind": "crash", "at": "lunch" }] }',
    'SCENARIO_INVALID',
    'faults.0.at',
  ],
  ['without a name', 'a.json', '{}', 'SCENARIO_INVALID', 'name'],
  ['of another kind', 'a.ts', 'export default 7;', 'SCENARIO_INVALID', 'expected object'],
  ['that throws', 'a.ts', 'throw new Error("not today");', 'SCENARIO_INVALID', 'not today'],
];

test.each(bad)('a scenario file %s is refused with its path and the reason', async (_, name, text, code, says) => {
  const file = await fileOf(name, text);
  await expect(loadScenario(file)).rejects.toMatchObject({ name: 'StagingError', code, message: expect.stringContaining(says) as string });
  await expect(loadScenario(file)).rejects.toThrow(file);
});

test('a file that is not there is said to be missing', async () => {
  await expect(loadScenario('nowhere.json')).rejects.toMatchObject({ code: 'SCENARIO_UNKNOWN' });
});

test("a scenario's events come in order, each so many simulated seconds after the one before", async () => {
  const scenario = await run({
    name: 'ended',
    events: [
      { topic: 'swarm/started', payload: { task: 'ended' } },
      { topic: 'staging/rollback_required', payload: { reason: 'the customer called' }, afterS: 7_200 },
    ],
    expect: { outcome: 'rolled_back', because: 'the customer called', serves: { staging: 'v2.1.1', production: null } },
  });
  expect((await scenario.expectations()).filter((one) => !one.met)).toEqual([]);
  const asked = scenario.journal.findLast((row) => row.name === 'readiness_checklist')?.at ?? 0;
  expect(scenario.events.find((event) => event.emittedBy === 'person')?.at).toBe(asked + 7_200_000);
});
