import { z } from 'zod';
import { routineNames, type RoutineName } from '../catalog/routines.js';

/** What can go wrong in a simulated world, and what `value` means there. */
export const faultKinds = {
  environment_not_ready: 'the stable version does not answer while staging is provisioned',
  merge_conflict: 'the feature branches do not merge',
  build_failure: 'the build fails',
  failed_migration: "the candidate's database migration fails",
  irreversible_migration: 'the migration is applied, and the stable version cannot work with the new schema',
  preview_dead: 'the candidate does not answer in the idle slot',
  red_test: 'a regression test fails',
  critical_vulnerability: 'a dependency has a critical vulnerability',
  testing_down: 'suites, load and scans break: errored, not failed',
  slow_load: 'average response time under load, in ms',
  error_rate: "fraction of the candidate's requests that fail",
  latency: "average latency of the candidate's answers, in ms",
  crash: 'the process of the candidate ends',
  failed_health_checks: 'the health path of the candidate does not answer',
  memory_leak: 'bytes per minute that the candidate does not give back',
  no_traffic: 'nobody sends the candidate a request',
  monitoring_down: 'monitoring has no samples',
  process_killed: 'the process that runs the release dies, once; a new one resumes',
} as const;
export type FaultKind = keyof typeof faultKinds;

const seconds = z.number().nonnegative();

/**
 * What goes wrong in a simulated world: declared, never random. Its clock starts when the routine `at` begins, else when the
 * candidate first takes traffic, else with the world.
 */
export const faultSchema = z
  .strictObject({
    kind: z.enum(Object.keys(faultKinds) as [FaultKind, ...FaultKind[]]), // keys of a const table
    /** The routine that must have begun, in this attempt. */
    at: z.enum(routineNames as [RoutineName, ...RoutineName[]]).optional(),
    /** Left out: production when `at` is the promotion, else staging. */
    environment: z.enum(['staging', 'production']).optional(),
    /** Of which of several services; left out, of the one that the release is named after. */
    service: z.string().min(1).optional(),
    /** Acts only on a candidate that holds this feature. */
    feature: z.string().min(1).optional(),
    /** The fault acts in attempts up to this one: a fix ends it. */
    untilAttempt: z.number().int().positive().default(1_000),
    /** Seconds before it shows. */
    afterS: seconds.default(0),
    /** Seconds for which it shows. Left out: to the end. */
    forS: seconds.positive().optional(),
    /** Seconds after which it shows again: with `forS`, a fault that flaps. */
    everyS: seconds.positive().optional(),
    value: z.number().default(0),
  })
  .transform((fault) => ({
    ...fault,
    environment: fault.environment ?? (fault.at === 'production-promotion-routine' ? ('production' as const) : ('staging' as const)),
  }));
export type Fault = z.output<typeof faultSchema>;
export type FaultInput = z.input<typeof faultSchema>;

/** Whether a fault shows `elapsedMs` after its clock started. */
export const isShowing = ({ afterS, forS, everyS }: Fault, elapsedMs: number): boolean => {
  const sinceMs = elapsedMs - afterS * 1_000;
  if (sinceMs < 0) return false;
  const phaseMs = everyS === undefined ? sinceMs : sinceMs % (everyS * 1_000);
  return forS === undefined || phaseMs < forS * 1_000;
};
