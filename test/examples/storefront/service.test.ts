import { readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findProgram, runCommand } from '../../../src/tools/processes.js';
import { checkOut, errorsOf, start, testRepository } from './checkout.js';

afterAll(() => rmSync(testRepository(), { recursive: true, force: true }));

const chromium = await findProgram('chromium', '/');

test('v2.2.0 with both features passes its suites and logs no error', async () => {
  const folder = await checkOut('v2.2.0', ['wishlist', 'fast-checkout']);
  const shop = await start(folder);
  const kinds = ['unit', 'integration', 'api', 'regression', 'smoke', ...(chromium === null ? [] : ['ui'])];
  for (const kind of kinds) {
    const report = join(folder, 'reports', `${kind}.xml`);
    const run = await runCommand({
      command: ['node', 'scripts/run-suite.mjs', kind, '--report', report, '--url', shop.url],
      cwd: folder,
      timeoutMs: 20_000,
    });
    expect(run.exitCode, run.output).toBe(0);
    expect(readFileSync(report, 'utf8')).toMatch(/<testsuites [^>]*tests="[1-9]\d*" failures="0" errors="0"/);
  }
  expect(errorsOf(shop)).toEqual([]);
});

test('the build is reproducible and its rules find what they name', async () => {
  const folder = await checkOut('v2.2.0');
  const build = () => runCommand({ command: ['node', 'scripts/build.mjs'], cwd: folder, timeoutMs: 20_000 });
  const outputs = () => ['build-info.json', 'reports/lint.sarif'].map((file) => readFileSync(join(folder, file), 'utf8'));
  expect((await build()).exitCode).toBe(0);
  const first = outputs();
  await build();
  expect(outputs()).toEqual(first);
  const scan = [
    "import { scanSources } from './scripts/source-rules.mjs';",
    "const text = 'eval(x)\\nSELECT * FROM t WHERE a = ${b}\\nrejectUnauthorized: false';",
    "console.log(scanSources([{ file: 'src/a.mjs', text }]).map((found) => `${found.rule.id}:${found.line}`).join());",
  ];
  const { output } = await runCommand({ command: ['node', '--input-type=module', '-e', scan.join('\n')], cwd: folder, timeoutMs: 10_000 });
  expect(output.trim()).toBe('no-eval:1,no-built-sql:2,no-tls-off:3');
});

test.each([
  ['an unknown method', 'BREW / HTTP/1.1\r\nhost: shop\r\n\r\n', 405],
  ['TRACE', 'TRACE / HTTP/1.1\r\nhost: shop\r\n\r\n', 405],
  ['CONNECT', 'CONNECT elsewhere:1 HTTP/1.1\r\nhost: shop\r\n\r\n', 405],
  ['a missing host', 'GET / HTTP/1.1\r\n\r\n', 400],
  ['an encoded traversal', 'GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nhost: shop\r\n\r\n', 404],
  ['a broken header', 'GET / HTTP/1.1\r\nhost shop\r\n\r\n', 400],
  ['broken JSON', 'POST /api/cart HTTP/1.1\r\nhost: shop\r\ncontent-type: application/json\r\ncontent-length: 1\r\n\r\n{', 400],
])('%s is refused with the security headers', async (_what, request, status) => {
  const shop = await start(await checkOut('v2.2.0'));
  const answer = await answerTo(shop.url, request);
  expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  for (const header of ['x-content-type-options', 'content-security-policy', 'x-frame-options', 'referrer-policy'])
    expect(answer).toContain(`${header}: `);
});

test('SIGTERM lets a request in flight finish', async () => {
  const shop = await start(await checkOut('v2.2.0'));
  const socket = connect(Number(new URL(shop.url).port), '127.0.0.1');
  const answer = new Promise<string>((done) => socket.once('data', (data) => done(String(data))));
  socket.write('POST /api/cart HTTP/1.1\r\nhost: shop\r\ncontent-type: application/json\r\ncontent-length: 15\r\n\r\n{"productId"');
  await expect.poll(() => fetch(`${shop.url}/healthz`).then((response) => response.status)).toBe(200);
  const stopped = shop.stop();
  await expect
    .poll(() =>
      fetch(shop.url).then(
        () => 'open',
        () => 'closed',
      ),
    )
    .toBe('closed');
  socket.write(':3}');
  expect(await answer).toMatch(/^HTTP\/1\.1 200 /);
  await stopped;
  expect(await shop.ended).toBe(0);
});

/** What the shop sends back to raw bytes within its first answer. */
const answerTo = (url: string, request: string): Promise<string> =>
  new Promise((done, failed) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(request));
    socket.once('error', failed).once('data', (data) => {
      done(String(data));
      socket.destroy();
    });
  });
