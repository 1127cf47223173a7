import { join, resolve } from 'node:path';
import { z } from 'zod';
import { StagingError } from '../../../catalog/errors.js';
import type { EnvironmentName, EnvironmentStatus, SlotName } from '../../../catalog/tools.js';
import {
  joinStatus,
  notYetIn,
  objectionToSwitch,
  pairedSlot,
  pairIdleSlots,
  type Pairing,
  type Standing,
} from '../../../rollout/services-together.js';
import type { Artifact } from '../../ports.js';
import { joinData } from './join-data.js';
import type { LocalDeployment } from './open-local-deployment.js';
import { openStateFile } from './state-file.js';
import { otherSlot } from './traffic-split.js';

type Member = { service: string; deployment: LocalDeployment };

const pairingSchema = z.record(z.string(), z.enum(['same', 'crossed']));

/**
 * Several services, each with its own two slots and its own proxy, as one environment whose slots are those of the first. What goes
 * forward goes in order, dependencies first; what goes back goes in reverse, and at once. The first's record is the truth: whoever was
 * killed between two switches finds the others brought to where it stands; unless one of them serves data that its version before can't
 * live with, which brings all of them to it.
 */
export const joinServices = ({
  first: name,
  members,
  stateDir,
  onAddress,
}: {
  first: string;
  /** In order: each after those that it depends on. */
  members: readonly Member[];
  stateDir: string;
  /** Told where a service of an environment answers from now on. */
  onAddress: (environment: EnvironmentName, service: string, url: string) => void;
}): LocalDeployment => {
  const { deployment: first } = members.find(({ service }) => service === name) ?? missing(name);
  const others = members.filter(({ service }) => service !== name);
  const files = (['staging', 'production'] as const).map((environment) => {
    const path = join(resolve(stateDir), 'environments', environment, 'services.json');
    return [environment, openStateFile<Pairing>(path, pairingSchema, {})] as const;
  });
  const fileOf = Object.fromEntries(files) as Record<EnvironmentName, (typeof files)[number][1]>; // one entry per environment
  const known = new Map<EnvironmentName, Pairing>();

  const pairingOf = async (environment: EnvironmentName): Promise<Pairing> => {
    const pairing = known.get(environment) ?? (await fileOf[environment].read());
    known.set(environment, pairing);
    return pairing;
  };
  const movingIn = async (environment: EnvironmentName): Promise<Member[]> => {
    const pairing = await pairingOf(environment);
    return members.filter(({ service }) => service === name || pairing[service] !== undefined);
  };
  const slotOf = (environment: EnvironmentName, service: string, slot: SlotName): SlotName =>
    (service === name ? slot : pairedSlot(known.get(environment) ?? {}, service, slot)) ?? slot;
  const standingIn = (environment: EnvironmentName): Promise<Standing[]> =>
    Promise.all(others.map(async ({ service, deployment }) => ({ service, status: await deployment.status(environment) })));
  const status = async (environment: EnvironmentName): Promise<EnvironmentStatus> =>
    joinStatus(await first.status(environment), await standingIn(environment), await pairingOf(environment));

  /** Every service to where the first stands; or to where one of them has to stay, for its data's sake. */
  const align = async (environment: EnvironmentName): Promise<void> => {
    const { activeSlot } = await first.status(environment);
    const [standing, pairing] = [await standingIn(environment), await pairingOf(environment)];
    const strayed = notYetIn(activeSlot, standing, pairing);
    const stuck = await Promise.all(standing.filter(({ service }) => strayed.includes(service)).map((one) => mustStay(environment, one)));
    const late = stuck.includes(true) ? [name, ...notYetIn(otherSlot(activeSlot), standing, pairing)] : strayed;
    await Promise.all(
      members.filter(({ service }) => late.includes(service)).map(({ deployment }) => deployment.switchActive(environment)),
    );
  };
  const mustStay = async (environment: EnvironmentName, { service, status: { slots, activeSlot } }: Standing): Promise<boolean> => {
    const digest = slots.find(({ slot }) => slot === activeSlot)?.digest;
    const { deployment } = members.find((one) => one.service === service) ?? missing(service);
    return digest != null && (await deployment.dataHold(environment, digest)) !== null;
  };
  /** What stands beside the first's artifact of that digest. */
  const digestsBeside = async (environment: EnvironmentName, digest: string): Promise<Map<string, string>> => {
    const slots = (await status(environment)).slots.filter((one) => one.digest === digest);
    return new Map(slots.flatMap(({ services = [] }) => services.map((one) => [one.service, one.digest] as const)));
  };

  const switchActive = async (environment: EnvironmentName, to?: SlotName): Promise<void> => {
    const [own, standing, pairing] = [await first.status(environment), await standingIn(environment), await pairingOf(environment)];
    if (to === own.activeSlot) return align(environment);
    const target = otherSlot(own.activeSlot);
    const objection = objectionToSwitch(target, { service: name, status: own }, standing, pairing);
    if (objection !== null) throw new StagingError('ADAPTER_FAILED', `Failed to switch ${environment}: ${objection}.`);
    const late = new Set([name, ...notYetIn(target, standing, pairing)]);
    const inOrder = own.candidateWeightPercent > 0 ? members : members.toReversed();
    await Promise.all(inOrder.filter(({ service }) => late.has(service)).map(({ deployment }) => deployment.switchActive(environment)));
  };

  const deployIdle: LocalDeployment['deployIdle'] = async (environment, artifact) => {
    const parts = new Map([[name, artifact], ...(artifact.services ?? []).map((one) => [one.service, one] as const)]);
    const standing = (await standingIn(environment)).filter(({ service }) => parts.has(service));
    const pairing = pairIdleSlots(await first.status(environment), standing);
    await fileOf[environment].write(pairing);
    known.set(environment, pairing);
    const started = [];
    for (const { service, deployment } of members) {
      const part = parts.get(service);
      if (part !== undefined) started.push({ service, ...(await deployment.deployIdle(environment, part)) });
    }
    const { service: _, ...own } = started.find(({ service }) => service === name) ?? missing(name);
    const beside = started.filter(({ service }) => service !== name);
    if (beside.length === 0) return own;
    return {
      ...own,
      healthy: started.every(({ healthy }) => healthy),
      startupMs: Math.max(...started.map(({ startupMs }) => startupMs)),
      detail: started.flatMap(({ service, detail }) => (detail === '' ? [] : [`${service}: ${detail}`])).join('\n'),
      services: beside.map(({ service, version, digest, url, healthy }) => ({ service, version, digest, url, healthy })),
    };
  };

  return {
    name: 'local',
    provision: async (environment, stable) => {
      await pairingOf(environment); // from here on `observe` needs it
      for (const { service, deployment } of members) {
        const { proxyUrl } = await deployment.provision(environment, partOf(stable, service, name));
        onAddress(environment, service, proxyUrl);
      }
      await align(environment);
      return status(environment);
    },
    deployIdle,
    setWeight: async (environment, percent) => {
      const moving = await movingIn(environment);
      const inOrder = percent === 0 ? moving.toReversed() : moving;
      await Promise.all(inOrder.map(({ deployment }) => deployment.setWeight(environment, percent)));
      if (percent === 0) await align(environment);
    },
    shapeTraffic: async (environment, shape) => {
      const moving = await movingIn(environment);
      await Promise.all(moving.map(async ({ deployment }) => deployment.shapeTraffic?.(environment, shape)));
    },
    switchActive,
    retireIdle: async (environment, drainMs) => {
      const moving = await movingIn(environment);
      await Promise.all(moving.toReversed().map(({ deployment }) => deployment.retireIdle(environment, drainMs)));
    },
    status,
    configuration: (environment, service = name) =>
      (members.find((one) => one.service === service) ?? missing(service)).deployment.configuration(environment),
    ...joinData({ first: name, members, digestsBeside }),
    copyData: (...args) => first.copyData(...args),
    logs: async (environment, slot, lines) => {
      const moving = await movingIn(environment);
      const each = Math.ceil(lines / moving.length);
      const read = async ({ service, deployment }: Member) =>
        (await deployment.logs(environment, slotOf(environment, service, slot), each)).map((line) =>
          moving.length === 1 ? line : `${service}: ${line}`,
        );
      return (await Promise.all(moving.map(read))).flat();
    },
    counters: async (environment) => {
      const moving = await movingIn(environment);
      const counted = await Promise.all(
        moving.map(async ({ service, deployment }) => ({ service, ...(await deployment.counters(environment)) })),
      );
      const errorsIn = (slot: SlotName) =>
        counted.reduce((sum, { service, errorsBySlot }) => sum + errorsBySlot[slotOf(environment, service, slot)], 0);
      return {
        requests: counted.reduce((sum, { requests }) => sum + requests, 0),
        dropped: counted.reduce((sum, { dropped }) => sum + dropped, 0),
        errorsBySlot: { blue: errorsIn('blue'), green: errorsIn('green') },
      };
    },
    observe: (environment) => [
      ...first.observe(environment),
      ...others
        .filter(({ service }) => known.get(environment)?.[service] !== undefined)
        .flatMap(({ service, deployment }) =>
          deployment.observe(environment).map((seen) => ({ ...seen, slot: slotOf(environment, service, seen.slot), service })),
        ),
    ],
    resourcesOf: (environment, slot, service = name) =>
      (members.find((one) => one.service === service) ?? missing(service)).deployment.resourcesOf(
        environment,
        slotOf(environment, service, slot),
      ),
    onCrash: (listener) => {
      const ends = members.map(({ deployment }) => deployment.onCrash(listener));
      return () => ends.forEach((end) => end());
    },
    close: async () => {
      await Promise.all(members.map(({ deployment }) => deployment.close()));
    },
  };
};

const partOf = (artifact: Artifact, service: string, first: string): Artifact =>
  service === first ? artifact : (artifact.services?.find((one) => one.service === service) ?? missing(service));

const missing = (service: string): never => {
  throw new StagingError('DEFECT', `Failed to reach ${service}: nobody has said what it is.`);
};
