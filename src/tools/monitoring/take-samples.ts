import type { EnvironmentName, Sample, SlotName } from '../../catalog/tools.js';
import type { ObservableDeployment, SlotObservation } from './observable-deployment.js';

type Count = { requests: number; errors: number };
type Totals = Count & { version: string | null; errorLogLines: number; mirrored: Count | undefined };
export type Resources = { cpuCores: number; memoryBytes: number } | null;
type Place = { slot: SlotName; service?: string | undefined };
type Seen = { observation: SlotObservation; sample: Sample };

/** Turns the totals of an environment into samples: what happened in each occupied slot since the last look. */
export const createSampleTaker = (environment: EnvironmentName, deployment: ObservableDeployment) => {
  const before = new Map<string, Totals>();
  let last: readonly Sample[] = [];
  const keep = ({ version, counters, mirrored, errorLogLines, ...place }: SlotObservation): void =>
    void before.set(placeOf(place), { version, requests: counters.requests, errors: counters.errors, errorLogLines, mirrored });

  return {
    /** Forgets what happened before the first sample. */
    begin: (): void => deployment.observe(environment).forEach(keep),
    take: (at: number): Seen[] => {
      const seen = deployment.observe(environment).map((observation) => {
        const sample = sampleOf(environment, at, observation, before.get(placeOf(observation)));
        keep(observation);
        return { observation, sample };
      });
      last = seen.map(({ sample }) => sample);
      return seen;
    },
    /** When the environment cannot be looked at: samples that say that nothing is known, of the slots that were there last. */
    blind: (at: number): Sample[] => {
      const slots = last.length > 0 ? last : (['blue', 'green'] as const).map((slot) => ({ slot, version: null, restarts: 0 }));
      return slots.map(({ slot, version, restarts, ...rest }) => ({
        ...nothing,
        at,
        environment,
        slot,
        ...serviceOf(rest),
        version,
        restarts,
      }));
    },
    resources: async ({ slot, service }: Place): Promise<Resources> => deployment.resourcesOf(environment, slot, service),
  };
};

export type SampleTaker = ReturnType<typeof createSampleTaker>;

/** A slot of one service, as a key. */
export const placeOf = ({ slot, service }: Place): string => (service === undefined ? slot : `${slot} of ${service}`);

const serviceOf = ({ service }: { service?: string | undefined }) => (service === undefined ? {} : { service });

const nothing = {
  requests: 0,
  errors: 0,
  latencyAverageMs: null,
  latencyP95Ms: null,
  cpuCores: null,
  memoryBytes: null,
  healthy: null,
  errorLogLines: 0,
};

const sampleOf = (
  environment: EnvironmentName,
  at: number,
  { slot, service, version, restarts, errorLogLines, counters, mirrored }: SlotObservation,
  before?: Totals,
): Sample => ({
  ...nothing,
  at,
  environment,
  slot,
  ...serviceOf({ service }),
  version,
  requests: grown(counters.requests, before?.requests),
  errors: grown(counters.errors, before?.errors),
  latencyAverageMs: counters.latency.averageMs,
  latencyP95Ms: counters.latency.p95Ms,
  restarts,
  errorLogLines: grown(errorLogLines, before?.version === version ? before.errorLogLines : 0),
  ...mirroredOf(mirrored, before?.mirrored),
});

/** Nothing in the second in which nothing was mirrored. */
const mirroredOf = (now: SlotObservation['mirrored'], before: Count | undefined): Pick<Sample, 'mirrored'> => {
  const requests = grown(now?.requests ?? 0, before?.requests);
  if (now === undefined || requests === 0) return {};
  const { averageMs, p95Ms } = now.latency;
  return { mirrored: { requests, errors: grown(now.errors, before?.errors), latencyAverageMs: averageMs, latencyP95Ms: p95Ms } };
};

/** A total below the last one began anew in between. */
const grown = (total: number, before = 0): number => (total >= before ? total - before : total);
