import { expect, test } from 'vitest';
import { agentNames } from '../../src/catalog/agents.js';
import type { StagingConfigInput } from '../../src/catalog/config.js';
import { routineNames, routines } from '../../src/catalog/routines.js';
import { toolNames, type ToolName } from '../../src/catalog/tools.js';
import { openSimulatedPorts } from '../../src/scenario/simulated-world.js';
import type { Caller } from '../../src/tools/referee.js';
import { runTool, type ToolContext } from '../../src/tools/run-tool.js';
import { simulatedConfig } from '../support/simulated-release.js';
import { noIntents } from '../support/no-intents.js';

const looks = ['status', 'counters', 'logs', 'migration', 'dataHold', 'name'];

/** The doors as they are, and every call that changes an environment written down. */
const world = (toolPolicy: NonNullable<StagingConfigInput['toolPolicy']> = {}) => {
  const config = simulatedConfig({ toolPolicy });
  const ports = openSimulatedPorts({ config });
  const changed: string[] = [];
  const deployment = new Proxy(ports.deployment, {
    get: (port, name, receiver) => {
      if (!looks.includes(String(name))) changed.push(String(name));
      return Reflect.get(port, name, receiver) as unknown;
    },
  });
  const request = {
    service: 'storefront',
    version: 'v2.2.0',
    features: [] as string[],
    target: 'production' as const,
    text: '',
    preApprovedBy: null,
  };
  const context: ToolContext = {
    ...{ releaseId: 'r1', request, config, attempt: 1, by: 'test', ports: { ...ports, deployment }, all: [] },
    ...{ weight: () => Promise.resolve(), trouble: () => Promise.resolve(), intents: noIntents, goOn: () => undefined },
  };
  const run = (tool: ToolName, caller: Partial<Caller>, args: unknown = {}) =>
    runTool(
      {
        ...{ tool, args },
        caller: { agent: 'environment_manager', routine: 'rollback-routine', by: 'model', at: 1_000, earlier: () => [], ...caller },
      },
      context,
    );
  return { run, changed };
};

const refused = { code: 'TOOL_REFUSED' };

test.each(['promote_to_production', 'tag_version', 'roll_back', 'restore_database', 'migrate_database', 'copy_data'] as const)(
  'a model is refused %s where the effect would be, in every routine, and nothing is touched',
  async (tool) => {
    const { run, changed } = world();
    for (const routine of routineNames) await expect(run(tool, { routine, agent: routines[routine].agent })).rejects.toMatchObject(refused);
    expect(changed).toEqual([]);
  },
);

test('code is refused what its routine does not list, and what its agent may not do', async () => {
  const { run, changed } = world();
  for (const tool of toolNames.filter((name) => name !== 'configure_monitoring'))
    await expect(run(tool, { by: 'code', agent: 'monitoring_specialist', routine: 'monitoring-setup-routine' })).rejects.toMatchObject(
      refused,
    );
  for (const agent of agentNames.filter((name) => name !== 'environment_manager'))
    await expect(run('roll_back', { by: 'code', agent })).rejects.toMatchObject(refused);
  expect(changed).toEqual([]);
});

test('what was let through when it was chosen is refused at the effect when its arguments are others by then', async () => {
  const { run } = world();
  const caller = { agent: 'feature_developer', routine: 'integration-testing-routine' } as const;
  const edited = { suite: 'unit', target: 'live' };
  await expect(run('run_suite', caller, edited)).rejects.toMatchObject({
    ...refused,
    message: 'Failed to call run_suite: no row of the tool policy lets the model of feature_developer do test in staging.',
  });
});

test('a rate counts the calls of its window, and code is not counted out', async () => {
  const { run } = world({ rates: { run_load: { calls: 2, perMs: 500 } } });
  const caller = { agent: 'qa_tester', routine: 'performance-testing-routine' } as const;
  await expect(run('run_load', { ...caller, earlier: () => [501, 999] })).rejects.toMatchObject(refused);
  for (const let_ of [{ earlier: () => [500, 999] }, { by: 'code' as const, earlier: () => [501, 999] }])
    await expect(run('run_load', { ...caller, ...let_ })).rejects.not.toMatchObject(refused); // there is no preview to put load on
});
