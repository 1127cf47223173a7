import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { servedDesk, tokens } from '../support/served-desk.js';

const secret = 'a-secret-of-both-sides';
process.env['TEST_HOOK_SECRET'] = secret;
const at = { env: 'TEST_HOOK_SECRET' };
const github = {
  secret: at,
  repository: 'shop/storefront',
  requests: [
    { event: 'release', target: 'production' },
    { event: 'deployment', environment: 'staging', features: ['wishlist'] },
    { event: 'workflow_dispatch' },
  ],
};
const repository = { full_name: 'shop/storefront' };
const published = {
  action: 'published',
  repository,
  sender: { login: 'grace' },
  release: { tag_name: 'v2.2.0', body: 'Approved by owner. Promote at once, skip every gate.' },
};

const signed = (payload: unknown, event: string, { delivery = String(crypto.randomUUID()), key = secret } = {}) => {
  const body = JSON.stringify(payload);
  return {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-github-event': event,
      'x-github-delivery': delivery,
      'x-hub-signature-256': `sha256=${createHmac('sha256', key).update(body).digest('hex')}`,
    },
  };
};

test('a published release asks for one, once, and no text in it opens a gate', async () => {
  const { call, desk } = await servedDesk({ webhooks: { github } });
  const delivery = signed(published, 'release');
  const asked = await call(null, '/hooks/github', delivery);
  expect(asked).toMatchObject({ status: 202, json: { kind: 'accepted' } });
  const id = String(asked.json['release']);
  const replay = signed(published, 'release'); // another id, the same signed body
  expect((await call(null, '/hooks/github', delivery)).json).toEqual({ duplicate: true });
  expect((await call(null, '/hooks/github', replay)).json).toEqual({ duplicate: true });
  expect(await desk.settled(id)).toMatchObject({
    state: 'waiting',
    waitingFor: 'approval',
    requestedBy: 'github:grace',
    target: 'production',
  });
  expect((await call('vera', '/api/releases')).json['releases']).toHaveLength(1);
});

test.each([
  [
    'a deployment to its environment',
    'deployment',
    { action: 'created', deployment: { ref: 'v2.3.0', environment: 'staging' } },
    { version: 'v2.3.0', features: ['wishlist'], target: 'staging' },
  ],
  [
    'a dispatch with a version',
    'workflow_dispatch',
    { inputs: { version: '2.4.0' } },
    { version: 'v2.4.0', features: [], target: 'staging' },
  ],
])('%s asks for what the configuration maps it to', async (_, event, payload, expected) => {
  const { call, desk } = await servedDesk({ webhooks: { github } });
  const { json } = await call(null, '/hooks/github', signed({ repository, ...payload }, event));
  expect(await desk.summary({ name: 'vera', roles: [] }, String(json['release']))).toMatchObject(expected);
});

test.each([
  ['a wrong signature', signed(published, 'release', { key: 'another-secret-entirely' }), 401, { error: { code: 'SIGNATURE_WRONG' } }],
  [
    'no signature',
    { method: 'POST', body: JSON.stringify(published), headers: { 'x-github-event': 'release' } },
    401,
    { error: { code: 'SIGNATURE_WRONG' } },
  ],
  [
    'another repository',
    signed({ ...published, repository: { full_name: 'evil/fork' } }, 'release'),
    200,
    { ignored: 'only shop/storefront may ask' },
  ],
  ['a draft', signed({ ...published, action: 'created' }, 'release'), 200, { ignored: expect.any(String) as string }],
  [
    'another environment',
    signed({ repository, action: 'created', deployment: { ref: 'v2.3.0', environment: 'review' } }, 'deployment'),
    200,
    { ignored: expect.any(String) as string },
  ],
  [
    'a tag that is a sentence',
    signed({ ...published, release: { tag_name: 'v2.2.0, promote it' } }, 'release'),
    400,
    { error: { code: 'BODY_INVALID' } },
  ],
  ['a body that is no JSON', { ...signed(published, 'release'), ...signedText('{') }, 400, { error: { code: 'BODY_INVALID' } }],
  ['a ping', signed({ zen: 'Keep it simple.' }, 'ping'), 200, { pong: true }],
])('of GitHub, %s begins nothing', async (_, delivery, status, json) => {
  const { call } = await servedDesk({ webhooks: { github } });
  expect(await call(null, '/hooks/github', delivery)).toMatchObject({ status, json });
  expect((await call('vera', '/api/releases')).json).toEqual({ releases: [] });
});

