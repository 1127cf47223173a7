import { z } from 'zod';
import { reason as reasonOf, StagingError } from '../../catalog/errors.js';
import type { CheckOutcome } from '../../catalog/gates.js';
import { counted, formatDuration } from '../words.js';

const limit = z.number().int().nonnegative().default(0);
const policySchema = z
  .strictObject({
    /** Measurements that a verdict needs; an errored one is taken again and does not count. */
    count: z.number().int().positive(),
    intervalMs: z.number().nonnegative(),
    initialDelayMs: z.number().nonnegative().default(0),
    /** How many of each are borne: one more decides. */
    limits: z.strictObject({ failures: limit, errors: limit, inconclusive: limit }).prefault({}),
  })
  .refine(
    ({ count, limits }) => limits.failures + limits.inconclusive < count,
    'the limits of failures and inconclusive must together be below count: otherwise nothing good needs to be measured',
  );

type RunPolicy = z.input<typeof policySchema>;
type Policy = z.infer<typeof policySchema>;
type RunMeasurement = { at: number; outcome: Extract<CheckOutcome, 'passed' | 'failed' | 'errored' | 'inconclusive'> };

type Request = {
  policy: RunPolicy;
  measurements: readonly RunMeasurement[];
  startedAt: number;
  now: number;
  /** Who is asked: while a person thinks, the candidate is judged on. */
  waitingFor?: string | null;
};

export type RunAssessment = {
  outcome: Extract<CheckOutcome, 'pending' | 'passed' | 'failed' | 'errored' | 'inconclusive'>;
  /** What to do now: nothing before `dueAt`, another measurement, traffic back to the stable version, stop and ask, or go on. */
  action: 'wait' | 'measure' | 'roll_back' | 'hold' | 'proceed';
  /** When the next measurement is due; null where none is. */
  dueAt: number | null;
  reason: string;
  wouldChange: string;
};

const kinds = [
  { outcome: 'failed', limit: 'failures', action: 'roll_back' },
  { outcome: 'errored', limit: 'errors', action: 'hold' },
  { outcome: 'inconclusive', limit: 'inconclusive', action: 'hold' },
] as const;

/**
 * Where a series of measurements stands. Failures, errors and inconclusive ones have a limit each; of several that are exceeded the worst
 * decides, and later good measurements do not undo it. Once the count is complete the candidate goes on, or is measured further as
 * long as a person is waited for: then the newest `count` measurements are held to the same limits. Throws POLICY_INVALID.
 */
export const assessRunControl = ({ policy: given, measurements, startedAt, now, waitingFor = null }: Request): RunAssessment => {
  const policy = readPolicy(given);
  const breach = firstBreach(policy, measurements);
  if (breach !== null) {
    const { kind, found } = breach;
    const allowed = policy.limits[kind.limit];
    const asked = waitingFor !== null && kind.action === 'roll_back' ? `; ${waitingFor} need not answer any more` : '';
    return {
      outcome: kind.outcome,
      action: kind.action,
      dueAt: null,
      reason: `${counted(found, 'measurement')} ${kind.outcome}, more than the ${allowed} borne${asked}`,
      wouldChange: `a limit of ${found} for ${kind.limit}, or ${counted(found - allowed, 'measurement')} fewer that ${kind.outcome === 'errored' ? 'errors' : `is ${kind.outcome}`}`,
    };
  }
  const done = completed(measurements);
  const missing = policy.count - done;
  if (missing <= 0 && waitingFor === null)
    return {
      outcome: 'passed',
      action: 'proceed',
      dueAt: null,
      reason: `${counted(done, 'measurement')} within the limits`,
      wouldChange: 'nothing: it is complete',
    };
  const dueAt = (measurements.at(-1)?.at ?? startedAt + policy.initialDelayMs - policy.intervalMs) + policy.intervalMs;
  const due = now >= dueAt;
  const when = due ? 'is due' : `is due in ${formatDuration(dueAt - now)}`;
  if (missing <= 0)
    return {
      outcome: 'passed',
      action: due ? 'measure' : 'wait',
      dueAt,
      reason: `complete and within the limits; ${waitingFor ?? ''} is waited for, and the next measurement ${when}`,
      wouldChange: 'a breach, or the answer',
    };
  return {
    outcome: 'pending',
    action: due ? 'measure' : 'wait',
    dueAt,
    reason: `${done} of ${policy.count} measured; the next ${when}`,
    wouldChange: counted(missing, 'more measurement'),
  };
};

const readPolicy = (policy: RunPolicy): Policy => {
  const parsed = policySchema.safeParse(policy);
  if (parsed.success) return parsed.data;
  throw new StagingError('POLICY_INVALID', `Failed to read the run control: ${reasonOf(parsed.error)}.`, { cause: parsed.error });
};

const completed = (measurements: readonly RunMeasurement[]): number => measurements.filter(({ outcome }) => outcome !== 'errored').length;

/** The worst limit that was exceeded at the first moment at which one was. */
const firstBreach = ({ count, limits }: Policy, measurements: readonly RunMeasurement[]) => {
  const found: Record<RunMeasurement['outcome'], number> = { passed: 0, failed: 0, errored: 0, inconclusive: 0 };
  let [done, from] = [0, 0];
  for (const [index, { outcome }] of measurements.entries()) {
    found[outcome] += 1;
    if (outcome !== 'errored') done += 1;
    for (; done > count && index + 1 - from > count; from += 1) found[measurements[from]?.outcome ?? 'passed'] -= 1;
    const kind = kinds.find((one) => found[one.outcome] > limits[one.limit]);
    if (kind !== undefined) return { kind, found: found[kind.outcome] };
  }
  return null;
};
