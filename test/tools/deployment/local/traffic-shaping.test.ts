import { expect, test } from 'vitest';
import type { StagingConfigInput } from '../../../../src/catalog/config.js';
import { bodyOf, localEnvironment, until } from './fixtures/local-environment.js';

type Route = NonNullable<NonNullable<StagingConfigInput['rollout']>['route']>;

/** Stable v1 in blue, the candidate v2 (with these manners) in green, behind one proxy with these routes. */
const twoVersions = async (route: Route, ...manners: string[]) => {
  const { open, artifact } = await localEnvironment({}, { rollout: { route } });
  const deployment = open();
  const { proxyUrl } = await deployment.provision('staging', await artifact('v1'));
  await deployment.deployIdle('staging', await artifact('v2', ...manners));
  const shape = (weightPercent: number, mirrorPercent = 0) => deployment.shapeTraffic?.('staging', { weightPercent, mirrorPercent });
  const mirrored = () => deployment.observe('staging').find((one) => one.slot === 'green')?.mirrored;
  return { deployment, proxyUrl, shape, mirrored, artifact };
};

const answers = async (url: string, headers: Record<string, string>, count = 5): Promise<Set<string>> => {
  const seen = new Set<string>();
  for (let asked = 0; asked < count; asked += 1) seen.add(await (await fetch(url, { headers })).text());
  return seen;
};

/** A visitor who keeps the cookies that it is given. */
const visitor = (url: string) => {
  let cookie = '';
  return async (): Promise<string> => {
    const response = await fetch(url, cookie === '' ? {} : { headers: { cookie } });
    const given = response.headers.getSetCookie();
    if (given.length > 0) cookie = given.map((one) => one.split(';')[0]).join('; ');
    return response.text();
  };
};

const beta = { match: [{ headerName: 'X-Group', headerValue: { exact: 'beta' } }] };

test('a request that a route names always reaches the candidate while a rollout is on, whatever the weight', async () => {
  const { shape, proxyUrl } = await twoVersions(beta);
  for (const weight of [0, 10]) {
    await shape(weight);
    expect(await answers(proxyUrl, { 'x-group': 'beta' }, 30)).toEqual(new Set(['v2']));
  }
  await shape(0);
  expect(await answers(proxyUrl, { 'x-group': 'alpha' }, 30)).toEqual(new Set(['v1']));
});

test.each<[string, Route['match'], Record<string, string>, boolean]>([
  ['a header by prefix', [{ headerName: 'x-app', headerValue: { prefix: 'ios/' } }], { 'x-app': 'ios/17' }, true],
  ['a header by prefix, and it has another', [{ headerName: 'x-app', headerValue: { prefix: 'ios/' } }], { 'x-app': 'my-ios/17' }, false],
  ['a header by expression', [{ headerName: 'x-id', headerValue: { regex: '\\d+[02468]' } }], { 'x-id': '1234' }, true],
  ['a header by expression, which must fit all of it', [{ headerName: 'x-id', headerValue: { regex: '1|2' } }], { 'x-id': '12' }, false],
  ['a cookie', [{ cookieName: 'canary', cookieValue: { exact: 'always' } }], { cookie: 'a=1; canary=always' }, true],
  ['a cookie whose name only ends so', [{ cookieName: 'canary', cookieValue: { exact: 'always' } }], { cookie: 'no-canary=always' }, false],
  ['the second rule', [...beta.match, { cookieName: 'c', cookieValue: { prefix: 'y' } }], { cookie: 'c=yes' }, true],
])('a route names %s', async (_, match, headers, reaches) => {
  const { shape, proxyUrl } = await twoVersions({ match: match ?? [] });
  await shape(0);
  expect(await answers(proxyUrl, headers)).toEqual(new Set([reaches ? 'v2' : 'v1']));
});

test('no route holds before a rollout, after traffic was sent back, or after a switch', async () => {
  const { deployment, shape, proxyUrl, artifact } = await twoVersions(beta);
  const betaSees = async () => [...(await answers(proxyUrl, { 'x-group': 'beta' }))];
  expect(await betaSees()).toEqual(['v1']);
  await shape(10);
  await deployment.setWeight('staging', 0);
  expect(await betaSees()).toEqual(['v1']);
  await shape(100);
  await deployment.switchActive('staging');
  expect(await betaSees()).toEqual(['v2']);
  await deployment.deployIdle('staging', await artifact('v3'));
  expect(await betaSees()).toEqual(['v2']);
});

test('a visitor whom a route names is answered by the stable version when the candidate hangs up', async () => {
  const { shape, proxyUrl } = await twoVersions(beta, 'hangs-up');
  await shape(0);
  expect(await answers(proxyUrl, { 'x-group': 'beta' })).toEqual(new Set(['v1']));
});