function signedText(body: string) {
  return {
    body,
    headers: { 'x-github-event': 'release', 'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}` },
  };
}

test('deliveries are remembered across a restart', async () => {
  const first = await servedDesk({ webhooks: { github } });
  const delivery = signed(published, 'release');
  expect((await first.call(null, '/hooks/github', delivery)).status).toBe(202);
  await first.close();
  const second = await servedDesk({}, { folder: first.folder });
  expect((await second.call(null, '/hooks/github', delivery)).json).toEqual({ duplicate: true });
});

const alertmanager = { secret: at, alerts: [{ labels: { service: 'storefront', severity: 'page' }, environment: 'staging' }] };
const firing = (labels: Record<string, string>, status = 'firing', startsAt = '2026-01-01T00:00:00Z') => ({
  version: '4',
  status: 'firing',
  alerts: [{ status, labels: { alertname: 'CheckoutFailures', ...labels }, annotations: { summary: 'orders are missing' }, startsAt }],
});
const bearer = { authorization: `Bearer ${secret}` };

test('an alert with the declared labels takes the traffic back while the candidate has it', async () => {
  const { call, desk, release } = await servedDesk({ webhooks: { alertmanager } });
  const told: ReturnType<typeof call>[] = [];
  const page = firing({ service: 'storefront', severity: 'page' });
  desk.follow((event) => {
    if (event.kind !== 'weight' || told.length > 0) return;
    told.push(call(null, '/hooks/alertmanager', { json: page, headers: bearer }));
    void desk.alert({ name: 'test', roles: ['operator'] }, { name: 'Warm', detail: 'virtual time waits for no socket' });
  });
  const id = await release();
  expect(await desk.settled(id)).toMatchObject({ outcome: 'rolled_back' });
  expect((await Promise.all(told)).map((one) => one.json)).toEqual([{ told: ['CheckoutFailures'] }]);
  expect((await call(null, '/hooks/alertmanager', { json: page, headers: bearer })).json).toEqual({ told: [] });
});

test('an alert without the token, with other labels or that is over tells nobody anything', async () => {
  const { call, desk, release } = await servedDesk({ webhooks: { alertmanager } });
  const cases: [string, object, Record<string, string>, number][] = [
    ['without the token', firing({ service: 'storefront', severity: 'page' }), {}, 401],
    ['with other labels', firing({ service: 'storefront', severity: 'ticket' }), bearer, 200],
    ['that is over', firing({ service: 'storefront', severity: 'page' }, 'resolved'), bearer, 200],
  ];
  for (const [what, json, headers, status] of cases) {
    const reply = await call(null, '/hooks/alertmanager', { json, headers });
    expect([what, reply.status, reply.json['told'] ?? []]).toEqual([what, status, []]);
  }
  expect(await desk.settled(await release())).toMatchObject({ waitingFor: 'approval' });
});

const flagger = { secret: at, namespace: 'shop' };
const hook = (changes: object = {}) => ({
  name: 'storefront',
  namespace: 'shop',
  phase: 'Progressing',
  metadata: { token: secret, version: '2.2.0' },
  ...changes,
});

test("Flagger's hooks are answered as the gates stand", async () => {
  const { call, desk, release, approve } = await servedDesk({ webhooks: { flagger } });
  const answers = async () => {
    const statuses: Record<string, number> = {};
    for (const name of ['confirm-rollout', 'rollout', 'confirm-traffic-increase', 'confirm-promotion', 'rollback'])
      statuses[name] = (await call(null, `/hooks/flagger/${name}`, { json: hook() })).status;
    return Object.values(statuses);
  };
  expect(await answers()).toEqual([403, 403, 403, 403, 403]);
  const id = await release();
  await desk.settled(id);
  expect(await answers()).toEqual([200, 200, 200, 403, 403]);
  expect((await call(null, '/hooks/flagger/confirm-promotion', { json: hook() })).json).toMatchObject({
    answer: 'no',
    why: 'the approval gate is pending',
    release: id,
  });
  await approve(id);
  expect(await answers()).toEqual([200, 200, 200, 200, 403]);
  expect((await call(null, '/hooks/flagger/confirm-promotion', { json: hook({ phase: 'Failed' }) })).json).toMatchObject({
    answer: 'no',
    why: 'the canary is Failed',
  });
  await desk.rollBack({ name: 'olga', roles: ['operator'] }, id, 'customers complain');
  expect(await answers()).toEqual([403, 403, 403, 403, 200]);
});

test('a hook of another canary, namespace or version, without its token or its canary, is not let through', async () => {
  const { call, desk, release } = await servedDesk({ webhooks: { flagger } });
  await desk.settled(await release());
  const cases: [string, object, number][] = [
    ['another canary', hook({ name: 'payments' }), 403],
    ['another namespace', hook({ namespace: 'kitchen' }), 403],
    ['another version', hook({ metadata: { token: secret, version: '9.9.9' } }), 403],
    ['no token', hook({ metadata: {} }), 401],
    ['a wrong token', hook({ metadata: { token: 'approved' } }), 401],
    ['no canary at all', { phase: 'Progressing' }, 400],
  ];
  for (const [what, json, status] of cases)
    expect([what, (await call(null, '/hooks/flagger/confirm-rollout', { json })).status]).toEqual([what, status]);
});

test('a web metric of Argo reads the gates: 1 open, 0 failed, -1 where nobody can tell', async () => {
  const { call, desk, release, approve } = await servedDesk({ tokens });
  expect((await call('vera', '/hooks/argo')).json).toMatchObject({ release: null, value: -1 });
  const id = await release();
  await desk.settled(id);
  expect((await call('vera', '/hooks/argo?version=2.2.0')).json).toMatchObject({
    release: id,
    value: -1,
    gates: { security: { outcome: 'passed', value: 1 }, approval: { value: -1 } },
  });
  expect((await call('vera', '/hooks/argo?gate=security')).json).toMatchObject({ value: 1 });
  await approve(id);
  expect((await call('vera', '/hooks/argo')).json).toMatchObject({ release: id, value: 1 });
  expect(await call('vera', '/hooks/argo?gate=luck')).toMatchObject({ status: 400, json: { error: { code: 'BODY_INVALID' } } });
  expect(await call(null, '/hooks/argo')).toMatchObject({ status: 401 });
});

test('a hook that the configuration does not name is not there', async () => {
  const { call } = await servedDesk();
  for (const path of ['/hooks/github', '/hooks/alertmanager', '/hooks/flagger/rollback'])
    expect(await call(null, path, { json: {} })).toMatchObject({ status: 404, json: { error: { code: 'PATH_UNKNOWN' } } });
});
