import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EnvironmentStatus, SlotName } from '../../src/catalog/tools.js';
import { joinStatus, notYetIn, objectionToSwitch, pairedSlot, pairIdleSlots, type Pairing } from '../../src/rollout/services-together.js';

type Slot = EnvironmentStatus['slots'][number];
const slotOf = (slot: SlotName, change: Partial<Slot> = {}): Slot => ({
  ...{ slot, state: 'healthy', version: `v-${slot}`, digest: `sha256:${slot}`, url: `http://${slot}`, restarts: 0 },
  ...change,
});
const statusOf = (activeSlot: SlotName, change: Partial<EnvironmentStatus> = {}): EnvironmentStatus => ({
  ...{ environment: 'staging', ready: true, proxyUrl: 'http://proxy', activeSlot, candidateWeightPercent: 0 },
  slots: [slotOf('blue'), slotOf('green')],
  services: [{ name: 'one', healthy: true, url: '', detail: '' }],
  ...change,
});
const payments = (status: EnvironmentStatus) => ({ service: 'payments', status });
const colour = fc.constantFrom<SlotName>('blue', 'green');

test('those that take their idle slots together are in them together, whatever their colours, and the way back is the way there', () => {
  fc.assert(
    fc.property(colour, colour, (first, other) => {
      const pairing = pairIdleSlots(statusOf(first), [payments(statusOf(other))]);
      expect(pairedSlot(pairing, 'payments', first)).toBe(other);
      for (const slot of ['blue', 'green'] as const)
        expect(pairedSlot(pairing, 'payments', pairedSlot(pairing, 'payments', slot) ?? 'blue')).toBe(slot);
    }),
  );
});

test('a service that does not move has no slot that goes with one of the first', () => {
  expect(pairedSlot({}, 'payments', 'blue')).toBeNull();
  expect(notYetIn('green', [payments(statusOf('blue'))], {})).toEqual([]);
});

test.each<[string, Pairing, SlotName, SlotName, string[]]>([
  ['before a switch', { payments: 'same' }, 'blue', 'green', ['payments']],
  ['after it', { payments: 'same' }, 'green', 'green', []],
  ['before one of crossed colours', { payments: 'crossed' }, 'green', 'green', ['payments']],
  ['after that', { payments: 'crossed' }, 'blue', 'green', []],
])('who is not yet where the first goes, %s', (_, pairing, active, target, late) => {
  expect(notYetIn(target, [payments(statusOf(active))], pairing)).toEqual(late);
});

test.each<[string, Partial<Slot>, Partial<Slot>, string | null]>([
  ['both stand ready', {}, {}, null],
  ['the other one is ill', {}, { state: 'unhealthy' }, 'payments is unhealthy in its green slot'],
  ['the first has crashed', { state: 'crashed' }, {}, 'shop is crashed in its green slot'],
  ['the other one has nothing there', {}, { state: 'empty', version: null }, 'the green slot of payments is empty'],
])('nothing is switched unless everything can be: %s', (_, own, its, objection) => {
  const first = { service: 'shop', status: statusOf('blue', { slots: [slotOf('blue'), slotOf('green', own)] }) };
  const other = payments(statusOf('blue', { slots: [slotOf('blue'), slotOf('green', its)] }));
  expect(objectionToSwitch('green', first, [other], { payments: 'same' })).toBe(objection);
});

test('where nothing runs, what is recorded is enough for a switch', () => {
  const recorded = [slotOf('blue', { state: 'unhealthy', url: null }), slotOf('green', { state: 'unhealthy', url: null })];
  const first = { service: 'shop', status: statusOf('blue', { slots: recorded }) };
  expect(objectionToSwitch('green', first, [payments(statusOf('blue', { slots: recorded }))], { payments: 'same' })).toBeNull();
});

test('an environment of several is as ready, and a slot as well, as the worst of them, and names what stands beside', () => {
  const other = statusOf('green', {
    ready: false,
    candidateWeightPercent: 25,
    slots: [slotOf('blue', { state: 'crashed' }), slotOf('green')],
  });
  const joined = joinStatus(statusOf('blue'), [payments(other)], { payments: 'crossed' });
  expect(joined).toMatchObject({ ready: false, activeSlot: 'blue', candidateWeightPercent: 25 });
  expect(joined.slots.map(({ slot, state, services }) => [slot, state, services?.map(({ version }) => version)])).toEqual([
    ['blue', 'healthy', ['v-green']],
    ['green', 'crashed', ['v-blue']],
  ]);
  expect(joined.services).toHaveLength(2);
});

test('a service that stays where it is makes no slot ill, but the environment', () => {
  const joined = joinStatus(statusOf('blue'), [payments(statusOf('blue', { ready: false, candidateWeightPercent: 25 }))], {});
  expect(joined).toMatchObject({ ready: false, candidateWeightPercent: 0, slots: statusOf('blue').slots });
});
