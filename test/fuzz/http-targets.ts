import { createHmac } from 'node:crypto';
import { OpenAPIHono } from '@hono/zod-openapi';
import { errorTable, StagingError } from '../../src/catalog/errors.js';
import { configSchema } from '../../src/catalog/config.js';
import type { ReleaseDesk } from '../../src/desk/desk-contract.js';
import { storefront } from '../../src/scenario/storefront.js';
import { alertmanagerHook } from '../../src/server/hooks/alertmanager.js';
import { argoHook } from '../../src/server/hooks/argo.js';
import { flaggerHook } from '../../src/server/hooks/flagger.js';
import { githubHook } from '../../src/server/hooks/github.js';
import { openAttempts } from '../../src/server/attempts.js';
import { openDoorkeeper } from '../../src/server/doorkeeper.js';
import { createServerApp } from '../../src/server/create-server-app.js';
import { systemClock } from '../../src/tools/system-clock.js';
import type { Target } from './targets.js';

const secret = 'a-secret-of-the-hooks';
const unknown = (): never => {
  throw new StagingError('RELEASE_UNKNOWN', 'Failed to find the release: there is none.');
};
/** A desk at which nothing lies: what is fuzzed stands before it. */
const desk = {
  config: configSchema.parse(storefront),
  simulated: true,
  list: () => [],
  history: () => unknown(),
  ...Object.fromEntries(['summary', 'get', 'view', 'journal', 'evidence', 'explain', 'question', 'ask'].map((name) => [name, unknown])),
  ...Object.fromEntries(['request', 'decide', 'resume', 'rollBack', 'cancel'].map((name) => [name, async () => unknown()])),
  alert: async () => undefined,
  follow: () => () => undefined,
  span: () => ({ from: 0, to: 0 }),
} as unknown as ReleaseDesk; // a desk of which the paths here ask no more
const caller = { name: 'rita', roles: ['viewer', 'requester', 'approver', 'operator'] } as const;
const doorkeeper = openDoorkeeper(
  { callerOf: (authorization) => (authorization === `Bearer ${secret}` ? caller : null) },
  openAttempts({ clock: systemClock, most: Infinity }), // a bound on guessing would keep the rest from being read
);
const once = async <T>(_: readonly string[], work: () => Promise<T>): Promise<T | null> => work();
const place = { env: 'HOOK' };
const hooks = new OpenAPIHono()
  .route('/', argoHook(desk, doorkeeper.callerOf))
  .route('/', githubHook(desk, { secret: place, requests: [{ event: 'release', target: 'staging', features: [] }] }, secret, { once }))
  .route('/', alertmanagerHook(desk, { secret: place, alerts: [{ labels: { severity: 'page' } }] }, secret, { once }))
  .route('/', flaggerHook(desk, { secret: place }, secret));
const defects: unknown[] = [];
const app = createServerApp(desk, {
  ...{
    version: '0.0.0',
    heartbeatMs: 60_000,
    stopping: new AbortController().signal,
    doorkeeper,
    hosts: [],
    maxBodyBytes: 50_000,
    report: () => unknown(),
    hooks,
  },
  onDefect: (error) => defects.push(error),
});

type Asked = { method: string; path: string; body?: unknown; headers?: Record<string, string> };

/** An answer of 500 is a defect of ours, and so is one that is not the answer to an error that the table has. */
const ask = async ({ method, path, body, headers }: Asked): Promise<void> => {
  const text = typeof body === 'string' ? body : JSON.stringify(body ?? null);
  const signature = `sha256=${createHmac('sha256', secret).update(text).digest('hex')}`;
  const request = requestOf(`http://127.0.0.1${path}`, {
    method,
    headers: { host: '127.0.0.1', authorization: `Bearer ${secret}`, 'content-type': 'application/json', 'x-hub-signature-256': signature, ...headers }, // prettier-ignore
    ...(method !== 'GET' && method !== 'HEAD' && { body: text }),
  });
  if (request === null) return;
  const answer = await app.request(request);
  const [defect] = defects.splice(0);
  if (answer.status >= 500) throw new Error(`${answer.status} for ${method} ${path}`, { cause: defect });
  if (answer.status < 400 || method === 'HEAD' || !answer.headers.get('content-type')?.includes('json')) return void answer.body?.cancel();
  const told = (await answer.json()) as { error?: { code: string }; answer?: string };
  if (told.answer !== 'no' && !(told.error && told.error.code in errorTable))
    throw new Error(`an answer of ${answer.status} without a code`);
};

/** What no client can send comes to no server. */
const requestOf = (url: string, init: RequestInit): Request | null => {
  try {
    return new Request(url, init);
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) return null;
    throw error;
  }
};

const http = (about: string, share: number, samples: readonly Asked[]): Target => ({
  about,
  share,
  samples,
  read: (asked: Asked) => ask(wellFormed(asked)),
});

/** The envelope stays a request, whatever became of its parts. */
const wellFormed = (asked: Partial<Asked> | null | undefined): Asked => ({
  method: typeof asked?.method === 'string' ? asked.method : 'POST',
  path: typeof asked?.path === 'string' ? `/${asked.path.replace(/^\/+/, '')}` : '/api/releases',
  ...(asked?.body !== undefined && { body: asked.body }),
  ...(typeof asked?.headers === 'object' && asked.headers !== null && { headers: asked.headers }),
});

const release = {
  action: 'published',
  repository: { full_name: 'acme/storefront' },
  sender: { login: 'rita' },
  release: { tag_name: 'v2.2.0' },
};
const alerts = { alerts: [{ status: 'firing', labels: { alertname: 'HighErrors', severity: 'page' }, annotations: { summary: 'it burns' }, startsAt: '2026-01-01T00:00:00Z', fingerprint: 'a1' }] }; // prettier-ignore
const canary = { name: 'storefront', namespace: 'shop', phase: 'Progressing', metadata: { token: secret, version: 'v2.2.0' } };
const digest = `sha256:${'a1'.repeat(32)}`;

export const httpTargets: Readonly<Record<string, Target>> = {
  'http api': http('HTTP API', 1.5, [
    { method: 'POST', path: '/api/releases', body: { request: 'ship storefront v2.2.0 to staging' } },
    { method: 'POST', path: '/api/releases/release-1/approve', body: { digest, comment: 'fine' } },
    { method: 'POST', path: '/api/releases/release-1/reject', body: { digest, comment: 'not before Monday' } },
    { method: 'POST', path: '/api/releases/release-1/rollback', body: { reason: 'slow' } },
    { method: 'GET', path: '/api/releases?limit=20' },
    { method: 'GET', path: '/api/releases/release-1/journal?from=3' },
    { method: 'GET', path: `/api/evidence/${digest}` },
    { method: 'GET', path: '/api/history', headers: { origin: 'http://127.0.0.1' } },
  ]),
  'webhook of GitHub': http('webhook of GitHub', 1.5, [
    { method: 'POST', path: '/hooks/github', body: release, headers: { 'x-github-event': 'release' } },
  ]),
  'webhook of Alertmanager': http('webhook of Alertmanager', 1.5, [{ method: 'POST', path: '/hooks/alertmanager', body: alerts }]),
  'webhook of Flagger': http('webhook of Flagger', 1.5, [{ method: 'POST', path: '/hooks/flagger/confirm-rollout', body: canary }]),
  'web metric of Argo': http('web metric of Argo', 1.5, [{ method: 'GET', path: '/hooks/argo?gate=security&version=v2.2.0' }]),
};
