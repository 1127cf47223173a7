import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { command, folderWith, simulatedService } from '../support/command.js';
import { recordedKinds } from '../../src/catalog/server-config.js';
import { servedDesk, tokenOf } from '../support/served-desk.js';
import { off, tinyService } from '../support/tiny-service.js';

/** One secret for each place that outside text comes from, so that a leak says where it came from. */
const planted = (place: string): string => ['sk', 'live', place.padEnd(8, 'x'), 'q7LwXz0PbV3mK9sTn4Ry'].join('-');
/** A secret that no shape gives away: only the configuration says that it is one. */
const declared = 'an ordinary sentence nobody would suspect';

const serviceOf = (log: string, body: string, label: string) => `import { createServer } from 'node:http';
const headers = { 'x-content-type-options': 'nosniff', 'content-security-policy': "default-src 'none'" };
console.log('starting with ${log} and ' + process.env.MARKER);
createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://x');
  if (request.method !== 'GET') return response.writeHead(405, headers).end();
  if (pathname === '/metrics') return response.writeHead(200, headers).end('# TYPE visits counter\\nvisits{key="${label}"} 1\\n');
  response.writeHead(['/', '/healthz'].includes(pathname) ? 200 : 404, headers).end('${body}');
}).listen(Number(process.env.PORT), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
`;

const runner = (text: string) => `import { writeFileSync } from 'node:fs';
console.log('${text}', '${declared}');
const failure = '<failure message="expected ${text}">got ${text}, ${declared}</failure>';
writeFileSync(process.argv[2], '<testsuites><testsuite name="a"><testcase classname="a" name="${text}">' + failure + '</testcase></testsuite></testsuites>');
process.exit(1);
`;

const filesBelow = async (folder: string, without: readonly string[]): Promise<string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !without.some((part) => relative(folder, path).split('/').includes(part)));
};

/** What a version was released with has to be there again when it is started again: in files that only their owner reads. */
const configurations = 'configurations';

/** Every file that we wrote and every text that we gave, in which something that was planted stands. */
const leaks = async (folder: string, texts: Record<string, string>): Promise<string[]> => {
  const secrets = [declared, 'q7LwXz0PbV3mK9sTn4Ry'];
  const found = Object.entries(texts);
  for (const path of await filesBelow(folder, ['artifacts', 'worktrees', 'repositories', configurations]))
    found.push([relative(folder, path), await readFile(path, 'latin1')]);
  return found.flatMap(([name, text]) =>
    secrets
      .filter((secret) => text.includes(secret))
      .map((secret) => `${name}: …${text.slice(Math.max(0, text.indexOf(secret) - 80), text.indexOf(secret) + 40)}…`),
  );
};

test(
  'no secret that comes from a request, a commit, a log, a metric, a health answer, a test or the configuration is kept or shown',
  { timeout: 300_000 },
  async () => {
    const { unit_tests: _unit, ...rest } = off;
    const tiny = await tinyService('node', {
      service: {
        start: { command: ['node', 'service.mjs'], readyMs: 5_000, env: { SERVICE_TOKEN: planted('config'), MARKER: declared } },
        metrics: '/metrics',
      },
      suites: [{ name: 'unit', kind: 'unit', command: ['node', 'run-tests.mjs', '{report}'] }],
      gates: { off: rest },
      secrets: ['MARKER'],
      approvers: ['owner'],
    });
    await tiny.commit(
      `Third, with ${planted('commit')}`,
      { 'service.mjs': serviceOf(planted('log'), planted('health'), planted('label')), 'run-tests.mjs': runner(planted('test')) },
      'v1.2.0',
    );
    const run = (...args: string[]) => command(args, { cwd: tiny.folder, env: { MARKER: declared, SHOP_PASSWORD: planted('environ') } });
    const released = await run('release', `ship tiny v1.2.0 to staging, the api_key=${planted('request')} is for you`, '--json');
    const id = (JSON.parse(String(released.stdout)) as { release: string }).release;
    const flag = await run('flags', 'off', 'wishlist', '--as', 'owner', '--why', `because of ${planted('flag')}`);
    const texts: Record<string, string> = {
      'release: stdout': String(released.stdout),
      'release: stderr': String(released.stderr),
      flag: String(flag.stdout),
    };
    for (const look of [
      ['report', id],
      ['report', id, '--html', 'report.html'],
      ['explain', id],
      ['board', id],
      ['status', id],
      ['flags', 'list'],
    ]) {
      const { stdout, stderr } = await run(...look);
      texts[look.join(' ')] = `${String(stdout)}${String(stderr)}`;
    }
    const page = join(tiny.folder, 'report.html'); // drawn where the page is built
    if (existsSync(page)) texts['report.html'] = await readFile(page, 'utf8');
    expect(await leaks(join(tiny.folder, '.staging'), texts)).toEqual([]);
    const kept = (await filesBelow(join(tiny.folder, '.staging'), [])).filter((path) => path.split('/').includes(configurations));
    expect(kept.map((path) => statSync(path).mode & 0o777)).toEqual(kept.map(() => 0o600));
    expect(texts['release: stdout']).toContain('[redacted]');
    expect(String((await run('verify', id)).stdout)).not.toMatch(/was changed|is missing/);
  },
);

