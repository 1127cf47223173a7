import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import type { ReleaseDocument } from '../../src/desk/document.js';
import { command, folderWith, simulatedService } from '../support/command.js';
import { leftOver } from '../support/left-over.js';
import { tinyService } from '../support/tiny-service.js';

/** `serve` as a process of its own: where it listens, and its token. */
const serving = async (folder: string, ...args: string[]) => {
  const process = command(['serve', '--port', '0', '--as', 'owner', '--json', ...args], { cwd: folder });
  onTestFinished(() => void process.kill('SIGKILL'));
  const line = await new Promise<string>((resolve, reject) => {
    process.stdout?.once('data', (chunk) => resolve(String(chunk)));
    void process.then((result) => reject(new Error(String(result.stderr))));
  });
  const { url, tokenFile } = JSON.parse(line) as { url: string; tokenFile: string };
  const token = (await readFile(tokenFile, 'utf8')).trim();
  const call = async <T>(path: string, json?: unknown): Promise<T> => {
    const init = json === undefined ? {} : { method: 'POST', body: JSON.stringify(json) };
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    return (await (await fetch(`${url}${path}`, { ...init, headers })).json()) as T;
  };
  return { process, url, call };
};

test('the how-to, block by block, does what it says, and SIGTERM ends the server with 0', async () => {
  const folder = await folderWith({ ...simulatedService, approval: { fourEyes: false } });
  const { process: server, url } = await serving(folder, '--dry-run');
  const page = await readFile('docs/how-to/serve.md', 'utf8');
  const blocks = [...page.matchAll(/^```bash\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code);
  expect(blocks).toHaveLength(4);
  const { PATH, HOME } = process.env;
  const { exitCode, stdout, all } = await execa('bash', ['-euo', 'pipefail', '-c', blocks.join('\n')], {
    ...{ cwd: folder, reject: false, all: true, extendEnv: false, timeout: 60_000, env: { PATH, HOME, URL: url } },
  });
  expect([exitCode, all]).toEqual([0, expect.any(String)]);
  for (const told of ['"Promote storefront v2.2.0 to production?"', 'security gate: passed', ': promoted.', 'rolled_back'])
    expect(stdout).toContain(told);
  expect(await readFile(join(folder, 'report.html'), 'utf8')).toContain('<!doctype html>');
  server.kill('SIGTERM');
  const ended = await server;
  expect(ended.exitCode).toBe(0);
  expect(ended.stderr).toContain('Stopping (SIGTERM).');
});

test('killed while the candidate takes traffic, the next start takes the release up by itself and to production', async () => {
  const rollout = { steps: [{ weightPercent: 25, pauseMs: 2_000 }], watchMs: 1_500, sampleMs: 250, drainMs: 1_000, minRequests: 5 };
  const { folder } = await tinyService('node', { rollout, approval: { fourEyes: false } });
  const first = await serving(folder);
  const sentence = 'ship tiny v1.1.0 to staging, promote it if it is healthy';
  const { release: id } = await first.call<{ release: string }>('/api/releases', { request: sentence });
  const second = await first.call<{ state: string }>('/api/releases', { request: 'ship tiny v1.1.0 to staging' });
  expect(second.state).toBe('queued');
  const at = `/api/releases/${id}`;
  while ((await first.call<ReleaseDocument>(at)).rollout.length === 0) await sleep(50);
  first.process.kill('SIGKILL');
  await first.process;

  const again = await serving(folder);
  let question: { digest: string } | null = null;
  while (question === null) {
    await sleep(100);
    ({ question } = await again.call<{ question: { digest: string } | null }>(`${at}/question`));
    const { outcome } = await again.call<ReleaseDocument>(at);
    if (outcome !== null) throw new Error(`it has ended: ${outcome}`);
  }
  await again.call(`${at}/approve`, { digest: question.digest });
  while ((await again.call<ReleaseDocument>(at)).outcome === null) await sleep(100);
  expect(await again.call<ReleaseDocument>(at)).toMatchObject({ outcome: 'promoted', request: { requestedBy: 'owner' } });
  const { releases } = await again.call<{ releases: { state: string }[] }>('/api/releases');
  expect(releases).toHaveLength(2);
  again.process.kill('SIGTERM');
  expect((await again.process).exitCode).toBe(0);
  expect(await leftOver(folder)).toEqual([]);
});
