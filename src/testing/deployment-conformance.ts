import assert from 'node:assert/strict';
import type { EnvironmentStatus, SlotName } from '../catalog/tools.js';
import type { Artifact, DeploymentPort } from '../tools/ports.js';
import { conformance, type ConformanceCase, type Skips } from './conformance.js';

export type DeploymentSubject = {
  /** With nothing deployed, and no migration declared. */
  port: DeploymentPort;
  /** Two versions that start and answer, with different digests. */
  stable: Artifact;
  candidate: Artifact;
  close: () => Promise<void>;
};

/** What every deployment adapter promises: run each case as a test. `open` gives an adapter of its own to each. */
export const deploymentConformance = (open: () => Promise<DeploymentSubject>, skips?: Skips): ConformanceCase[] =>
  conformance(
    open,
    {
      'an environment that was never provisioned is not ready and serves nothing': async ({ port }) => {
        const status = await port.status('staging');
        assert.equal(status.ready, false);
        assert.ok(status.slots.every((slot) => slot.version === null));
      },
      'provisioning starts the stable version in the active slot, with all of the traffic': async ({ port, stable }) => {
        const status = await port.provision('staging', stable);
        assert.equal(status.ready, true);
        assert.equal(status.candidateWeightPercent, 0);
        assert.deepEqual(
          [activeOf(status).version, activeOf(status).digest, activeOf(status).state],
          [stable.version, stable.digest, 'healthy'],
        );
        assert.equal(idleOf(status).version, null);
      },
      'provisioning again changes nothing, whatever version it names': async ({ port, stable, candidate }) => {
        const first = await port.provision('staging', stable);
        const second = await port.provision('staging', candidate);
        assert.deepEqual(versionsOf(second), versionsOf(first));
      },
      'a candidate starts in the idle slot, without traffic': async ({ port, stable, candidate }) => {
        const before = await port.provision('staging', stable);
        const started = await port.deployIdle('staging', candidate);
        assert.deepEqual(
          [started.slot, started.version, started.digest, started.healthy],
          [idleOf(before).slot, candidate.version, candidate.digest, true],
        );
        const status = await port.status('staging');
        assert.equal(status.candidateWeightPercent, 0);
        assert.equal(status.activeSlot, before.activeSlot);
        assert.equal(idleOf(status).version, candidate.version);
        assert.equal(idleOf(status).url, started.url);
      },
      'deploying the digest that runs already is no second deployment': async ({ port, stable, candidate }) => {
        await port.provision('staging', stable);
        const first = await port.deployIdle('staging', candidate);
        const second = await port.deployIdle('staging', candidate);
        assert.deepEqual([second.slot, second.digest, second.url, second.healthy], [first.slot, first.digest, first.url, true]);
      },
      'a weight is seen at once, and can be set again': async ({ port, stable, candidate }) => {
        await port.provision('staging', stable);
        await port.deployIdle('staging', candidate);
        for (const percent of [10, 10, 50, 0]) {
          await port.setWeight('staging', percent);
          assert.equal((await port.status('staging')).candidateWeightPercent, percent);
        }
      },
      'a weight that is no percentage is refused, and the one before stays': async ({ port, stable, candidate }) => {
        await port.provision('staging', stable);
        await port.deployIdle('staging', candidate);
        await port.setWeight('staging', 10);
        for (const percent of [-1, 101, NaN]) await assert.rejects(port.setWeight('staging', percent));
        assert.equal((await port.status('staging')).candidateWeightPercent, 10);
      },
      'a switch makes the candidate the active one, and keeps the stable version running behind it': async ({
        port,
        stable,
        candidate,
      }) => {
        const before = await port.provision('staging', stable);
        await port.deployIdle('staging', candidate);
        await port.setWeight('staging', 100);
        await port.switchActive('staging');
        const status = await port.status('staging');
        assert.notEqual(status.activeSlot, before.activeSlot);
        assert.equal(status.candidateWeightPercent, 0);
        assert.deepEqual([activeOf(status).version, idleOf(status).version], [candidate.version, stable.version]);
      },
      'a switch to a named slot is done once, however often it is asked': async ({ port, stable, candidate }) => {
        const before = await port.provision('staging', stable);
        const { slot } = await port.deployIdle('staging', candidate);
        for (let time = 0; time < 2; time += 1) {
          await port.switchActive('staging', slot);
          assert.equal((await port.status('staging')).activeSlot, slot);
        }
        await port.switchActive('staging', before.activeSlot);
        assert.equal((await port.status('staging')).activeSlot, before.activeSlot);
      },
      'a switch to an empty slot is refused, and the active one goes on serving': async ({ port, stable }) => {
        const before = await port.provision('staging', stable);
        await assert.rejects(port.switchActive('staging'));
        assert.deepEqual(versionsOf(await port.status('staging')), versionsOf(before));
      },
      'retiring empties the idle slot, and a second time changes nothing': async ({ port, stable, candidate }) => {
        await port.provision('staging', stable);
        await port.deployIdle('staging', candidate);
        for (let time = 0; time < 2; time += 1) {
          await port.retireIdle('staging', 1_000);
          const status = await port.status('staging');
          assert.equal(idleOf(status).version, null);
          assert.equal(activeOf(status).version, stable.version);
        }
      },
      'staging and production do not touch each other': async ({ port, stable, candidate }) => {
        await port.provision('staging', stable);
        await port.deployIdle('staging', candidate);
        assert.ok((await port.status('production')).slots.every((slot) => slot.version === null));
      },
      'without a declared migration there is none to apply': async ({ port, stable, candidate }) => {
        await port.provision('staging', stable);
        assert.equal((await port.migrate('staging', candidate)).status, 'none');
      },
      'logs hold no more lines than were asked for': async ({ port, stable }) => {
        const { activeSlot } = await port.provision('staging', stable);
        assert.ok((await port.logs('staging', activeSlot, 1)).length <= 1);
      },
      'counters never fall': async ({ port, stable, candidate }) => {
        await port.provision('staging', stable);
        const before = await port.counters('staging');
        await port.deployIdle('staging', candidate);
        const after = await port.counters('staging');
        assert.ok(before.requests >= 0 && after.requests >= before.requests && after.dropped >= before.dropped);
      },
      'closing twice is fine': async ({ port, stable }) => {
        await port.provision('staging', stable);
        await port.close();
        await port.close();
      },
      'what is asked of it once it is closed is refused as such': async ({ port, stable }) => {
        await port.provision('staging', stable);
        await port.close();
        await assert.rejects(port.status('staging'), { code: 'ADAPTER_CLOSED' });
      },
    },
    skips,
  );

type SlotStatus = EnvironmentStatus['slots'][number];

const slotOf = (status: EnvironmentStatus, wanted: (slot: SlotName) => boolean): SlotStatus => {
  const found = status.slots.find(({ slot }) => wanted(slot));
  assert.ok(found, 'the status tells of both slots');
  return found;
};
const activeOf = (status: EnvironmentStatus): SlotStatus => slotOf(status, (slot) => slot === status.activeSlot);
const idleOf = (status: EnvironmentStatus): SlotStatus => slotOf(status, (slot) => slot !== status.activeSlot);
const versionsOf = (status: EnvironmentStatus) => [status.activeSlot, activeOf(status).version, idleOf(status).version];
