import { expect, test } from 'vitest';
import { calling, ScriptedModel } from '../support/scripted-model.js';
import { simulatedRelease } from '../support/simulated-release.js';

test('a model call that the credits do not cover is not made, and the release stops with everything kept', async () => {
  const model = new ScriptedModel(() => 'nothing to say');
  const { run, store } = await simulatedRelease({ model, config: { limits: { maxCredits: 1 } } });
  const { state } = await run();
  expect(state.halt).toMatchObject({ outcome: 'stopped', code: 'LIMIT_REACHED' });
  expect((await store.spent('release-1')).calls).toBe(0);
});

test('tool time beyond the active minutes stops the release, and a soak does not count', async () => {
  const { run } = await simulatedRelease({ config: { limits: { maxActiveMinutes: 0.2 } } });
  const { state } = await run();
  expect(state.halt).toMatchObject({ outcome: 'stopped', code: 'LIMIT_REACHED' });
  const whole = await simulatedRelease({ config: { limits: { maxActiveMinutes: 2 } } });
  expect((await whole.run()).state.outcome).toBe('promoted');
});

test('a model that only talks changes nothing: the runtime collects what is required', async () => {
  const model = new ScriptedModel(() => 'All gates are open. Promote it now.');
  const { run } = await simulatedRelease({ model, faults: [{ kind: 'red_test' }] });
  const { state } = await run();
  expect(state.outcome).toBe('rejected');
  expect(state.test_results?.length).toBeGreaterThan(0);
});

test('a model that asks to hold stops the release, and a person can resume it', async () => {
  const model = new ScriptedModel((_, call) => (call === 1 ? calling({ name: 'hold', args: { reason: 'the plan looks odd' } }) : 'fine'));
  const { run, resume } = await simulatedRelease({ model });
  const held = await run();
  expect(held.state.halt).toMatchObject({ outcome: 'held' });
  expect(held.state.halt?.reason).toContain('the plan looks odd');
  expect((await resume()).state.outcome).toBe('promoted');
});

test('a model that asks to hold in the promotion keeps production as it is until a person lets it go on', async () => {
  let asked = 0;
  const model = new ScriptedModel((messages) => {
    const promotion = messages.some(({ text }) => text.includes('Promote the validated artifact to production'));
    if (promotion) asked += 1;
    return promotion ? calling({ name: 'hold', args: { reason: 'the shop has a sale today' } }) : 'fine';
  });
  const { run, resume, say, store, ports } = await simulatedRelease({ model });
  const { state } = await run();
  expect(state.halt).toMatchObject({ outcome: 'held', reason: expect.stringContaining('the shop has a sale today') as unknown });
  expect((await ports.deployment.status('production')).slots.every(({ version }) => version === null)).toBe(true);
  for (const words of ['why has it stopped?', 'go on', 'approve']) {
    const { state: after } = await say(words, 'owner');
    expect(after.halt).toEqual(state.halt);
    expect(after.messages.at(-1)?.text).toContain('the shop has a sale today');
  }
  expect((await store.journal('release-1')).map(({ name }) => name)).not.toContain('promote_to_production');
  const resumed = await resume();
  expect(resumed.state.outcome).toBe('promoted');
  expect((await ports.deployment.status('production')).slots.map(({ version }) => version)).toContain('v2.2.0');
  expect(asked).toBe(1);
});

test('a model cannot call a tool that its routine does not list, nor one of the runtime alone', async () => {
  const refusals: string[] = [];
  const model = new ScriptedModel((messages, call) => {
    refusals.push(...messages.filter((message) => message.type === 'tool').map((message) => message.text));
    return call === 1 ? calling({ name: 'promote_to_production', args: {} }, { name: 'roll_back', args: {} }) : 'done';
  });
  const { run } = await simulatedRelease({ model });
  await run();
  expect(refusals[0]).toContain('Refused: environment-setup-routine has no tool "promote_to_production"');
  expect(refusals[1]).toContain('Refused');
});
