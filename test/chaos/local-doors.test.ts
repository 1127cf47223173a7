import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { guardDoors } from '../../src/tools/guard-doors.js';
import { openLocalPorts } from '../../src/tools/open-local-ports.js';
import { simulatedConfig } from '../support/simulated-release.js';

type Behaves = Parameters<typeof createServer>[1];

const listening = async (behaves: Behaves): Promise<{ url: string; server: Server }> => {
  const server = createServer(behaves as NonNullable<Behaves>);
  await new Promise<void>((listens) => server.listen(0, '127.0.0.1', listens));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return { url: `http://127.0.0.1:${port}`, server };
};

/** The doors of this machine, guarded, with a dependency at an address. */
const doorsTo = async (url: string) => {
  const stateDir = await mkdtemp(join(tmpdir(), 'doors-'));
  const config = simulatedConfig({
    dependencies: [{ name: 'payments', health: `${url}/healthz` }],
    load: { durationMs: 500, connections: 2, paths: ['/'] },
    rollout: { sampleMs: 1_000 },
  });
  const ports = guardDoors(openLocalPorts({ config, configDir: stateDir, stateDir }), config);
  onTestFinished(async () => {
    await ports.monitoring.close();
    await ports.deployment.close();
    await rm(stateDir, { recursive: true, force: true });
  });
  return ports;
};

const behaviours: [string, Behaves][] = [
  ['says nothing', () => undefined],
  [
    'breaks off in the middle',
    (_, response) => (response.writeHead(200, { 'content-length': '100' }).write('half'), void setTimeout(() => response.destroy(), 20)),
  ],
  ['hangs up at once', (request) => void request.socket.destroy()],
  ['says no', (_, response) => void response.writeHead(403).end('forbidden')],
  [
    'answers a byte at a time',
    (_, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      const drip = setInterval(() => response.write('x'), 200);
      response.on('close', () => clearInterval(drip));
    },
  ],
];

test.each(behaviours)('a server that %s is not healthy, and that is known in seconds', async (_, behaves) => {
  const ports = await doorsTo((await listening(behaves)).url);
  const before = performance.now();
  const { dependencies } = await ports.monitoring.health('staging');
  expect(dependencies).toMatchObject([{ name: 'payments', healthy: false }]);
  expect(dependencies[0]?.detail).not.toBe('');
  expect(performance.now() - before).toBeLessThan(10_000);
});

test.each(behaviours.filter(([name]) => name !== 'says no'))('load on a server that %s is no pass', async (_, behaves) => {
  const { url } = await listening(behaves);
  const ports = await doorsTo(url);
  const before = performance.now();
  const { status, reason, requests, errorRate } = await ports.testing.runLoad(url, () => Promise.resolve(null));
  expect({ status, reason, requests, errorRate }).toSatisfy(() => (status === 'errored' ? reason !== '' : errorRate > 0 || requests === 0));
  expect(performance.now() - before).toBeLessThan(20_000);
});

test('a server that is not there is not healthy, and load on it is errored', async () => {
  const { url, server } = await listening(() => undefined);
  await new Promise((closed) => server.close(closed));
  const ports = await doorsTo(url);
  expect((await ports.monitoring.health('staging')).dependencies).toMatchObject([{ healthy: false }]);
  expect(await ports.testing.runLoad(url, () => Promise.resolve(null))).toMatchObject({ status: 'errored' });
});
