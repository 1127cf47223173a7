import autocannon from 'autocannon';
import { expect, test } from 'vitest';
import { localEnvironment } from './fixtures/local-environment.js';

test('no request fails while versions are deployed, weighted, switched and retired under 50 connections', { timeout: 20_000 }, async () => {
  const { open, artifact } = await localEnvironment();
  const deployment = open();
  const { proxyUrl } = await deployment.provision('staging', await artifact('v0'));
  const versions = await Promise.all(['v1', 'v2', 'v3', 'v4', 'v5', 'v6', 'v7', 'v8'].map((version) => artifact(version)));

  let switches = 0;
  let running = true;
  const load = autocannon({ url: proxyUrl, connections: 50, duration: 4 }).then((result) => {
    running = false;
    return result;
  });
  for (const version of versions) {
    if (!running) break;
    const { healthy } = await deployment.deployIdle('staging', version);
    expect(healthy).toBe(true);
    await deployment.setWeight('staging', 50);
    await deployment.switchActive('staging');
    await deployment.retireIdle('staging', 2_000);
    switches += 1;
  }
  const result = await load;

  expect(switches).toBeGreaterThanOrEqual(3);
  expect(result['2xx']).toBeGreaterThan(1_000);
  expect({ non2xx: result.non2xx, errors: result.errors, timeouts: result.timeouts }).toEqual({ non2xx: 0, errors: 0, timeouts: 0 });
  expect(await deployment.counters('staging')).toMatchObject({ dropped: 0, errorsBySlot: { blue: 0, green: 0 } });
});
