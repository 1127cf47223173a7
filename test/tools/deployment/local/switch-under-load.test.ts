import autocannon from 'autocannon';
import { test } from 'vitest';
import { clock, localEnvironment } from './fixtures/local-environment.js';

test.concurrent(
  'no request fails while versions are deployed, weighted, switched and retired under 50 connections',
  { timeout: 20_000 },
  async ({ expect, onTestFinished }) => {
    const { open, artifact } = await localEnvironment({}, {}, onTestFinished);
    const deployment = open();
    const { proxyUrl } = await deployment.provision('staging', await artifact('v0'));
    const versions = await Promise.all(['v1', 'v2', 'v3', 'v4', 'v5', 'v6', 'v7', 'v8'].map((version) => artifact(version)));

    let switches = 0;
    let running = true;
    const load = autocannon({ url: proxyUrl, connections: 50, duration: 4, requests: [{ path: '/' }, { path: '/slow?ms=100' }] }).then(
      (result) => {
        running = false;
        return result;
      },
    );
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
  },
);

test.concurrent(
  'no request fails when a candidate that takes half of the traffic is killed',
  { timeout: 20_000 },
  async ({ expect, onTestFinished }) => {
    const { open, artifact } = await localEnvironment({}, {}, onTestFinished);
    const deployment = open();
    const { proxyUrl } = await deployment.provision('staging', await artifact('v1'));
    await deployment.deployIdle('staging', await artifact('v2'));
    await deployment.setWeight('staging', 50);

    const load = autocannon({ url: proxyUrl, connections: 20, duration: 2, requests: [{ path: '/' }, { path: '/slow?ms=50' }] });
    await clock.sleep(700);
    process.kill(deployment.observe('staging')[1]?.pid ?? 0, 'SIGKILL');
    const result = await load;

    expect({ non2xx: result.non2xx, errors: result.errors, timeouts: result.timeouts }).toEqual({ non2xx: 0, errors: 0, timeouts: 0 });
    const { dropped, errorsBySlot } = await deployment.counters('staging');
    expect(dropped).toBe(0);
    expect(errorsBySlot.blue).toBe(0);
    expect(errorsBySlot.green).toBeGreaterThan(0);
  },
);
