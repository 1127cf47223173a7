import assert from 'node:assert/strict';
import { sampleSchema } from '../catalog/measurements.js';
import type { SlotName } from '../catalog/tools.js';
import type { Clock, MonitoringPort } from '../tools/ports.js';
import { conformance, type ConformanceCase, type Skips } from './conformance.js';

export type MonitoringSubject = {
  /** Of a staging environment that runs a healthy version in one slot. */
  port: MonitoringPort;
  clock: Clock;
  sampleMs: number;
  occupied: SlotName;
  empty: SlotName;
  /** The name of the service that the configuration declares. */
  service: string;
  close: () => Promise<void>;
};

/** What every monitoring adapter promises: run each case as a test. `open` gives an adapter of its own to each. */
export const monitoringConformance = (open: () => Promise<MonitoringSubject>, skips?: Skips): ConformanceCase[] =>
  conformance(
    open,
    {
      'watching says how often, what and by which rules; again changes nothing': async ({ port, sampleMs }) => {
        const first = await port.watch('staging');
        assert.equal(first.intervalMs, sampleMs);
        assert.ok(first.targets.length > 0 && first.rules.length > 0);
        assert.deepEqual(await port.watch('staging'), first);
      },
      'samples follow each other, are of the slot that was asked for, and lie within the time': async (subject) => {
        const { port, occupied } = subject;
        const { from, to } = await watchAWhile(subject);
        const samples = await port.samples('staging', occupied, from, to);
        assert.ok(samples.length >= 2, 'there are samples');
        for (const [index, sample] of samples.entries()) {
          sampleSchema.parse(sample);
          assert.ok(sample.at > from && sample.at <= to);
          assert.deepEqual([sample.environment, sample.slot], ['staging', occupied]);
          assert.ok(sample.at > (samples[index - 1]?.at ?? from), 'oldest first');
          assert.ok(sample.errors <= sample.requests);
        }
      },
      'the bounds are open below and closed above': async (subject) => {
        const { port, occupied } = subject;
        const { from, to } = await watchAWhile(subject);
        const [first, second] = await port.samples('staging', occupied, from, to);
        assert.ok(first && second);
        assert.deepEqual(await port.samples('staging', occupied, first.at, second.at), [second]);
      },
      'the same question about the past has the same answer': async (subject) => {
        const { port, occupied } = subject;
        const { from, to } = await watchAWhile(subject);
        const first = await port.samples('staging', occupied, from, to);
        assert.deepEqual(await port.samples('staging', occupied, from, to), first);
      },
      'a healthy version is seen to be healthy': async (subject) => {
        const { port, occupied } = subject;
        const { from, to } = await watchAWhile(subject);
        assert.ok((await port.samples('staging', occupied, from, to)).every((sample) => sample.healthy !== false && sample.restarts === 0));
      },
      'an empty slot has no samples, which is not the same as good ones': async (subject) => {
        const { port, empty } = subject;
        const { from, to } = await watchAWhile(subject);
        assert.deepEqual(await port.samples('staging', empty, from, to), []);
      },
      'next gives what is newer': async ({ port, clock, occupied }) => {
        await port.watch('staging');
        const at = clock.now();
        const fresh = await port.next('staging', at);
        assert.ok(fresh.length > 0);
        assert.ok(fresh.every((sample) => sample.at > at && sample.slot === occupied));
      },
      'next gives nothing once its signal has aborted': async ({ port, clock }) => {
        await port.watch('staging');
        assert.deepEqual(await port.next('staging', clock.now() + 3_600_000, AbortSignal.abort()), []);
      },
      'health asks the declared service': async ({ port, service }) => {
        const { services } = await port.health('staging');
        assert.deepEqual(
          services.map(({ name, healthy }) => ({ name, healthy })),
          [{ name: service, healthy: true }],
        );
      },
      'closing twice is fine': async ({ port }) => {
        await port.watch('staging');
        await port.close();
        await port.close();
      },
    },
    skips,
  );

/** Time for three samples, counted from the first. */
const watchAWhile = async ({ port, clock }: MonitoringSubject): Promise<{ from: number; to: number }> => {
  await port.watch('staging');
  const from = clock.now();
  let newest = from;
  for (let count = 0; count < 3; count += 1) newest = (await port.next('staging', newest)).at(-1)?.at ?? newest;
  return { from, to: newest };
};
