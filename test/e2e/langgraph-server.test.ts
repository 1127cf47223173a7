import { spawn, spawnSync } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, GraphInterrupt } from '@langchain/langgraph';
import { RemoteGraph } from '@langchain/langgraph/remote';
import { Client } from '@langchain/langgraph-sdk';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StagingState } from '../../src/graph/state.js';

/** Too large for our own dependencies: npx keeps it in its cache. */
const cli = ['-y', '@langchain/langgraph-cli@1.5.1'];
const available = spawnSync('npx', [...cli, '--version'], { timeout: 180_000 }).status === 0;
const served = test.skipIf(!available);
if (!available) console.warn('Skipped: npx could not fetch @langchain/langgraph-cli, so there is no development server to ask.');

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo; // it listens on a port
      server.close(() => resolve(port));
    });
  });

let url = '';
let stop = () => undefined as unknown;
beforeAll(async () => {
  if (!available) return;
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  const { OPENAI_API_KEY: _key, ...env } = process.env;
  const child = spawn('npx', [...cli, 'dev', '--no-browser', '--host', '127.0.0.1', '--port', String(port)], {
    detached: true,
    stdio: 'ignore',
    env,
  });
  stop = () => process.kill(-(child.pid ?? 0), 'SIGKILL'); // its own group: the server leaves children behind otherwise
  for (;;) {
    const answers = await fetch(`${url}/ok`).then(
      (response) => response.ok,
      () => false,
    );
    if (answers) return;
    await sleep(200);
  }
});
afterAll(() => stop());

const request = (version: string) => ({
  messages: [{ role: 'user', content: `ship storefront ${version} to staging, promote it if it is healthy` }],
});
const approval = (digest: string) => ({ digest, decision: 'approved', by: 'owner' });

served('the SDK client creates a thread, streams a run, is asked for the approval, and its answer promotes', async () => {
  const client = new Client({ apiUrl: url });
  const thread = await client.threads.create();
  const nodes: string[] = [];
  for await (const { event, data } of client.runs.stream(thread.thread_id, 'staging', { input: request('v2.2.0'), streamMode: 'updates' }))
    if (event === 'updates') nodes.push(...Object.keys(data));
  expect(nodes).toEqual(expect.arrayContaining(['intake', 'qa_tester', 'monitoring_specialist', '__interrupt__']));
  const asked = await client.threads.getState<StagingState>(thread.thread_id);
  expect(asked.next).toEqual(['approval']);
  expect(asked.values).toMatchObject({ releaseId: thread.thread_id, deployment_approved: true });
  const { digest } = asked.tasks[0]?.interrupts[0]?.value as { digest: string }; // the question's shape
  const done = await client.runs.wait(thread.thread_id, 'staging', { command: { resume: approval(digest) } });
  expect(done).toMatchObject({ outcome: 'promoted', deployment_status: 'promoted_to_production' });
  expect(JSON.stringify(done)).toContain('In the simulated world: nothing real happens.');
});

served('the client of the example streams a release, answers its approval, and says what came of it', async () => {
  const { stdout, exitCode } = await execa(process.execPath, ['examples/langgraph-server/client.mjs', url], { reject: false });
  expect([exitCode, stdout.split('\n').slice(-2)]).toEqual([0, ['Promote storefront v2.2.0 to production?', 'promoted']]);
});

served('another program takes a release through with RemoteGraph', async () => {
  const thread = await new Client({ apiUrl: url }).threads.create();
  const config = { configurable: { thread_id: thread.thread_id } };
  const remote = new RemoteGraph({ graphId: 'staging', url });
  await expect(remote.invoke(request('v2.2.1'), config)).rejects.toThrow(GraphInterrupt); // its host is to ask
  const [asked] = (await remote.getState(config)).tasks;
  const { digest } = asked?.interrupts[0]?.value as { digest: string }; // the question's shape
  expect(await remote.invoke(new Command({ resume: approval(digest) }), config)).toMatchObject({ outcome: 'promoted' });
});

served('Studio draws the five agents, the approval and the soak, and shows the blackboard as the state', async () => {
  const { assistants } = new Client({ apiUrl: url });
  const { nodes } = await assistants.getGraph('staging');
  expect(nodes.map((node) => node.id)).toEqual([
    ...['__start__', 'intake', 'environment_manager', 'feature_developer', 'qa_tester', 'deployment_validator', 'monitoring_specialist'],
    ...['approval', 'soak', 'swarm_end', '__end__'],
  ]);
  const { state_schema: state } = await assistants.getSchemas('staging');
  expect(Object.keys(state?.properties ?? {})).toEqual(
    expect.arrayContaining(['messages', 'environment_status', 'test_results', 'gate_evaluations']),
  );
});
