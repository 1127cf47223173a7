import { createServer, type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { command, folderWith, simulatedService } from '../support/command.js';

type Finding = { what: string; ok: boolean; detail: string; remedy: string };
const findingsIn = async (config: unknown) => {
  const { stdout, exitCode } = await command(['doctor', '--json'], { cwd: await folderWith(config) });
  const { findings } = JSON.parse(String(stdout)) as { findings: Finding[] };
  return { exitCode, find: (what: string) => findings.find((one) => one.what === what) };
};

test('a program that the configuration needs and the machine lacks is named with the command that installs it, and exits 2', async () => {
  const service = { ...simulatedService.service, start: { command: ['no-such-program'] } };
  const { exitCode, find } = await findingsIn({ ...simulatedService, service });
  expect(exitCode).toBe(2);
  expect(find('no-such-program')).toMatchObject({ ok: false, remedy: 'Get it with: apt-get install no-such-program' });
  for (const there of ['git', 'sh', 'better-sqlite3', 'write access']) expect(find(there)).toMatchObject({ ok: true });
});

test('a port that something else holds is named', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on a port
  const service = { ...simulatedService.service, start: { command: ['true'], port: { staging: port } } };
  const { exitCode, find } = await findingsIn({ ...simulatedService, service });
  server.close();
  expect(exitCode).toBe(2);
  expect(find(`port ${port} (staging)`)).toMatchObject({ ok: false, detail: expect.stringContaining('EADDRINUSE') as string });
});

test('a policy whose checks could never pass is named by lint, and exits 2', async () => {
  const { exitCode, find } = await findingsIn({ ...simulatedService, suites: [] });
  expect(exitCode).toBe(2);
  expect(find('policy')).toMatchObject({ ok: false, detail: expect.stringContaining('SUITE_MISSING at suites') as string });
});
