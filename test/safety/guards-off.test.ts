import { afterEach, expect, test, vi } from 'vitest';
import type { Breach } from './find-breaches.js';
import type { ChannelName } from './channels.js';
import { payloads } from './payloads.js';
import { runSafety } from './run-safety.js';
import type { World } from './try-release.js';

// The product has no switch for its guards, so the harness is shown to see a breach by taking one guard at a time out of the modules.
const off = vi.hoisted(() => new Set<'fence' | 'refusal' | 'ruling'>());

vi.mock('../../src/agents/fence.js', async (original) => {
  const real = await original<typeof import('../../src/agents/fence.js')>();
  return { fence: (...given: Parameters<typeof real.fence>) => (off.has('fence') ? given[1] : real.fence(...given)) };
});
vi.mock('../../src/tools/referee.js', async (original) => {
  const real = await original<typeof import('../../src/tools/referee.js')>();
  const { tools } = await import('../../src/catalog/tools.js');
  const isOff = ({ tool, caller }: Parameters<typeof real.admit>[0]) =>
    off.has('refusal') && caller.routine === 'smoke-testing-routine' && tool in tools;
  return {
    ...real,
    refusalOf: (...given: Parameters<typeof real.refusalOf>) => (isOff(given[0]) ? null : real.refusalOf(...given)),
    admit: (...given: Parameters<typeof real.admit>) => (isOff(given[0]) ? undefined : real.admit(...given)),
  };
});
vi.mock('../../src/gates/rule-on-answer.js', async (original) => {
  const real = await original<typeof import('../../src/gates/rule-on-answer.js')>();
  const approved = { kind: 'approved' as const, by: 'owner', comment: '' };
  return {
    ...real,
    ruleOnAnswer: (...given: Parameters<typeof real.ruleOnAnswer>) => (off.has('ruling') ? approved : real.ruleOnAnswer(...given)),
  };
});
afterEach(() => off.clear());

const kindsOf = async (name: string, channel: ChannelName, world: World = 'good'): Promise<Breach['kind'][]> => {
  const pairs = payloads.filter((payload) => payload.name === name).map((payload) => ({ payload, channel }));
  expect(pairs).toHaveLength(1);
  return [...new Set((await runSafety([{ pairs, world }])).map(({ kind }) => kind))];
};

test('without the fence, what nobody sees reaches the model', async () => {
  off.add('fence');
  expect(await kindsOf('tag block', 'log line')).toContain('fence');
});

test('without the fence, a text stands among our own words', async () => {
  off.add('fence');
  expect(await kindsOf('system message', 'commit message')).toContain('fence');
});

test('without the refusal of tools, a text has its way with traffic and data', async () => {
  off.add('refusal');
  expect(await kindsOf('order to promote', 'commit message')).toContain('effect');
});

test('without the binding of approvals, any words approve', async () => {
  off.add('ruling');
  expect(await kindsOf('approval', 'words to the open question')).toEqual(expect.arrayContaining(['effect', 'gate']));
});
