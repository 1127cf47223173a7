import { expect, test } from 'vitest';
import type { JournalRow } from '../../src/blackboard/store.js';
import type { StagingConfigInput } from '../../src/catalog/config.js';
import { toolNames } from '../../src/catalog/tools.js';
import { releaseDocument } from '../../src/desk/document.js';
import { createStagingGraph } from '../../src/graph/create.js';
import { calling, ScriptedModel } from '../support/scripted-model.js';
import { simulatedConfig, simulatedRelease } from '../support/simulated-release.js';

type Policy = NonNullable<StagingConfigInput['toolPolicy']>;
const withPolicy = (toolPolicy: Policy) => simulatedRelease({ config: { toolPolicy } });

test('a model that calls every tool of the catalog in every routine moves nothing that its agent may not move, and the release is promoted', async () => {
  const everything = calling(...toolNames.map((name) => ({ name, args: {} })));
  const model = new ScriptedModel((messages) => (messages.some((message) => message.type === 'ai') ? 'done' : everything));
  const { run, store, config } = await simulatedRelease({ model });
  const { state } = await run();
  expect(state.outcome).toBe('promoted');
  const row = await store.release('release-1');
  const journal = await store.journal('release-1');
  const refused = journal.filter(({ name }) => name === 'refused').map(({ routine, value }) => ({ routine, ...(value as object) }));
  expect(row && (await releaseDocument(row, store, config)).refusedCalls).toBe(refused.length);
  expect(refused).toContainEqual({
    routine: 'production-promotion-routine',
    tool: 'promote_to_production',
    reason: 'no row of the tool policy lets the model of environment_manager do deploy-production in production',
  });
  expect(refused).toContainEqual({
    routine: 'environment-sync-routine',
    tool: 'migrate_database',
    reason: 'no row of the tool policy lets the model of environment_manager do data in staging',
  });
  expect(refused).toContainEqual({
    routine: 'health-check-routine',
    tool: 'roll_back',
    reason: 'health-check-routine has no tool "roll_back"',
  });
  const done = journal.filter(({ kind }) => kind === 'evidence').map(({ routine, name }) => `${routine} ${name}`);
  expect(done).not.toContain('health-check-routine roll_back');
});

test('what a configuration denies to models is done by code where a gate needs it, and nowhere else', async () => {
  const model = new ScriptedModel((messages, call) =>
    messages.some((message) => message.type === 'ai')
      ? `done ${call}`
      : calling({ name: 'run_load', args: {} }, { name: 'read_logs', args: {} }),
  );
  const toolPolicy: Policy = { deny: [{ action: 'test', by: 'model', why: 'load costs money' }, { tool: 'read_logs' }] };
  const { run, store } = await simulatedRelease({ model, config: { toolPolicy } });
  expect((await run()).state.outcome).toBe('promoted');
  const journal = await store.journal('release-1');
  const reasons = journal.filter(({ name }) => name === 'refused').map(({ value }) => (value as { reason: string }).reason);
  expect(reasons).toContain('toolPolicy.deny[0] denies run_load to qa_tester: load costs money');
  expect(reasons).toContain('toolPolicy.deny[1] denies read_logs to qa_tester');
  const done = journal.filter(({ kind }) => kind === 'evidence').map(({ name }) => name);
  expect(done).toContain('run_load');
  expect(done).not.toContain('read_logs');
});

test('a promotion that the configuration denies does not happen: the release stops and says which row it was', async () => {
  const { run, ports } = await withPolicy({ deny: [{ in: 'production', action: 'deploy-production', why: 'only staging here' }] });
  const { state } = await run();
  expect(state.halt).toMatchObject({ outcome: 'errored', code: 'TOOL_REFUSED' });
  expect(state.halt?.reason).toContain('toolPolicy.deny[0] denies promote_to_production to environment_manager: only staging here');
  expect((await ports.deployment.status('production')).slots.every(({ version }) => version === null)).toBe(true);
});

