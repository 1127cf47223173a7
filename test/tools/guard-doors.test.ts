import { expect, test } from 'vitest';
import { openSimulatedPorts } from '../../src/scenario/simulated-world.js';
import { VirtualClock } from '../../src/scenario/virtual-clock.js';
import { sendTrafficBack } from '../../src/tools/deployment/send-traffic-back.js';
import { doorRows } from '../../src/tools/door-rows.js';
import { guardDoors } from '../../src/tools/guard-doors.js';
import type { Artifact, Clock, Ports } from '../../src/tools/ports.js';
import { systemClock } from '../../src/tools/system-clock.js';
import { simulatedConfig } from '../support/simulated-release.js';

const config = simulatedConfig({ doorLimits: { quickMs: 1_000, workMs: 5_000, retries: 2, retryAfterMs: 100 } });
const version = (name: string): Artifact => ({ version: name, digest: name, path: name });

/** The doors of a simulated world, with some of their methods replaced, behind the guard. */
const doors = (changed: (ports: Ports) => Partial<Ports> = () => ({})) => {
  const raw = openSimulatedPorts({ config, clock: new VirtualClock() });
  return { raw, ports: guardDoors({ ...raw, ...changed(raw) }, config) };
};
const deploymentWith = (method: (ports: Ports) => Partial<Ports['deployment']>) =>
  doors((ports) => ({ deployment: { ...ports.deployment, ...method(ports) } }));

const never = () => new Promise<never>(() => undefined);
/** On the virtual clock somebody has to pass the time in which no answer comes. */
const silentFor = (clock: Clock, ms: number) => async () => (await clock.sleep(ms), never());

test('an adapter that gives no answer is given up on in time, and the message says who, what and for how long', async () => {
  let asked = 0;
  const { ports } = deploymentWith(({ clock }) => ({ status: () => ((asked += 1), silentFor(clock, 60_000)()) }));
  const before = ports.clock.now();
  const error = await ports.deployment.status('staging').catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    code: 'ADAPTER_SILENT',
    message: 'Failed to hear from the simulated adapter: deployment.status(staging) gave no answer within 1 s.',
  });
  expect((error as { remedy: string }).remedy).toContain('doorLimits');
  expect(asked).toBe(3); // a look may be asked again
  expect(ports.clock.now() - before).toBe(3 * 60_000 + 100 + 200);
});

test('on a real clock, too, an answer that does not come is waited for no longer than the limit', async () => {
  const { raw } = doors();
  const quick = simulatedConfig({ doorLimits: { quickMs: 30, retries: 0 } });
  const shut: Ports = { ...raw, clock: systemClock, deployment: { ...raw.deployment, status: never } };
  const ports = guardDoors(shut, quick);
  const before = Date.now();
  await expect(ports.deployment.status('staging')).rejects.toMatchObject({ code: 'ADAPTER_SILENT' });
  expect(Date.now() - before).toBeLessThan(1_000);
});

test('what acts and is silent is not asked again: it may still be at work', async () => {
  let asked = 0;
  const { ports } = deploymentWith(({ clock }) => ({ setWeight: () => ((asked += 1), silentFor(clock, 60_000)()) }));
  await expect(ports.deployment.setWeight('staging', 10)).rejects.toMatchObject({ code: 'ADAPTER_SILENT' });
  expect(asked).toBe(1);
});

test.each(['ECONNREFUSED', 'ECONNRESET'])('a door that is shut for a moment (%s) is tried again', async (code) => {
  let left = 2;
  const { ports } = deploymentWith(({ deployment }) => ({
    status: (environment) =>
      left-- > 0 ? Promise.reject(Object.assign(new Error(`connect ${code}`), { code })) : deployment.status(environment),
  }));
  expect((await ports.deployment.status('staging')).environment).toBe('staging');
});

test('a door that stays shut is an error of the adapter, with its own words and its cause', async () => {
  const cause = new Error('connect ECONNREFUSED 127.0.0.1:9');
  const { ports } = deploymentWith(() => ({ status: () => Promise.reject(cause) }));
  await expect(ports.deployment.status('staging')).rejects.toMatchObject({
    code: 'ADAPTER_FAILED',
    message: 'Failed to call deployment.status(staging) of the simulated adapter: connect ECONNREFUSED 127.0.0.1:9.',
    cause,
  });
});

test.each([
  { error: Object.assign(new Error('EACCES: permission denied, open /srv/state'), { code: 'EACCES' }) },
  { error: Object.assign(new Error('Forbidden'), { status: 403 }) },
  { error: new Error('request failed', { cause: Object.assign(new Error('Unauthorized'), { statusCode: 401 }) }) },
])('a permission that is missing is for a person to give: $error.message', async ({ error }) => {
  let asked = 0;
  const { ports } = deploymentWith(() => ({ status: () => ((asked += 1), Promise.reject(error)) }));
  await expect(ports.deployment.status('staging')).rejects.toMatchObject({ code: 'ADAPTER_DENIED', actor: 'operator' });
  expect(asked).toBe(1);
});

test.each([
  ['half', (status: object) => Object.fromEntries(Object.entries(status).slice(0, 3)), 'activeSlot'],
  ['no object', () => 'ok', 'expected object'],
  [
    'of the other environment',
    (status: object) => ({ ...status, environment: 'production' }),
    'it is of production where staging was asked for',
  ],
  [
    'with one slot twice',
    (status: { slots: object[] }) => ({ ...status, slots: [status.slots[0], status.slots[0]] }),
    'each of the two slots',
  ],
])('an answer that is %s is not used', async (_, spoil, why) => {
  const { ports } = deploymentWith(({ deployment }) => ({
    status: async (environment) => spoil(await deployment.status(environment)) as never,
  }));
  await expect(ports.deployment.status('staging')).rejects.toMatchObject({
    code: 'ADAPTER_WRONG',
    message: expect.stringContaining(why) as string,
  });
});

