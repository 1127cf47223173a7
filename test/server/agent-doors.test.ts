import { expect, test } from 'vitest';
import { openReleaseDesk } from '../../src/desk/release-desk.js';
import { agentDoors } from '../../src/server/agent-doors.js';
import { createServerApp } from '../../src/server/create-server-app.js';
import { callers } from '../support/simulated-desk.js';
import { folderWith, simulatedService } from '../support/command.js';

test('both protocols want a token that is known, and the card is public', async () => {
  const folder = await folderWith(simulatedService);
  const desk = await openReleaseDesk({ config: `${folder}/staging.config.json`, dryRun: true });
  const agents = agentDoors(desk, async () => '');
  const app = createServerApp(desk, {
    ...{ version: '1', hosts: [], maxBodyBytes: 10_000, heartbeatMs: 1_000, stopping: new AbortController().signal },
    ...{ report: async () => '', onDefect: () => undefined, doors: agents.doors },
    callerOf: (authorization) => callers[authorization?.replace('Bearer ', '') ?? ''] ?? null,
  });
  const ask = async (path: string, token?: string) =>
    (
      await app.request(`http://localhost${path}`, {
        method: 'POST',
        headers: {
          ...{ host: 'localhost', 'content-type': 'application/json', accept: 'application/json, text/event-stream', 'a2a-version': '1.0' },
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping', params: {} }),
      })
    ).status;
  expect([await ask('/mcp'), await ask('/mcp', 'eve'), await ask('/a2a'), await ask('/a2a', 'eve')]).toEqual([401, 401, 401, 401]);
  expect([await ask('/mcp', 'rita'), await ask('/a2a', 'rita')]).toEqual([400, 200]); // no session yet, and no such method
  const card = await app.request('http://localhost/.well-known/agent-card.json', { headers: { host: 'localhost' } });
  expect(await card.json()).toMatchObject({ name: 'Releases of storefront', supportedInterfaces: [{ url: 'http://localhost/a2a' }] });
  await agents.close();
  await desk.close();
});
