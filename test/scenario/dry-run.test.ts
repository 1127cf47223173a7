import { expect, test } from 'vitest';
import { ScenarioFactory } from '../../src/scenario/public.js';
import { everything } from '../support/everything.js';
import { command, folderWith, simulatedService } from '../support/command.js';

const sentence = 'ship storefront v2.2.0 to staging, promote it if it is healthy';

test.each([
  ['a release', ['release', sentence, '--approve-as', 'owner'], 0],
  ['a release that waits', ['release', sentence], 3],
  ['an error', ['release', 'ship nothing'], 2],
])('%s in the simulated world says so on every line', async (_, args, code) => {
  const { stdout, stderr, exitCode } = await command([...args, '--dry-run'], { cwd: await folderWith(simulatedService) });
  expect(exitCode).toBe(code);
  const lines = `${String(stdout)}\n${String(stderr)}`.split('\n').filter((line) => line !== '');
  expect(lines.filter((line) => !line.startsWith('simulated'))).toEqual([]);
});

test('a conversation in the simulated world says so on every line', async () => {
  const { stdout, stderr } = await command(['chat', '--dry-run'], {
    cwd: await folderWith(simulatedService),
    input: `hello\nquit\n`,
    stdin: undefined,
  });
  const lines = `${String(stdout)}\n${String(stderr)}`.split('\n').filter((line) => !/^(?:> )*$/.test(line));
  expect(lines.length).toBeGreaterThan(1);
  expect(lines.filter((line) => !/^(?:> )*simulated/.test(line))).toEqual([]);
});

test('as JSON the document says it', async () => {
  const { stdout } = await command(['release', sentence, '--approve-as', 'owner', '--dry-run', '--json'], {
    cwd: await folderWith(simulatedService),
  });
  expect(JSON.parse(String(stdout))).toMatchObject({ simulated: true, outcome: 'promoted' });
});

const soakMs = (everything ? 24 : 3) * 60 * 60 * 1_000;

test("with a sample per second, hours of soak and the scenario's traffic, no chance error sends a healthy candidate back", async () => {
  const config = { rollout: {}, stability: { soakMs } };
  const scenario = new ScenarioFactory({ name: 'every-second', config, decisions: [{ on: 'approval' }] });
  await scenario.setupScenario();
  await scenario.emitEvent('swarm/started', { task: 'every-second' });
  expect(scenario.outcome).toBe('promoted');
});
