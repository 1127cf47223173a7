import { expect, test } from 'vitest';
import { carryOut, lookOnly, planFor, type Plan } from '../../../src/tools/deployment/plan.js';
import { openSimulatedPorts } from '../../../src/scenario/simulated-world.js';
import { noIntents } from '../../support/no-intents.js';
import { simulatedConfig } from '../../support/simulated-release.js';

const artifact = { version: 'v2.2.0', digest: `sha256:${'a1'.repeat(32)}`, path: '' };

const world = () => {
  const ports = openSimulatedPorts({ config: simulatedConfig() });
  return { ports, context: { releaseId: 'r1', all: [], intents: noIntents, ports: lookOnly(ports) } };
};

test('whoever has the doors of a tool looks, and is refused every change', async () => {
  const { deployment, flags } = world().context.ports;
  expect(await deployment.status('staging')).toMatchObject({ environment: 'staging' });
  expect(await flags.list('staging')).toEqual([]);
  const who = { by: 'ada', why: 'because' };
  for (const act of [
    () => deployment.provision('staging', artifact),
    () => deployment.deployIdle('staging', artifact),
    () => deployment.setWeight('staging', 5),
    () => deployment.shapeTraffic?.('staging', { weightPercent: 5, mirrorPercent: 0 }),
    () => deployment.switchActive('staging'),
    () => deployment.retireIdle('staging', 0),
    () => deployment.snapshot('staging', artifact, 'one'),
    () => deployment.migrate('staging', artifact, 'one'),
    () => deployment.undoMigration('staging', 'one', 'down'),
    () => deployment.copyData('staging', 'one'),
    () => flags.set('staging', 'wishlist', { on: true, ...who }),
    () => flags.kill('staging', 'wishlist', who),
  ])
    await expect(act()).rejects.toMatchObject({ code: 'DEFECT', message: expect.stringContaining('has a plan') as string });
});

test('what has the form of a plan is none, and a plan of another release is not this one’s', async () => {
  const { context } = world();
  const plan = await planFor('production', artifact, context);
  const act = () => Promise.resolve('done');
  expect(await carryOut(plan, 'act', context, act)).toBe('done');
  const told = JSON.parse(JSON.stringify(plan)) as Plan; // as a text would have it
  await expect(carryOut(told, 'act', context, act)).rejects.toMatchObject({ code: 'DEFECT' });
  await expect(carryOut(plan, 'act', { ...context, releaseId: 'r2' }, act)).rejects.toMatchObject({ code: 'DEFECT' });
});

test('an act that gives traffic wants the artifact in its slot', async () => {
  const { ports, context } = world();
  await ports.deployment.provision('staging', { ...artifact, version: 'v2.1.1', digest: 'sha256:stable' });
  const plan = await planFor('staging', artifact, context);
  const switched = () =>
    carryOut(plan, 'switch staging', context, ({ deployment }) => deployment.switchActive('staging', 'green'), 'green');
  await expect(switched()).rejects.toMatchObject({ code: 'PLAN_STALE' });
  await ports.deployment.deployIdle('staging', artifact);
  await switched();
  expect(await ports.deployment.status('staging')).toMatchObject({ activeSlot: 'green' });
});
