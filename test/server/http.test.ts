import { request as httpRequest } from 'node:http';
import { readFile, stat } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { folderWith, simulatedService } from '../support/command.js';
import { servedDesk, tokenOf } from '../support/served-desk.js';

test('a release goes through over HTTP: asked, looked at, approved, promoted', async () => {
  const { call, desk } = await servedDesk();
  const asked = await call('rita', '/api/releases', {
    json: { request: 'ship storefront v2.2.0 to staging, promote it if it is healthy' },
  });
  expect(asked).toMatchObject({ status: 202, json: { kind: 'accepted', state: 'running' } });
  const id = String(asked.json['release']);
  await desk.settled(id);
  const at = `/api/releases/${id}`;
  const { question } = (await call('vera', `${at}/question`)).json as { question: { digest: string } };
  expect(await call('owner', `${at}/approve`, { json: { digest: question.digest, comment: 'looks good' } })).toMatchObject({ status: 202 });
  await desk.settled(id);
  expect((await call('vera', at)).json).toMatchObject({
    outcome: 'promoted',
    simulated: true,
    summary: { requestedBy: 'rita', state: 'ended' },
  });
  expect((await call('vera', '/api/releases')).json).toMatchObject({ releases: [{ release: id, outcome: 'promoted' }] });
  const { rows } = (await call('vera', `${at}/journal?from=3`)).json as {
    rows: { sequence: number; kind: string; value: { digest: string } }[];
  };
  expect(rows[0]?.sequence).toBe(3);
  const digest = rows.find((row) => row.kind === 'evidence')?.value.digest;
  expect(await call('vera', `${at}/evidence/${digest}`)).toMatchObject({ status: 200, json: { evidence: expect.anything() as unknown } });
  expect((await call('vera', `${at}/explain`)).json['text']).toContain('security gate: passed');
  expect(await call('vera', `${at}/report`)).toMatchObject({ status: 200, text: expect.stringContaining(id) as string });
  expect((await call('vera', '/api/ask', { json: { question: 'how did it go?' } })).json['text']).toContain('promoted');
  expect(await call('olga', `${at}/resume`, { json: {} })).toMatchObject({ status: 409, json: { error: { code: 'RELEASE_ENDED' } } });
});

test('evidence of another release is not found at this one', async () => {
  const { call, release, desk } = await servedDesk();
  const digests = async (id: string) => {
    const { rows } = (await call('vera', `/api/releases/${id}/journal`)).json as { rows: { kind: string; value: { digest: string } }[] };
    return rows.filter(({ kind }) => kind === 'evidence').map(({ value }) => value.digest);
  };
  const [one, other] = [await release('ship storefront v2.2.0 to staging'), await release('ship storefront v2.3.0 to staging')];
  await Promise.all([desk.settled(one), desk.settled(other)]);
  const known = await digests(one);
  const foreign = (await digests(other)).find((digest) => !known.includes(digest));
  expect(await call('vera', `/api/releases/${other}/evidence/${foreign}`)).toMatchObject({ status: 200 });
  expect(await call('vera', `/api/releases/${one}/evidence/${foreign}`)).toMatchObject({
    status: 404,
    json: { error: { code: 'EVIDENCE_UNKNOWN' } },
  });
});

test('what does not fit is refused with a status, a code and a remedy, and never with a stack', async () => {
  const { call, release, desk, said } = await servedDesk({ maxBodyBytes: 5_000 });
  const id = await release();
  await desk.settled(id);
  const at = `/api/releases/${id}`;
  const digest = (await desk.question({ name: 'vera', roles: [] }, id))?.digest ?? '';
  const cases: [number, string, Parameters<typeof call>][] = [
    [401, 'TOKEN_MISSING', [null, '/api/releases']],
    [401, 'TOKEN_MISSING', [null, '/api/releases', { headers: { authorization: 'Bearer token-of-vera-0123456780' } }]],
    [403, 'ROLE_MISSING', ['vera', '/api/releases', { json: { request: 'ship storefront v2.2.0' } }]],
    [403, 'ROLE_MISSING', ['rita', `${at}/approve`, { json: { digest } }]],
    [403, 'ROLE_MISSING', ['owner', `${at}/cancel`, { json: {} }]],
    [409, 'APPROVAL_STALE', ['owner', `${at}/approve`, { json: { digest: 'sha256:0' } }]],
    [400, 'BODY_INVALID', ['owner', `${at}/approve`, { json: {} }]],
    [400, 'BODY_INVALID', ['rita', '/api/releases', { json: { request: 'ship', approve: true } }]],
    [400, 'BODY_INVALID', ['rita', '/api/releases', { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } }]],
    [400, 'BODY_INVALID', ['rita', '/api/releases', { method: 'POST', body: 'request=ship', headers: { 'content-type': 'text/plain' } }]],
    [413, 'BODY_TOO_LARGE', ['rita', '/api/releases', { json: { request: 'x'.repeat(6_000) } }]],
    [404, 'RELEASE_UNKNOWN', ['vera', '/api/releases/nothing']],
    [404, 'RELEASE_UNKNOWN', ['vera', '/api/releases/nothing/events']],
    [404, 'EVIDENCE_UNKNOWN', ['vera', `${at}/evidence/sha256:${'0'.repeat(64)}`]],
    [404, 'PATH_UNKNOWN', ['vera', '/api/elsewhere']],
    [403, 'HOST_REFUSED', ['vera', '/api/releases', { headers: { origin: 'https://evil.example' } }]],
    [403, 'HOST_REFUSED', ['vera', '/api/releases', { headers: { origin: 'null' } }]],
  ];
  for (const [status, code, args] of cases) {
    const reply = await call(...args);
    expect(said).toEqual([]);
    expect([args[1], reply.status, (reply.json['error'] as { code: string } | undefined)?.code]).toEqual([args[1], status, code]);
    expect(reply.json['error']).toMatchObject({
      message: expect.stringMatching(/^Failed to /) as string,
      remedy: expect.any(String) as string,
    });
    expect(reply.text).not.toMatch(/\n\s+at |node_modules/);
  }
  expect((await desk.question({ name: 'vera', roles: [] }, id))?.digest).toBe(digest);
});

