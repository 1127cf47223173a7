import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, expect, test } from 'vitest';
import type { ReleaseDocument } from '../../src/desk/document.js';
import { command, entry, folderWith, simulatedService } from '../support/command.js';

let cwd = '';
beforeAll(async () => {
  cwd = await folderWith(simulatedService);
});
const sentence = 'ship storefront v2.2.0 with wishlist and fast-checkout to staging, promote it if it is healthy';
const json = (text: unknown) => JSON.parse(String(text)) as ReleaseDocument & { waiting?: unknown; error?: { code: string } };

test('release --json prints one document on stdout, exits 0 when promoted, and says on every line that it is simulated', async () => {
  const { stdout, stderr, exitCode } = await command(['release', sentence, '--dry-run', '--approve-as', 'owner', '--json'], { cwd });
  expect(exitCode).toBe(0);
  const document = json(stdout);
  expect(document).toMatchObject({ service: 'storefront', version: 'v2.2.0', outcome: 'promoted', simulated: true });
  expect(document.model).toMatchObject({ name: 'runbook', isLanguageModel: false });
  expect(document.criteria.every((one) => one.met)).toBe(true);
  expect(document.rollout.map((change) => change.weight)).toEqual([10, 100, 100, 10, 100, 100]);
  expect(
    String(stderr)
      .split('\n')
      .every((line) => line.startsWith('simulated ')),
  ).toBe(true);
});

test('without a terminal the approval gate exits 3 with the line that approves, and that line promotes', async () => {
  const waiting = await command(['release', sentence, '--dry-run'], { cwd });
  expect(waiting.exitCode).toBe(3);
  const id = /approve ([0-9a-f]{8}) --as owner --dry-run$/m.exec(String(waiting.stdout))?.[1] ?? '';
  expect(await command(['approve', id, '--as', 'stranger', '--dry-run'], { cwd })).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('stranger is not among owner') as string,
  });
  const approved = await command(['approve', id, '--as', 'owner', '--dry-run', '--json'], { cwd });
  expect({ exitCode: approved.exitCode, outcome: json(approved.stdout).outcome }).toEqual({ exitCode: 0, outcome: 'promoted' });

  const resumed = await command(['resume', id, '--dry-run', '--json'], { cwd });
  expect({ exitCode: resumed.exitCode, outcome: json(resumed.stdout).outcome }).toEqual({ exitCode: 0, outcome: 'promoted' });
  expect(resumed.stderr).toContain(`Release ${id} has ended: there is nothing to go on with.`);
  expect(await command(['approve', id, '--as', 'owner', '--dry-run'], { cwd })).toMatchObject({ exitCode: 2 });

  const back = await command(['rollback', id, '--as', 'owner', '--dry-run'], { cwd });
  expect(back.stdout).toContain('production is back on v2.1.1');
  expect(back.exitCode).toBe(0);
});

test.each([
  ['no version', ['release', 'ship storefront please'], 2, 'Which version of storefront?'],
  ['another service', ['release', 'ship payments v1.0.0'], 2, 'releases storefront, not "payments"'],
  ['two versions', ['release', 'ship storefront v1.0.0 or v2.0.0'], 2, 'One version at a time'],
  ['a model that does not exist', ['release', sentence, '--dry-run', '--model', 'gpt'], 2, '--model runbook'],
  ['a model without its key', ['release', sentence, '--dry-run', '--model', 'openai:gpt-4o'], 5, 'OPENAI_API_KEY is not set'],
  ['a stranger who signs beforehand', ['release', sentence, '--dry-run', '--approve-as', 'stranger'], 2, 'stranger is not among owner'],
  ['a release that does not exist', ['explain', 'nothing'], 2, 'Failed to find release nothing'],
  ['the newest of no releases', ['explain', '--state-dir', 'none-yet'], 2, 'the journal has none yet'],
  ['a configuration that is not there', ['status', '--config', 'missing.ts'], 2, 'langgraph-staging init'],
  ['an option that does not exist', ['status', '--frobnicate'], 2, "unknown option '--frobnicate'"],
])('%s is one sentence with a remedy', async (_, args, exitCode, message) => {
  const result = await command(args.includes('release') && !args.includes('--dry-run') ? [...args, '--dry-run'] : args, { cwd });
  expect(result.stderr).toContain(message);
  expect(result.exitCode).toBe(exitCode);
  expect(result.stderr).not.toMatch(/\n\s+at /);
});

test('a configuration with an unknown key names the key', async () => {
  const folder = await folderWith({ ...simulatedService, rollout: { stepps: [] } });
  const { stderr, stdout, exitCode } = await command(['status', '--json'], { cwd: folder });
  expect(exitCode).toBe(2);
  expect(stderr).toContain('unknown key "rollout.stepps"');
  expect(json(stdout).error?.code).toBe('CONFIG_INVALID');
});

test('whoever reads a command may leave early, as head does, and it ends as it would have', async () => {
  const line = `node ${entry.join(' ')} catalog | head -n 1; echo "\${PIPESTATUS[0]}"`;
  const { stdout, stderr } = await execa('bash', ['-c', line]);
  expect([stdout, stderr]).toEqual(['{\n0', '']);
});

test('history, board, explain, verify and report show the release', async () => {
  const { stdout } = await command(['release', sentence, '--dry-run', '--approve-as', 'owner', '--json'], { cwd });
  const id = json(stdout).release;
  const stateDir = ['--state-dir', join(cwd, '.staging', 'simulated')];
  expect((await command(['history', ...stateDir], { cwd })).stdout).toMatch(/production +v2\.2\.0 .* success/);
  expect((await command(['board', id, ...stateDir], { cwd })).stdout).toContain('production_ready (deployment_validator)\n  true');
  expect((await command(['explain', id, ...stateDir], { cwd })).stdout).toContain('response_time');
  expect((await command(['verify', id, ...stateDir], { cwd })).stdout).toMatch(/^Sound: \d+ rows/);
  expect((await command(['verify', ...stateDir], { cwd })).stdout).toContain(`of ${id}, storefront v2.2.0.`); // the newest, where none is named
  const page = join(cwd, 'report.html');
  expect((await command(['report', id, '--html', page, ...stateDir], { cwd })).exitCode).toBe(0);
  const html = await readFile(page, 'utf8');
  expect(html.includes('Traffic to the candidate')).toBe(true);
  expect(html.includes('Simulated: nothing real')).toBe(true);
  const nowhere = await command(['report', '--html', join(cwd, 'missing', 'report.html'), ...stateDir], { cwd });
  expect([nowhere.exitCode, nowhere.stderr]).toEqual([5, expect.stringMatching(/^Failed to write .*report\.html: .* Correct the path/)]);
});

test('catalog prints every table as JSON', async () => {
  const { stdout } = await command(['catalog', '--json'], { cwd });
  expect(JSON.parse(String(stdout))).toMatchObject({ agents: { qa_tester: {} }, limits: { maxCredits: 1_600_000_000 } });
});
