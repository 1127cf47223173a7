import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { command, folderWith, simulatedService } from '../support/command.js';

const lint = (file: string, ...more: string[]) => command(['lint', file, ...more]);
const codes = (stdout: unknown) => (JSON.parse(String(stdout)) as { findings: { code: string }[] }).findings.map(({ code }) => code);

test.each(['slo.yaml', 'analysis-template.yaml', 'openslo.yaml'])('nothing is found in the example %s, and it exits 0', async (name) => {
  const { stdout, exitCode } = await lint(resolve('examples/policies', name));
  expect(stdout).toContain('nothing found');
  expect(exitCode).toBe(0);
});

test('each flaw has a code, a place, a reason and a remedy, in words and as JSON, and it exits 4', async () => {
  const { stdout, exitCode } = await lint('examples/policies/flawed-rollout.yaml');
  expect(stdout).toContain(
    'FAILURE_LIMIT_UNREACHABLE at errors: spec.metrics[0].failureLimit\n  5 measurements of errors cannot fail more than 5 times: it can never fail.\n  Allow fewer failures than there are measurements.',
  );
  expect(exitCode).toBe(4);
  const json = await lint('examples/policies/flawed-rollout.yaml', '--json');
  expect(codes(json.stdout)).toEqual(['ROLLBACK_TARGET_MISSING', 'CANARY_BELOW_ONE', 'SOAK_TOO_SHORT', 'FAILURE_LIMIT_UNREACHABLE']);
  expect(json.exitCode).toBe(4);
});

test('a TypeScript configuration is read, and nothing is found in the example', async () => {
  const { stdout, exitCode } = await lint('examples/storefront/staging.config.ts');
  expect(stdout).toContain('nothing found (staging.config)');
  expect(exitCode).toBe(0);
});

test('a configuration that nobody may approve is read on', async () => {
  const folder = await folderWith({ ...simulatedService, approvers: [] });
  const { stdout, stderr, exitCode } = await lint(join(folder, 'staging.config.json'), '--json');
  expect(codes(stdout)).toEqual(['APPROVERS_MISSING', 'INSTRUMENT_MISSING', 'INSTRUMENT_MISSING']);
  expect(stderr).toContain('whether the version to go back to exists was not asked');
  expect(exitCode).toBe(4);
});

test('a version to go back to that the repository does not have is found', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lint-'));
  await mkdir(join(folder, 'repo'));
  const git = (...args: string[]) =>
    execa('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], { cwd: join(folder, 'repo') });
  await git('init', '--quiet');
  await git('commit', '--quiet', '--allow-empty', '--message', 'first');
  await git('tag', 'v2.0.0');
  const config = (stable: string) =>
    JSON.stringify({ ...simulatedService, service: { ...simulatedService.service, repository: 'repo', stable } });
  await writeFile(join(folder, 'staging.config.json'), config('v1.0.0'));
  expect(codes((await lint(join(folder, 'staging.config.json'), '--json')).stdout)).toContain('ROLLBACK_TARGET_MISSING');
  await writeFile(join(folder, 'staging.config.json'), config('v2.0.0'));
  expect(codes((await lint(join(folder, 'staging.config.json'), '--json')).stdout)).not.toContain('ROLLBACK_TARGET_MISSING');
});

test.each([
  ['a file that is not there', 'missing.yaml', 'missing.yaml: there is no such file'],
  ['a program that is not there', 'missing.ts', 'missing.ts: there is no such file'],
  ['a file that holds no policy', 'tsconfig.json', 'no document of it is a policy'],
])('%s is one sentence and exit 2', async (_, file, message) => {
  const { stderr, exitCode } = await lint(file);
  expect(stderr).toContain(message);
  expect(exitCode).toBe(2);
});

test('an unknown key of a configuration is named', async () => {
  const folder = await folderWith({ ...simulatedService, rollout: { stepps: [] } });
  const { stderr, exitCode } = await lint(join(folder, 'staging.config.json'));
  expect(stderr).toContain('unknown key "rollout.stepps"');
  expect(exitCode).toBe(2);
});