test('one cookie jar gets one version for 200 requests while the weight holds', async () => {
  const { shape, proxyUrl } = await twoVersions({ sessionAffinity: {} });
  await shape(40);
  const versions = await Promise.all(
    Array.from({ length: 10 }, async () => {
      const ask = visitor(proxyUrl);
      const seen = new Set<string>();
      for (let asked = 0; asked < 200; asked += 1) seen.add(await ask());
      return [...seen];
    }),
  );
  expect(versions.filter((seen) => seen.length !== 1)).toEqual([]);
  expect(new Set(versions.flat())).toEqual(new Set(['v1', 'v2']));
});

test.each([5, 20, 50])('at a weight of %i percent that share of new visitors goes to the candidate', async (weight) => {
  const { shape, proxyUrl } = await twoVersions({ sessionAffinity: {} });
  await shape(weight);
  const seen: string[] = [];
  for (let visitors = 0; visitors < 400; visitors += 1) seen.push(await bodyOf(proxyUrl));
  const share = seen.filter((version) => version === 'v2').length / 4;
  expect(Math.abs(share - weight)).toBeLessThanOrEqual(1);
});

test('while the weight rises, visitors only move to the candidate, and at the end all have', async () => {
  const { shape, proxyUrl } = await twoVersions({ sessionAffinity: {} });
  const visitors = Array.from({ length: 40 }, () => visitor(proxyUrl));
  const paths = visitors.map(() => '');
  for (const weight of [10, 30, 60, 100]) {
    await shape(weight);
    for (const [at, ask] of visitors.entries()) paths[at] += (await ask()) === 'v2' ? '2' : '1';
  }
  expect(paths.filter((path) => !/^1*2+$/.test(path))).toEqual([]);
  expect(new Set(paths.map((path) => path.indexOf('2')))).toEqual(new Set([0, 1, 2, 3]));
});

test('the cookie stands beside those of the service, lasts as long as was configured, and is given once', async () => {
  const { shape, proxyUrl } = await twoVersions({ sessionAffinity: { cookieName: 'ab', maxAgeMs: 60_000 } });
  await shape(50);
  const given = (await fetch(`${proxyUrl}/cookie`)).headers.getSetCookie();
  expect(given).toEqual(['a=1', 'b=2', expect.stringMatching(/^ab=\d{1,4}; Path=\/; Max-Age=60; HttpOnly; SameSite=Lax$/)]);
  const again = await fetch(`${proxyUrl}/cookie`, { headers: { cookie: given.map((one) => one.split(';')[0]).join('; ') } });
  expect(again.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
});

test('a cookie that is no number of ours is replaced', async () => {
  const { shape, proxyUrl } = await twoVersions({ sessionAffinity: { cookieName: 'ab' } });
  await shape(50);
  const { headers } = await fetch(proxyUrl, { headers: { cookie: 'ab=../../etc' } });
  expect(headers.getSetCookie()).toHaveLength(1);
});

test('no cookie is given while everybody gets the same version', async () => {
  const { shape, proxyUrl } = await twoVersions({ sessionAffinity: {} });
  for (const weight of [0, 100]) {
    await shape(weight);
    expect((await fetch(proxyUrl)).headers.getSetCookie()).toEqual([]);
  }
});

test('a mirror copies its share of the safe requests, whose answers reach nobody and are counted apart', async () => {
  const { deployment, shape, proxyUrl, mirrored } = await twoVersions({}, 'fails-after-4');
  await shape(0, 50);
  expect(await answers(proxyUrl, {}, 20)).toEqual(new Set(['v1']));
  await until(() => (mirrored()?.requests ?? 0) >= 10);
  expect(mirrored()).toMatchObject({ requests: 10, errors: 6 });
  expect(await deployment.counters('staging')).toEqual({ requests: 20, dropped: 0, errorsBySlot: { blue: 0, green: 0 } });
});

test('a POST, and a GET with a body, are never copied', async () => {
  const { shape, proxyUrl, mirrored } = await twoVersions({});
  await shape(0, 100);
  for (let sent = 0; sent < 5; sent += 1) await fetch(`${proxyUrl}/echo`, { method: 'POST', body: 'once' });
  await fetch(proxyUrl, { method: 'HEAD' });
  await until(() => (mirrored()?.requests ?? 0) >= 1);
  expect(mirrored()?.requests).toBe(1);
});

test.each(['hangs-up', 'sleeps', 'crashes-after-3'])('visitors notice nothing of a mirror that %s', async (manner) => {
  const { deployment, shape, proxyUrl } = await twoVersions({}, manner);
  await shape(0, 100);
  expect(await answers(proxyUrl, {}, 100)).toEqual(new Set(['v1']));
  expect(await deployment.counters('staging')).toEqual({ requests: 100, dropped: 0, errorsBySlot: { blue: 0, green: 0 } });
});

test('a copy says that it is one, and a request that the candidate answers is not copied', async () => {
  const { shape, proxyUrl, mirrored } = await twoVersions(beta);
  await shape(0, 100);
  await answers(proxyUrl, { 'x-group': 'beta' }, 5);
  await answers(proxyUrl, {}, 1);
  await until(() => (mirrored()?.requests ?? 0) >= 1);
  expect(mirrored()?.requests).toBe(1);
});