test('a name that somebody has pointed at this machine is refused, and one that the configuration names is not', async () => {
  const { url } = await servedDesk({ hosts: ['releases.example'] });
  const statusAs = (host: string) =>
    new Promise<number>((resolve, reject) => {
      httpRequest(`${url}/healthz`, { headers: { host } }, (response) => resolve(response.resume().statusCode ?? 0))
        .on('error', reject)
        .end();
    });
  expect(await statusAs('rebound.example:80')).toBe(403);
  expect(await statusAs('releases.example')).toBe(200);
});

test('the description of the API is OpenAPI 3.1: every path with its answers, every reference with its schema', async () => {
  const { call } = await servedDesk();
  const { json } = await call(null, '/openapi.json');
  const document = json as {
    openapi: string;
    paths: Record<string, Record<string, { responses: object; security?: object[] }>>;
    components: Record<string, Record<string, unknown>>;
  };
  expect(document.openapi).toBe('3.1.0');
  const one = '/api/releases/{id}';
  expect(Object.keys(document.paths).sort()).toEqual(
    [
      ...[
        '/api/ask',
        '/api/events',
        '/api/releases',
        one,
        `${one}/answer`,
        `${one}/approve`,
        `${one}/cancel`,
        `${one}/events`,
        `${one}/evidence/{digest}`,
      ],
      ...[
        `${one}/explain`,
        `${one}/view`,
        '/api/history',
        `${one}/journal`,
        `${one}/question`,
        `${one}/reject`,
        `${one}/report`,
        `${one}/resume`,
        `${one}/rollback`,
        '/hooks/argo',
        '/healthz',
        '/metrics',
      ],
    ].sort(),
  );
  const { '/healthz': _open, ...guarded } = document.paths;
  for (const operation of Object.values(guarded).flatMap((path) => Object.values(path))) {
    expect(Object.keys(operation.responses)).toContain('401');
    expect(operation.security).toEqual([{ bearer: [] }]);
  }
  for (const [, kind = '', name = ''] of JSON.stringify(json).matchAll(/#\/components\/(\w+)\/(\w+)/g))
    expect(document.components[kind]?.[name]).toBeDefined();
});

test('without a configured token this machine gets one, in a file of its owner, and others are refused', async () => {
  const folder = await folderWith(simulatedService);
  const { generated, call, desk } = await servedDesk({}, { folder, as: 'owner' });
  const file = generated?.file ?? '';
  expect((await readFile(file, 'utf8')).trim()).toBe(generated?.token);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const bearer = { authorization: `Bearer ${generated?.token}` };
  expect(await call(null, '/api/releases', { headers: bearer })).toMatchObject({ status: 200 });
  expect(await call('olga', '/api/releases')).toMatchObject({ status: 401 });
  await desk.close();
  await expect(servedDesk({}, { folder, host: '0.0.0.0' })).rejects.toMatchObject({ code: 'TOKENS_NOT_CONFIGURED' });
});

test('a token that is missing where the configuration says it stands is named, and nothing is served', async () => {
  const config = { tokens: [{ name: 'vera', roles: ['viewer'], secret: { env: 'TEST_TOKEN_NOBODY' } }] };
  await expect(servedDesk(config)).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: 'Failed to read a secret: the environment variable TEST_TOKEN_NOBODY is not set or empty.',
  });
});

test('another door under its own path gets the request and who calls', async () => {
  const { call } = await servedDesk(
    {},
    {
      doors: (url) => [
        { path: '/mcp', handle: async (request, caller) => Response.json({ caller, said: await request.text() }) },
        { path: '/.well-known/agent-card.json', open: true, handle: () => Response.json({ url }) },
      ],
    },
  );
  expect(await call(null, '/mcp', { json: {} })).toMatchObject({ status: 401 });
  expect((await call('rita', '/mcp', { json: { a: 1 } })).json).toEqual({
    caller: { name: 'rita', roles: ['requester'], vouched: true },
    said: '{"a":1}',
  });
  expect(await call(null, '/.well-known/agent-card.json')).toMatchObject({
    status: 200,
    json: { url: expect.stringContaining('http://127.0.0.1:') as string },
  });
  expect(tokenOf('rita')).toContain('rita');
});
