import { mkdtempSync } from 'node:fs';
import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { startLog } from '../../src/server/log-lines.js';
import { healthOf } from '../../src/server/health-doors.js';
import { servedDesk } from '../support/served-desk.js';

test('a scraper sees releases by state and outcome, verdicts of gates and the DORA metrics, with a token only', async () => {
  const { call, release, approve } = await servedDesk();
  await approve(await release());
  expect(await call(null, '/metrics')).toMatchObject({ status: 401 });
  const { status, text, headers } = await call('vera', '/metrics');
  expect(status).toBe(200);
  expect(headers.get('content-type')).toContain('text/plain');
  const labels = 'service="storefront",simulated="true"';
  expect(text).toContain(`staging_releases{state="ended",outcome="promoted",${labels}} 1`);
  expect(text).toMatch(/staging_gate_verdicts_total\{gate="security",outcome="passed",.*\} [1-9]/);
  expect(text).toMatch(/staging_dora_deployments_per_day\{.*\} \d/);
  expect(text).toContain(`staging_queue_oldest_seconds{${labels}} 0`);
});

test('health says what is wrong, and 503: a disk that is nearly full, a state directory that is gone', async () => {
  const { desk, call } = await servedDesk();
  expect(await call(null, '/healthz')).toMatchObject({ status: 200, json: { status: 'ok', problems: [] } });
  expect(await healthOf(desk, Number.MAX_SAFE_INTEGER)).toMatchObject({
    status: 'failing',
    problems: [expect.stringContaining('MiB are free')],
  });
  const gone = { ...desk, stateDir: `${mkdtempSync('/tmp/gone-')}/not-there` };
  expect(await healthOf(gone)).toMatchObject({ status: 'failing', problems: [expect.stringContaining('cannot be seen')] });
});

test('the document names what a prober and a scraper ask', async () => {
  const { call } = await servedDesk();
  const { paths } = (await call(null, '/openapi.json')).json as { paths: Record<string, unknown> };
  expect(Object.keys(paths)).toEqual(expect.arrayContaining(['/healthz', '/metrics']));
});

test('every line of the log is JSON and names its release', async () => {
  const { desk, release, approve } = await servedDesk();
  let written = '';
  const log = startLog(
    desk,
    new Writable({
      write: (chunk, _, done) => {
        written += String(chunk);
        done();
      },
    }),
  );
  const id = await release();
  await approve(id);
  log.say(`somebody passed ${['sk', 'proj', 'Ab3dEf6hIj9kLmN0pQrS'].join('-')}`);
  log.stop();
  expect(written).toContain('"msg":"somebody passed [redacted]"');
  written = written.replace(/^.*somebody passed.*\n/m, '');
  const lines = written
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines.length).toBeGreaterThan(20);
  expect(lines.every((line) => line['release'] === id && line['service'] === 'storefront')).toBe(true);
  expect(new Set(lines.map((line) => line['kind']))).toEqual(new Set(['state', 'started', 'tool', 'settled', 'gate', 'weight', 'wait']));
});
