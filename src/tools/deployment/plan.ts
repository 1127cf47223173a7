import { StagingError } from '../../catalog/errors.js';
import type { EnvironmentName, EnvironmentStatus, Evidence, SlotName } from '../../catalog/tools.js';
import { doorRows, type DoorRow } from '../door-rows.js';
import type { Artifact, DeploymentPort, FlagsPort } from '../ports.js';
import type { ToolContext } from '../run-tool.js';

/** What serves an environment: nothing where both are null. A digest that is left out was not written down. */
type Served = { version: string | null; digest?: string | null };

/** The right to change one environment: for one release and one artifact, on what served there when it was decided. No text can be one. */
export type Plan = { readonly release: string; readonly environment: EnvironmentName; readonly digest: string };

type Acting = { deployment: DeploymentPort; flags: FlagsPort };
type Planning = Pick<ToolContext, 'releaseId' | 'all' | 'intents'>;

/** Every plan that was made here, with what may serve when it is carried out. Nothing else is one. */
const plans = new WeakMap<Plan, readonly Served[]>();
/** The doors behind those that only look. */
const behind = new WeakMap<object, object>();

/** The same doors, through which a tool can look and not act: whoever acts has a plan. */
export const lookOnly = <P extends Acting>(ports: P): P => ({
  ...ports,
  deployment: withoutActs('deployment', ports.deployment),
  flags: withoutActs('flags', ports.flags),
});

const withoutActs = <T extends object>(door: 'deployment' | 'flags', port: T): T => {
  if (behind.has(port)) return port;
  const rows: Partial<Record<PropertyKey, DoorRow>> = doorRows[door];
  const looks = new Proxy(port, {
    get: (target, key) => {
      const found: unknown = Reflect.get(target, key);
      if (found === undefined || rows[key]?.acts !== true) return found;
      return () =>
        Promise.reject(new StagingError('DEFECT', `Failed to call ${door}.${String(key)}: whoever changes an environment has a plan.`));
    },
  });
  behind.set(looks, port);
  return looks;
};

/** The doors themselves, for what takes traffic away from a candidate: that waits for no plan. */
export const wayBackDoors = <P extends Partial<Acting>>(ports: P): P => {
  const { deployment, flags } = ports;
  return {
    ...ports,
    ...(deployment && { deployment: (behind.get(deployment) ?? deployment) as DeploymentPort }), // `lookOnly` put it there
    ...(flags && { flags: (behind.get(flags) ?? flags) as FlagsPort }), // as above
  };
};

/** A plan for an artifact in an environment, on what the evidence of the release says that serves there. */
export const planFor = async (environment: EnvironmentName, { digest }: Artifact, context: Planning): Promise<Plan> => {
  const plan = Object.freeze({ release: context.releaseId, environment, digest });
  const planned = servedBy(environment, context.all);
  const own: Served[] = (await context.intents.has(trafficOf(environment, digest))) ? [{ version: null, digest }] : []; // the traffic that it took before a crash
  plans.set(plan, planned.length === 0 ? [] : [...planned, ...own]);
  return plan;
};

/**
 * Carries a plan out, after another look at the environment: `slot` is where the artifact has to stand, for an act that gives it traffic.
 * Throws PLAN_STALE, and nothing is done, where anything else serves than what the plan was made on, or something else stands in that slot.
 */
export const carryOut = async <T, P extends Pick<Acting, 'deployment'>>(
  plan: Plan,
  what: string,
  context: Pick<ToolContext, 'releaseId'> & { ports: P },
  act: (doors: P) => Promise<T>,
  slot?: SlotName,
): Promise<T> => {
  const mayServe = plans.get(plan);
  if (mayServe === undefined || plan.release !== context.releaseId)
    throw new StagingError('DEFECT', `Failed to ${what}: what it was asked with is no plan of release ${context.releaseId}.`);
  let stale: string | null = null;
  for (let look = 0; look < looks; look += 1) {
    stale = staleness(plan, mayServe, await context.ports.deployment.status(plan.environment), slot);
    if (stale === null) return act(wayBackDoors(context.ports));
  }
  throw new StagingError('PLAN_STALE', `Failed to ${what}: ${stale}.`);
};

/** An answer from before the last move is asked for again. */
const looks = 3;

const staleness = (
  { environment, digest }: Plan,
  mayServe: readonly Served[],
  status: EnvironmentStatus,
  slot?: SlotName,
): string | null => {
  const active = status.slots.find((one) => one.slot === status.activeSlot);
  if (active !== undefined && mayServe.length > 0 && !mayServe.some((one) => isSame(one, active)))
    return `${environment} serves ${named(active)} from the ${active.slot} slot, and the plan was made on ${mayServe.map(named).join(' or ')}`;
  const place = status.slots.find((one) => one.slot === slot);
  if (place !== undefined && place.digest !== digest)
    return `${named(place)} stands in the ${place.slot} slot of ${environment}, and the plan is for ${digest.slice(0, 19)}`;
  return null;
};

const isSame = (one: Served, other: Served): boolean =>
  one.digest === undefined || other.digest === undefined ? one.version === other.version : one.digest === other.digest;

const named = ({ version, digest }: Served): string =>
  [version ?? (digest ? '' : 'nothing'), digest ? `(${digest.slice(0, 19)})` : ''].filter(Boolean).join(' ');

/** The name under which a release writes down, before it does, that it gives traffic to an artifact. */
export const trafficOf = (environment: EnvironmentName, digest: string): string => `traffic of ${environment} to ${digest}`;

/** What serves an environment after all that the release has found and done; two answers where nothing did: it begins with the stable version. Empty: nobody looked. */
const servedBy = (environment: EnvironmentName, all: readonly Evidence[]): readonly Served[] =>
  all.reduce<readonly Served[]>((now, item) => servedAfter(item, environment, now), []);

const servedAfter = (item: Evidence, environment: EnvironmentName, now: readonly Served[]): readonly Served[] => {
  if (item.tool === 'plan_environment') {
    const found = item.data.serves?.[environment];
    if (found === undefined) return now;
    return found.version === null ? [found, { version: item.data.stableVersion }] : [found];
  }
  if (item.tool === 'provision_environment') return environment === 'staging' ? [servedIn(item.data)] : now;
  if (item.tool === 'run_rollout' || item.tool === 'promote_to_production') {
    const { data } = item;
    const took = data.environment === environment && (data.outcome === 'completed' || data.outcome === 'frozen');
    return took ? [{ version: data.version, digest: data.digest }] : now;
  }
  const back = item.tool === 'roll_back' ? item.data.environments.find((one) => one.environment === environment) : undefined;
  return back === undefined ? now : [{ version: back.version }];
};

/** What serves there now, to be written down in a plan. */
export const servedIn = ({ slots, activeSlot }: EnvironmentStatus): { version: string | null; digest: string | null } => {
  const active = slots.find(({ slot }) => slot === activeSlot);
  return { version: active?.version ?? null, digest: active?.digest ?? null };
};