test('no secret that comes from a webhook, a sentence or a wrong body is kept, answered, told to an address or journaled', async () => {
  const heard: string[] = [];
  const receiver = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => heard.push(String(chunk)));
    request.on('end', () => response.end());
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void receiver.close());
  await once(receiver, 'listening');
  const address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  process.env['TEST_ALERT_SECRET'] = 'alertmanager-0123456789abcdef';
  process.env['TEST_MARKER'] = declared;
  const server = {
    tokens: ['vera:viewer', 'rita:requester', 'owner:approver', 'olga:operator'].map((pair) => {
      const [name = '', role = ''] = pair.split(':');
      return { name, roles: [role], secret: { env: `TEST_TOKEN_${name.toUpperCase()}` } };
    }),
    webhooks: { alertmanager: { secret: { env: 'TEST_ALERT_SECRET' }, alerts: [{ labels: { service: 'shop' } }] } },
    notifications: [{ url: address, events: [...recordedKinds] }],
  };
  const folder = await folderWith({ ...simulatedService, secrets: ['TEST_MARKER'], server });
  const { call, desk } = await servedDesk({}, { folder });
  const answers: Record<string, string> = {};
  const ask = async (name: string, ...given: Parameters<typeof call>) => (answers[name] = (await call(...given)).text);
  await ask('unclear', 'rita', '/api/releases', { json: { request: `ship ${planted('unclear')} please, ${declared}` } });
  await ask('wrong body', 'rita', '/api/releases', { json: { [planted('body')]: declared } });
  await ask('unknown path', 'rita', `/api/releases/${planted('path')}`);
  const request = `ship storefront v2.2.0 to staging, password: ${planted('request')} (${declared}), promote it if it is healthy`;
  await ask('request', 'rita', '/api/releases', { json: { request } });
  await ask('alert', null, '/hooks/alertmanager', {
    json: {
      alerts: [
        {
          status: 'firing',
          labels: { service: 'shop', alertname: planted('alert') },
          annotations: { summary: `${planted('summary')} ${declared}` },
          startsAt: 'now',
        },
      ],
    },
    headers: { authorization: 'Bearer alertmanager-0123456789abcdef' },
  });
  const id = (JSON.parse(answers['request'] ?? '{}') as { release: string }).release;
  expect(id).toMatch(/^[0-9a-f]{8}$/);
  await desk.settled(id);
  await desk.rollBack({ name: 'olga', roles: ['operator'] }, id, `because of ${planted('reason')} and ${declared}`).catch(() => undefined);
  await desk.settled(id);
  for (const path of ['', '/journal', '/explain', '/report', '/board']) await ask(path, 'vera', `/api/releases/${id}${path}`);
  const { reason } = await desk.summary({ name: 'vera', roles: ['viewer'] }, id); // the alert may have come when traffic was on, and ended it before
  expect(reason).toMatch(/because of \[redacted\] and \[redacted\]|^\[redacted\]: \[redacted\] \[redacted\]/);
  await expect.poll(() => heard.join('\n'), { timeout: 10_000 }).toContain(reason); // the last that is told
  expect(await leaks(folder, { ...answers, 'notifications out': heard.join('\n') })).toEqual([]);
  expect(Object.values(answers).join('')).not.toContain(tokenOf('rita'));
});
