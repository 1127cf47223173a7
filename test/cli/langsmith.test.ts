import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { command, folderWith, simulatedService } from '../support/command.js';

/** What stands for LangSmith: takes whatever is posted. */
const langSmith = async () => {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts);
      if (request.method === 'POST') bodies.push(String(request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body));
      const info = { version: '1', batch_ingest_config: { use_multipart_endpoint: false, size_limit: 100, size_limit_bytes: 20_000_000 } };
      response.setHeader('content-type', 'application/json').end(JSON.stringify(info));
    });
  }).listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  onTestFinished(() => void server.close());
  return { bodies, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
};

const secret = ['sk', 'proj', 'Ab3dEf6hIj9kLmN0pQrS'].join('-');

/** What LangSmith is posted of a release whose request says more than it should. */
const posted = async (env: Record<string, string>) => {
  const { bodies, url } = await langSmith();
  const sentence = `ship storefront v2.2.0 to staging, promote it if it is healthy, and by the way the key is ${secret}`;
  await command(['release', sentence, '--dry-run', '--approve-as', 'owner'], {
    cwd: await folderWith(simulatedService),
    env: { LANGSMITH_TRACING: 'true', LANGSMITH_API_KEY: 'lsv2-of-nobody', LANGSMITH_ENDPOINT: url, ...env },
  });
  return bodies.join('\n');
};

test('LangSmith is told of every node of a release and of nothing that is said in it, unless the environment wants it', async () => {
  const [hidden, open] = await Promise.all([posted({}), posted({ LANGSMITH_HIDE_INPUTS: 'false', LANGSMITH_HIDE_OUTPUTS: 'false' })]);
  for (const node of ['staging', 'intake', 'environment_manager', 'qa_tester', 'deployment_validator', 'approval']) {
    expect(hidden).toContain(`"name":"${node}"`);
    expect(open).toContain(`"name":"${node}"`);
  }
  expect(open).toContain('ship storefront');
  for (const said of ['ship storefront', secret, 'required steps']) expect(hidden).not.toContain(said);
});
