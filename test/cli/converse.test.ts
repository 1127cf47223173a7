import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { converse } from '../../src/cli/chat/converse.js';
import { openReleaseDesk } from '../../src/desk/release-desk.js';
import type { TestingPort } from '../../src/tools/ports.js';
import { openSimulatedPorts } from '../../src/scenario/simulated-world.js';
import { openModelEndpoint } from '../recordings/model-endpoint.js';
import { folderWith, simulatedService } from '../support/command.js';
import { simulatedConfig } from '../support/simulated-release.js';

afterEach(() => vi.unstubAllEnvs());

const owner = { name: 'owner', roles: ['viewer', 'requester', 'approver', 'operator'] as const };

/** A desk whose load test lasts until the test lets it end. */
const talk = async (model = 'runbook') => {
  const folder = await folderWith({ ...simulatedService, approval: { fourEyes: false } });
  const ports = openSimulatedPorts({ config: simulatedConfig() });
  let go = (): void => undefined;
  const gate = new Promise<void>((resolve) => (go = resolve));
  const testing = {
    ...ports.testing,
    runLoad: async (...given: Parameters<TestingPort['runLoad']>) => (await gate, ports.testing.runLoad(...given)),
  };
  const desk = await openReleaseDesk({ config: `${folder}/staging.config.json`, dryRun: true, model, ports: { ...ports, testing } });
  const said: string[] = [];
  const conversation = await converse({ desk, caller: owner, say: (text) => said.push(text), commandFor: (does, id) => `${does} ${id}` });
  const after = async (line: string): Promise<string> => {
    const from = said.length;
    await conversation.hear(line);
    return said.slice(from).join('\n');
  };
  return { desk, conversation, said, after, go: () => go() };
};

test('lines are answered while a release runs, and a decision finds no question yet', async () => {
  const { desk, conversation, said, after, go } = await talk();
  await after('ship storefront v2.2.0 to production');
  expect(await after('yes')).toMatch(/^Release [0-9a-f]{8} begins\.$/);
  expect(await after('what is it doing?')).toContain('is under way');
  expect(await after('approve')).toBe('Nothing is waiting for an approval.');
  expect((await desk.list(owner))[0]?.state).toBe('running');
  go();
  await conversation.quiet();
  expect(said.join('\n')).toContain('Promote storefront v2.2.0 to production?');
  expect(await after('approve 00000000')).toContain('Failed to find release 00000000');
  expect(await after('approve, the numbers are fine')).toMatch(/owner has approved [0-9a-f]{8}\./);
  await conversation.quiet();
  expect(said.at(-1)).toMatch(/^storefront v2\.2\.0: promoted\./);
  await desk.close();
});

test('an approval is asked for again when the question that was shown is no longer the one that is open', async () => {
  const { desk, conversation, after, go } = await talk();
  go();
  const asked = await desk.request(owner, 'ship storefront v2.2.0 to production');
  if (asked.kind !== 'accepted') throw new Error(asked.question);
  await desk.settled(asked.release);
  expect(await after(`approve ${(await desk.question(owner, asked.release))?.code}`)).toMatch(
    /That is what is asked\. Say it again if you mean this\.$/,
  );
  expect((await desk.list(owner))[0]?.outcome).toBeNull();
  expect(await after(`reject ${asked.release}: not today`)).toContain('owner has rejected');
  await conversation.quiet();
  expect((await desk.list(owner))[0]).toMatchObject({ outcome: 'rejected', reason: expect.stringContaining('not today') as string });
  await desk.close();
});

test('what only a language model understands is said back, becomes a plan with the yes to it, and begins with another', async () => {
  const endpoint = await openModelEndpoint(() => ({
    says: '',
    calls: [{ name: 'read_as', args: { sentences: ['approve', 'ship storefront 2.2.0 to staging only'] } }],
  }));
  onTestFinished(endpoint.close);
  vi.stubEnv('OPENAI_API_KEY', 'not-a-key');
  vi.stubEnv('OPENAI_BASE_URL', endpoint.url);
  const { desk, after } = await talk('openai:gpt-4.1-mini');
  expect(await after('stick the 2.2.0 of our shop onto the rehearsal box')).toBe(
    'A language model reads that as: storefront v2.2.0 to staging only. Is that what you mean?\n  1. ship storefront 2.2.0 to staging only',
  );
  expect(await after('yes')).toMatch(/^I understood: storefront v2\.2\.0 to staging only\.\nThe plan:/);
  expect(await desk.list(owner)).toEqual([]);
  await desk.close();
});