test('samples that come twice and out of order are put in order, each once', async () => {
  const { raw, ports } = doors((world) => ({
    monitoring: {
      ...world.monitoring,
      samples: async (...asked) => {
        const found = await world.monitoring.samples(...asked);
        return [...found, ...found].reverse();
      },
    },
  }));
  await raw.deployment.provision('staging', version('v1'));
  const from = raw.clock.now();
  await raw.clock.sleep(600_000);
  const honest = await raw.monitoring.samples('staging', 'blue', from, raw.clock.now());
  expect(honest.length).toBeGreaterThan(3);
  expect(await ports.monitoring.samples('staging', 'blue', from, raw.clock.now())).toEqual(honest);
});

test('samples of another time are not used', async () => {
  const { raw, ports } = doors((world) => ({
    monitoring: {
      ...world.monitoring,
      samples: (environment, slot, from, to) => world.monitoring.samples(environment, slot, from - 600_000, to),
    },
  }));
  await raw.deployment.provision('staging', version('v1'));
  await raw.clock.sleep(1_200_000);
  await expect(ports.monitoring.samples('staging', 'blue', raw.clock.now() - 60_000, raw.clock.now())).rejects.toMatchObject({
    code: 'ADAPTER_WRONG',
  });
});

test.each([
  ['ends', 3_000, ['provision', 'provision ended', 'deployIdle']],
  ['never ends', 40, ['provision', 'deployIdle']],
])('what works long is not begun beside something that was given up waiting for, while that %s', async (_, quickMs, order) => {
  const seen: string[] = [];
  const { raw } = doors();
  const { deployment } = raw;
  const late: Ports = {
    ...raw,
    clock: systemClock,
    deployment: {
      ...deployment,
      provision: async (environment, stable) => {
        seen.push('provision');
        await new Promise((done) => setTimeout(done, 400));
        seen.push('provision ended');
        return deployment.provision(environment, stable);
      },
      deployIdle: (environment, artifact) => (seen.push('deployIdle'), deployment.deployIdle(environment, artifact)),
    },
  };
  const ports = guardDoors(late, simulatedConfig({ doorLimits: { quickMs, workMs: 50, retries: 0 } }));
  await expect(ports.deployment.provision('staging', version('v1'))).rejects.toMatchObject({ code: 'ADAPTER_SILENT' });
  expect((await ports.deployment.deployIdle('staging', version('v2'))).version).toBe('v2');
  expect(seen).toEqual(order);
});

test('a switch that comes after it was given up waiting for does not leave the traffic with the candidate', async () => {
  let finish: () => void = () => undefined;
  let first = true;
  const { raw, ports } = deploymentWith(({ deployment, clock }) => ({
    switchActive: async (environment, to) => {
      if (first) {
        first = false;
        await clock.sleep(60_000);
        await new Promise<void>((done) => (finish = done));
      }
      await deployment.switchActive(environment, to);
    },
  }));
  await ports.deployment.provision('staging', version('v1'));
  const { slot } = await ports.deployment.deployIdle('staging', version('v2'));
  await expect(ports.deployment.switchActive('staging', slot)).rejects.toMatchObject({ code: 'ADAPTER_SILENT' });
  expect(await sendTrafficBack(ports.deployment, 'staging', slot)).toBeNull();
  finish(); // now the switch of before happens
  await expect.poll(async () => (await raw.deployment.status('staging')).activeSlot).toBe(slot);
  await expect.poll(async () => (await raw.deployment.status('staging')).activeSlot).not.toBe(slot);
});

test('traffic is back when it was seen to be back, not when somebody said so', async () => {
  const { ports } = deploymentWith(() => ({ setWeight: () => Promise.resolve() }));
  await ports.deployment.provision('staging', version('v1'));
  const { slot } = await ports.deployment.deployIdle('staging', version('v2'));
  await ports.deployment.shapeTraffic?.('staging', { weightPercent: 50, mirrorPercent: 0 });
  await expect(sendTrafficBack(ports.deployment, 'staging', slot)).rejects.toMatchObject({
    code: 'ADAPTER_WRONG',
    remedy: expect.stringContaining('by hand') as string,
  });
});

test('one stale answer does not keep traffic with the candidate', async () => {
  let stale = false;
  const { raw, ports } = deploymentWith(({ deployment }) => ({
    status: async (environment) => {
      const status = await deployment.status(environment);
      if (!stale) return status;
      stale = false;
      return { ...status, activeSlot: status.activeSlot === 'blue' ? 'green' : 'blue' };
    },
  }));
  await ports.deployment.provision('staging', version('v1'));
  const { slot } = await ports.deployment.deployIdle('staging', version('v2'));
  await ports.deployment.switchActive('staging', slot);
  stale = true;
  await sendTrafficBack(ports.deployment, 'staging', slot);
  expect((await raw.deployment.status('staging')).activeSlot).not.toBe(slot);
});

test('guarding what is guarded changes nothing', () => {
  const { ports } = doors();
  const again = guardDoors(ports, config);
  expect(again.deployment).toBe(ports.deployment);
  expect(again.monitoring).toBe(ports.monitoring);
});

test('every method of every simulated door has a row', () => {
  const { raw } = doors();
  for (const door of ['deployment', 'monitoring', 'testing', 'source', 'flags', 'interventions'] as const) {
    const methods = Object.entries(raw[door] ?? {}).flatMap(([name, value]) => (typeof value === 'function' ? [name] : []));
    expect(Object.keys(doorRows[door])).toEqual(expect.arrayContaining(methods));
  }
});
