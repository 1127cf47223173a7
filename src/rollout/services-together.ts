import type { EnvironmentStatus, SlotName } from '../catalog/tools.js';

/**
 * How the slots of services that move together lie to those of the first: `same` colours, or `crossed`. A release that left a service
 * alone has crossed them for the next. A service that is not named stays where it is.
 */
export type Pairing = Readonly<Record<string, 'same' | 'crossed'>>;

const other = (slot: SlotName): SlotName => (slot === 'blue' ? 'green' : 'blue');

/** The slot of a service that goes with a slot of the first, and the other way round; null for a service that does not move. */
export const pairedSlot = (pairing: Pairing, service: string, slot: SlotName): SlotName | null => {
  const lies = pairing[service];
  if (lies === undefined) return null;
  return lies === 'same' ? slot : other(slot);
};

export type Standing = { service: string; status: EnvironmentStatus };

/** The pairing of those that take their idle slots now: whatever they do from here on, they do together. */
export const pairIdleSlots = (first: EnvironmentStatus, moving: readonly Standing[]): Pairing =>
  Object.fromEntries(moving.map(({ service, status }) => [service, status.activeSlot === first.activeSlot ? 'same' : 'crossed']));

/** Those whose traffic is not where `target`, a slot of the first, says: what a switch has to move, and what a kill between two has left. */
export const notYetIn = (target: SlotName, standing: readonly Standing[], pairing: Pairing): string[] =>
  standing
    .filter(({ service, status }) => (pairedSlot(pairing, service, target) ?? status.activeSlot) !== status.activeSlot)
    .map(({ service }) => service);

/** Why the services can't be served from the slots that go with `target`, or null. Where nothing runs, what is recorded counts. */
export const objectionToSwitch = (target: SlotName, first: Standing, others: readonly Standing[], pairing: Pairing): string | null => {
  const places = [{ ...first, slot: target }, ...others.map((one) => ({ ...one, slot: pairedSlot(pairing, one.service, target) }))];
  const runs = first.status.slots.some(({ url }) => url !== null);
  for (const { service, status, slot } of places) {
    const found = status.slots.find((one) => one.slot === slot);
    if (slot === null || slot === status.activeSlot) continue;
    if (found === undefined || found.version === null) return `the ${slot} slot of ${service} is empty`;
    if (runs && found.state !== 'healthy') return `${service} is ${found.state} in its ${slot} slot`;
  }
  return null;
};

const fromWorst = ['crashed', 'unhealthy', 'starting', 'empty', 'healthy'] as const;

/** Several environments of one name as one: the first's slots, each as ill as the worst that stands in it. */
export const joinStatus = (first: EnvironmentStatus, others: readonly Standing[], pairing: Pairing): EnvironmentStatus => ({
  ...first,
  ready: first.ready && others.every(({ status }) => status.ready),
  candidateWeightPercent: Math.max(
    first.candidateWeightPercent,
    ...others.flatMap(({ service, status }) => (pairing[service] === undefined ? [] : [status.candidateWeightPercent])),
  ),
  slots: first.slots.map((own) => {
    const beside = others.flatMap(({ service, status }) => {
      const found = status.slots.find((one) => one.slot === pairedSlot(pairing, service, own.slot));
      return found === undefined ? [] : [{ service, ...found }];
    });
    const states = [own, ...beside].map(({ state }) => state);
    const services = beside.flatMap(({ service, version, digest, url, restarts }) =>
      version === null || digest === null ? [] : [{ service, version, digest, url, restarts }],
    );
    if (beside.length === 0) return own;
    return { ...own, state: fromWorst.find((state) => states.includes(state)) ?? own.state, services };
  }),
  services: [...first.services, ...others.flatMap(({ status }) => status.services)],
});
