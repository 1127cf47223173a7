import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ElicitRequestSchema, type CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { afterEach, expect, test } from 'vitest';
import { command, entry, folderWith, simulatedService } from '../support/command.js';
import { sentence } from '../support/simulated-desk.js';

const secret = 'owner-0123456789abcdef';
const clients: Client[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
});

/** The command as a host starts it, and what came of it besides the protocol. */
const start = async (folder: string, env: Record<string, string> = {}, says?: 'approved' | 'rejected') => {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [...entry, 'mcp', '--dry-run', '--config', join(folder, 'staging.config.mjs')],
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
    stderr: 'pipe',
  });
  const broken: Error[] = [];
  let stderr = '';
  transport.stderr?.on('data', (chunk: Buffer) => (stderr += String(chunk)));
  const client = new Client({ name: 'test', version: '1' }, { capabilities: says ? { elicitation: { form: {} } } : {} });
  client.onerror = (error) => broken.push(error);
  if (says) client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept', content: { decision: says } }));
  await client.connect(transport);
  clients.push(client);
  const call = async (name: string, args: Record<string, unknown>) =>
    (await client.callTool({ name, arguments: args }, undefined, { timeout: 60_000 })) as CallToolResult; // no tool answers in the old shape
  const end = async (): Promise<void> => {
    const ended = new Promise<void>((done) => (client.onclose = done));
    process.kill(transport.pid ?? 0, 'SIGTERM');
    await ended;
  };
  return { client, call, broken, stderr: () => stderr, end };
};

/** Its configuration writes to stdout when it is loaded, as people's do. */
const folderWithTokens = async (): Promise<string> => {
  const config = { ...simulatedService, server: { tokens: [{ name: 'owner', roles: ['approver'], secret: { file: 'owner-token' } }] } };
  const folder = await folderWith(config);
  await writeFile(join(folder, 'staging.config.mjs'), `console.log('loading');\nexport default ${JSON.stringify(config)};\n`);
  await appendFile(join(folder, 'owner-token'), secret);
  return folder;
};

test('without a credential a client on stdio is a requester: what its person says decides nothing', async () => {
  const folder = await folderWithTokens();
  const { call, broken, stderr } = await start(folder, {}, 'approved');
  const asked = await call('request_release', { request: sentence, wait: true });
  expect(asked.structuredContent).toMatchObject({ release: { requestedBy: 'mcp', waitingFor: 'approval', simulated: true } });
  const { release } = asked.structuredContent as { release: { release: string } };
  expect(await call('approve_release', { release: release.release })).toMatchObject({
    isError: true,
    structuredContent: { error: { code: 'ROLE_MISSING', message: expect.stringContaining('said "approved"') as string } },
  });
  expect((await call('get_release', { release: release.release })).structuredContent).toMatchObject({ release: { state: 'waiting' } });
  expect(broken).toEqual([]);
  expect(stderr()).toContain('loading');
});

test('with the credential of an approver a client on stdio decides, about what a process before had left waiting', async () => {
  const folder = await folderWithTokens();
  const first = await start(folder);
  const asked = await first.call('request_release', { request: sentence, wait: true });
  const { release } = asked.structuredContent as { release: { release: string } };
  await first.end();
  expect(first.stderr()).toContain('Stopping (SIGTERM)');
  const second = await start(folder, { LANGGRAPH_STAGING_TOKEN: secret });
  expect(await second.call('get_release', { release: release.release, wait: true })).toMatchObject({
    structuredContent: { release: { waitingFor: 'approval' } },
  });
  const { structuredContent } = await second.call('get_release', { release: release.release });
  const { approval } = structuredContent as { approval: { digest: string } };
  const rejected = await second.call('reject_release', { release: release.release, digest: approval.digest, comment: 'not before Monday' });
  expect(rejected.structuredContent).toMatchObject({ decision: 'rejected', by: 'owner' });
  expect((await second.call('get_release', { release: release.release, wait: true })).structuredContent).toMatchObject({
    release: { state: 'ended', outcome: 'rejected' },
  });
});

test('a token that is nobody’s is refused before anything begins', async () => {
  const folder = await folderWithTokens();
  const env = { LANGGRAPH_STAGING_TOKEN: 'somebody-0123456789' };
  const { exitCode, stderr, stdout } = await command(['mcp', '--dry-run', '--config', join(folder, 'staging.config.mjs')], { env });
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toContain('the token is none that `server.tokens` names');
});
