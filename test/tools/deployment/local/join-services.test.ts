import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { configSchema } from '../../../../src/catalog/config.js';
import { joinServices } from '../../../../src/tools/deployment/local/join-services.js';
import { openLocalDeployment, type LocalDeployment } from '../../../../src/tools/deployment/local/open-local-deployment.js';
import { sendTrafficBack } from '../../../../src/tools/deployment/send-traffic-back.js';
import { bodyOf, clock, localEnvironment } from './fixtures/local-environment.js';

const names = ['payments', 'shop'];

/** Two services of real processes behind real proxies, and each of them alone as well. */
const twoServices = async () => {
  const { stateDir, artifact } = await localEnvironment();
  const start = { command: [process.execPath, 'service.mjs', '{port}'], readyMs: 3_000 };
  const open = () => {
    const addresses: Record<string, string> = {};
    const alone = names.map((service) => {
      const config = configSchema.parse({ approvers: ['ada'], service: { name: service, start } });
      return { service, deployment: openLocalDeployment({ config, stateDir: join(stateDir, service), clock }) };
    });
    const joined = joinServices({
      ...{ first: 'shop', members: alone, stateDir },
      onAddress: (environment, service, url) => void (addresses[`${environment} ${service}`] = url),
    });
    onTestFinished(() => joined.close());
    const [payments, shop] = alone.map(({ deployment }) => deployment) as [LocalDeployment, LocalDeployment]; // two names
    const serving = () => Promise.all(names.map((service) => bodyOf(addresses[`staging ${service}`] ?? '')));
    return { joined, payments, shop, serving };
  };
  const both = async (shop: string, payments: string) => ({
    ...(await artifact(shop)),
    services: [{ service: 'payments', ...(await artifact(payments)) }],
  });
  return { open, both, artifact };
};

test('what was released together is switched together, and goes back in one call', async () => {
  const { open, both } = await twoServices();
  const { joined, serving } = open();
  const stable = await both('s1', 'p1');
  expect(await joined.provision('staging', stable)).toMatchObject({ ready: true, services: [{ name: 'shop' }, { name: 'payments' }] });
  expect(await joined.deployIdle('staging', await both('s2', 'p2'))).toMatchObject({
    ...{ version: 's2', slot: 'green', healthy: true },
    services: [{ service: 'payments', version: 'p2', healthy: true }],
  });
  expect(await serving()).toEqual(['p1', 's1']);
  await joined.setWeight('staging', 100);
  expect(await serving()).toEqual(['p2', 's2']);
  await joined.switchActive('staging');
  expect(await serving()).toEqual(['p2', 's2']);
  expect(await sendTrafficBack(joined, 'staging', 'green')).toBeNull();
  expect(await serving()).toEqual(['p1', 's1']);
});

test('a release of the first alone leaves the other where it is, and the next of both goes on from crossed slots', async () => {
  const { open, both, artifact } = await twoServices();
  const { joined, serving } = open();
  await joined.provision('staging', await both('s1', 'p1'));
  await joined.deployIdle('staging', await artifact('s2'));
  await joined.setWeight('staging', 100);
  await joined.switchActive('staging');
  expect(await serving()).toEqual(['p1', 's2']);
  const { slot } = await joined.deployIdle('staging', await both('s3', 'p3'));
  expect(slot).toBe('blue');
  await joined.setWeight('staging', 100);
  await joined.switchActive('staging');
  expect(await serving()).toEqual(['p3', 's3']);
  await sendTrafficBack(joined, 'staging', slot);
  expect(await serving()).toEqual(['p1', 's2']);
});

test.each(['payments', 'shop'] as const)('killed after %s alone was switched, both serve what the first serves', async (only) => {
  const { open, both } = await twoServices();
  const before = open();
  const stable = await both('s1', 'p1');
  await before.joined.provision('staging', stable);
  await before.joined.deployIdle('staging', await both('s2', 'p2'));
  await before[only].switchActive('staging');
  await before.joined.close();
  const { joined, serving } = open();
  await joined.provision('staging', stable);
  expect(await serving()).toEqual(only === 'shop' ? ['p2', 's2'] : ['p1', 's1']);
  await sendTrafficBack(joined, 'staging', 'green');
  expect(await serving()).toEqual(['p1', 's1']);
});

test('where one of them does not answer, none is switched', async () => {
  const { open, both, artifact } = await twoServices();
  const { joined, payments, serving } = open();
  await joined.provision('staging', await both('s1', 'p1'));
  await joined.deployIdle('staging', await both('s2', 'p2'));
  await payments.retireIdle('staging', 0);
  await expect(joined.switchActive('staging')).rejects.toThrow('the green slot of payments is empty');
  expect(await serving()).toEqual(['p1', 's1']);
  const ill = { ...(await artifact('s3')), services: [{ service: 'payments', ...(await artifact('p3', 'dies')) }] };
  expect(await joined.deployIdle('staging', ill)).toMatchObject({ healthy: false });
});
