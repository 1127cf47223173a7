import { expect, test } from 'vitest';
import { folderWith, simulatedService } from '../support/command.js';
import { openAttempts } from '../../src/server/attempts.js';
import { VirtualClock } from '../../src/scenario/virtual-clock.js';
import { servedDesk, tokens } from '../support/served-desk.js';

const guess = (nth: number) => ({ headers: { authorization: `Bearer guess-${nth}-0123456789` } });

test('after twenty wrong tokens no other one is looked at for a while, and whoever has worked from there goes on', async () => {
  const { call } = await servedDesk();
  expect((await call('vera', '/api/releases')).status).toBe(200);
  for (let nth = 0; nth < 20; nth += 1) expect((await call(null, '/api/releases', guess(nth))).status).toBe(401);
  const refused = await call(null, '/api/releases', guess(20));
  expect(refused).toMatchObject({
    status: 429,
    json: { error: { code: 'TOO_MANY_ATTEMPTS', remedy: expect.stringMatching(/^Wait \d+ s/) as string } },
  });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await call('rita', '/api/releases')).status).toBe(429); // right, and never seen from here: a guess that hits must not show
  expect((await call('rita', '/hooks/argo')).status).toBe(429);
  expect((await call('vera', '/api/releases')).status).toBe(200);
  expect((await call(null, '/healthz')).status).toBe(200);
});

test('a request without a token is none that guesses', async () => {
  const { call } = await servedDesk();
  for (let nth = 0; nth < 25; nth += 1) expect((await call(null, '/api/releases')).status).toBe(401);
  expect((await call('vera', '/api/releases')).status).toBe(200);
});

test('wrong secrets of a webhook are counted, and a right one is taken nonetheless: an alert does not wait', async () => {
  process.env['TEST_ALERT_SECRET'] = 'alert-secret-0123456789';
  const alertmanager = { secret: { env: 'TEST_ALERT_SECRET' }, alerts: [{ labels: { service: 'storefront' } }] };
  const { call } = await servedDesk({ webhooks: { alertmanager } });
  const alert = (secret: string) =>
    call(null, '/hooks/alertmanager', { json: { alerts: [] }, headers: { authorization: `Bearer ${secret}` } });
  for (let nth = 0; nth < 20; nth += 1) expect((await alert(`wrong-${nth}`)).status).toBe(401);
  const refused = await alert('wrong-20');
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, expect.stringMatching(/^\d+$/)]);
  expect((await alert('alert-secret-0123456789')).status).toBe(200);
});

test('the wait ends by itself, and one address does not make another one wait', () => {
  const clock = new VirtualClock(0);
  const attempts = openAttempts({ clock, most: 2, windowMs: 60_000 });
  attempts.wrong('a');
  attempts.wrong('a');
  expect(() => attempts.check('a', 'x')).toThrow(/too many wrong credentials/);
  expect(() => attempts.check('b', 'x')).not.toThrow();
  void clock.sleep(60_000);
  expect(() => attempts.check('a', 'x')).not.toThrow();
});

test('a request that finds the queue full is refused with a reason, and one that ends makes room', async () => {
  const { call, desk, release } = await servedDesk({ maxQueued: 1 });
  const first = await release();
  const second = await release('ship storefront v2.3.0 to staging');
  const third = await call('rita', '/api/releases', { json: { request: 'ship storefront v2.4.0 to staging' } });
  expect(third).toMatchObject({
    status: 429,
    json: {
      error: {
        code: 'QUEUE_FULL',
        message: 'Failed to take the request: 1 releases wait already, and 1 may.',
        remedy: expect.stringContaining('server.maxQueued') as string,
      },
    },
  });
  expect((await call('vera', '/api/releases')).json['releases']).toHaveLength(2);
  await call('olga', `/api/releases/${second}/cancel`, { json: {} });
  await desk.settled(first);
  expect((await call('rita', '/api/releases', { json: { request: 'ship storefront v2.4.0 to staging' } })).status).toBe(202);
});

test('every webhook that the configuration mounts stands in the description of the API, with its secret', async () => {
  process.env['TEST_HOOK_SECRET'] = 'hook-secret-0123456789';
  const secret = { env: 'TEST_HOOK_SECRET' };
  const webhooks = {
    github: { secret, requests: [{ event: 'release' }] },
    alertmanager: { secret, alerts: [{ labels: { service: 'storefront' } }] },
    flagger: { secret },
  };
  const { call } = await servedDesk({}, { folder: await folderWith({ ...simulatedService, server: { tokens, webhooks } }) });
  const { paths, components } = (await call(null, '/openapi.json')).json as {
    paths: Record<string, Record<string, { security: Record<string, unknown>[] }>>;
    components: { securitySchemes: Record<string, unknown> };
  };
  const hooks = Object.entries(paths).filter(([path]) => path.startsWith('/hooks/'));
  expect(hooks.map(([path]) => path).sort()).toEqual(['/hooks/alertmanager', '/hooks/argo', '/hooks/flagger/{hook}', '/hooks/github']);
  for (const [path, operations] of hooks)
    for (const [method, { security }] of Object.entries(operations)) {
      expect(Object.keys(components.securitySchemes)).toContain(Object.keys(security[0] ?? {})[0]);
      const { status } = await call(
        null,
        path.replace('{hook}', 'rollout'),
        method === 'get' ? {} : { json: { name: 'x', namespace: 'x', phase: 'x' } },
      );
      expect([path, status]).toEqual([path, 401]);
    }
});