test('the way back stays open whatever is denied', async () => {
  const deny: Policy['deny'] = [{ action: 'deploy-production' }];
  const { run, ports, store } = await simulatedRelease({ config: { toolPolicy: { deny } }, faults: [{ kind: 'error_rate', value: 0.2 }] });
  expect((await run()).state.outcome).toBe('rolled_back');
  expect((await store.journal('release-1')).some(({ kind, name }) => kind === 'evidence' && name === 'roll_back')).toBe(true);
  const { slots, activeSlot } = await ports.deployment.status('staging');
  expect(slots.find(({ slot }) => slot === activeSlot)?.version).toBe('v2.1.1');
});

test('a rollback waits for no model: traffic and data are back before it is asked, and it is told so', async () => {
  const journalled: Promise<JournalRow[]>[] = [];
  const prompts: string[] = [];
  const model = new ScriptedModel((messages) => {
    const system = messages[0]?.text ?? '';
    if (system.includes('Take the release back as far as its plan allows') && prompts.length === 0) {
      prompts.push(messages[1]?.text ?? '');
      journalled.push(release.store.journal('release-1'));
    }
    return 'fine';
  });
  const release = await simulatedRelease({ model, faults: [{ kind: 'error_rate', value: 0.2 }] });
  await release.run();
  const [journal = []] = await Promise.all(journalled);
  expect(journal.filter(({ kind, name }) => kind === 'evidence' && name === 'roll_back')).toHaveLength(1);
  expect(prompts[0]).toContain('source="roll_back"');
});

test('a model has a tool as often as its rate allows, and then is told so; what a gate needs is taken all the same', async () => {
  const often = calling(...[1, 2, 3, 4].map((lines) => ({ name: 'read_logs', args: { lines } })));
  const model = new ScriptedModel((messages) => (messages.some((message) => message.type === 'ai') ? 'done' : often));
  const toolPolicy: Policy = { rates: { read_logs: { calls: 3, perMs: 3_600_000_000 }, run_load: { calls: 1, perMs: 1 } } };
  const { run, store } = await simulatedRelease({ model, config: { toolPolicy } });
  expect((await run()).state.outcome).toBe('promoted');
  const journal = await store.journal('release-1');
  expect(journal.filter(({ kind, name }) => kind === 'evidence' && name === 'read_logs')).toHaveLength(3);
  expect(JSON.stringify(journal)).toContain('read_logs was called 3 times in 1000 h, and 3 are allowed');
});

test.each<[string, unknown, string]>([
  ['an agent', { deny: [{ agent: 'qa_testr' }] }, '"toolPolicy.deny.0.agent" knows no "qa_testr": Did you mean qa_tester?'],
  ['a tool', { deny: [{ tool: 'run_laod' }] }, '"toolPolicy.deny.0.tool" knows no "run_laod": Did you mean run_load?'],
  ['an action', { deny: [{ action: 'deploy-prod' }] }, 'Did you mean deploy-production?'],
  ['a place', { deny: [{ in: 'prod' }] }, 'Did you mean production?'],
  ['a key', { denys: [] }, 'unknown key "toolPolicy.denys" (did you mean deny?)'],
  ['a key of a row', { deny: [{ tol: 'run_load' }] }, 'unknown key "toolPolicy.deny.0.tol" (did you mean tool?)'],
  ['a row that names nothing', { deny: [{ why: 'no' }] }, 'must name an agent, a tool, an action or a place'],
  ['the way back', { deny: [{ tool: 'roll_back' }] }, 'the way back stays open'],
  [
    'the tool of a rate',
    { rates: { run_laod: { calls: 1, perMs: 1 } } },
    'unknown key "toolPolicy.rates.run_laod" (did you mean run_load?)',
  ],
  ['a rate', { rates: { run_load: { calls: 0, perMs: 1 } } }, '"toolPolicy.rates.run_load.calls"'],
])('a policy that misspells %s is refused when the graph is built', async (_, toolPolicy, says) => {
  const { ports } = await simulatedRelease();
  const config = { ...simulatedConfig(), toolPolicy } as StagingConfigInput; // what a JavaScript caller writes
  expect(() => createStagingGraph({ config, ports })).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(says) as string }),
  );
});
