import { z } from 'zod';
import { reason, StagingError } from '../../catalog/errors.js';
import { plain } from '../words.js';

const share = z.number().positive().lt(1);

const common = {
  name: z.string().min(1),
  /** Which change is harm. */
  direction: z.enum(['increase', 'decrease', 'either']).default('either'),
  /** How much worse than the baseline is still good: 0.1 is a tenth of it. */
  tolerance: z.number().nonnegative().default(0.1),
  /** A harm that must not go unseen, in parts of the baseline; twice the tolerance unless told. It sets how much traffic is enough. */
  detect: z.number().positive().optional(),
  /** What to say when a side has nothing. */
  noData: z.enum(['inconclusive', 'failed']).default('inconclusive'),
};

const valuesSchema = z.object({
  ...common,
  kind: z.literal('values'),
  control: z.unknown(),
  experiment: z.unknown(),
  /** The same in the metric's own unit; the larger of both counts. */
  absoluteTolerance: z.number().nonnegative().default(0),
  /** Fewer on a side are no evidence, whatever they say. */
  minSamples: z.number().int().min(2).default(10),
  missing: z.enum(['drop', 'zero']).default('drop'),
  /** Values beyond three times the middle half: left in, drawn in to there, or taken out. */
  outliers: z.enum(['keep', 'clamp', 'remove']).default('keep'),
});

const counterSchema = z.object({
  ...common,
  direction: common.direction.unwrap().default('increase'),
  kind: z.literal('counter'),
  control: z.unknown(),
  experiment: z.unknown(),
  /** In parts of all requests: half a percentage point, so that a baseline without errors can be compared with. */
  absoluteTolerance: z.number().nonnegative().lt(1).default(0.005),
  minSamples: z.number().int().min(2).default(30),
});

const policySchema = z.object({
  metrics: z.array(z.discriminatedUnion('kind', [valuesSchema, counterSchema])).min(1),
  /** The chance that a good canary is failed, over all metrics and all looks. */
  falseAlarmRate: share.max(0.5).default(0.05),
  /** How surely a harm of `detect` is to be seen, and an unchanged canary to be passed. */
  power: share.min(0.5).default(0.8),
  /** The shares of the planned evidence at the looks so far, the present one last; left out for a single look. */
  looks: z.array(z.number()).default([]),
  spending: z.enum(['obrien-fleming', 'pocock']).default('obrien-fleming'),
  /** How long both sides have been observed: turns missing requests into minutes. */
  minutes: z.number().positive().optional(),
});

export type CanaryPolicy = z.infer<typeof policySchema>;
export type ValuesMetric = z.infer<typeof valuesSchema>;
export type CounterMetric = z.infer<typeof counterSchema>;
export type CanaryMetric = ValuesMetric | CounterMetric;

type Told<M> = Omit<M, 'kind' | 'control' | 'experiment'>;
/** Missing values are null or NaN. */
type Values = readonly (number | null)[] | Float64Array;
type Counted = { events: number; total: number };
/** A metric is one of values when its sides are lists, and a counter when they are `{ events, total }`. */
type CanaryMetricInput =
  | ({ control: Values; experiment: Values } & Partial<Told<z.input<typeof valuesSchema>>> & { name: string })
  | ({ control: Counted; experiment: Counted } & Partial<Told<z.input<typeof counterSchema>>> & { name: string });
export type CanaryInput = Omit<z.input<typeof policySchema>, 'metrics'> & { metrics: readonly CanaryMetricInput[] };

/** The input with every default filled in. Throws `POLICY_INVALID`; the samples are looked at later, metric by metric. */
export const parseCanaryPolicy = (input: CanaryInput): CanaryPolicy => {
  const given: unknown = input; // typed for those who write it in TypeScript, not for those who read it from a file
  const metrics = isRecord(given) && Array.isArray(given['metrics']) ? given['metrics'].map(withKind) : [];
  const result = policySchema.safeParse({ ...input, metrics });
  if (!result.success) throw refused(plain(reason(result.error)), result.error);
  const names = result.data.metrics.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw refused(`metrics names "${plain(twice)}" twice`);
  const whole = result.data.metrics.find(({ direction, tolerance }) => direction !== 'increase' && tolerance >= 1);
  if (whole !== undefined) throw refused(`${plain(whole.name)} tolerates a decrease of everything; its tolerance must be below 1`);
  return result.data;
};

const withKind = (metric: unknown): unknown =>
  isRecord(metric) ? { ...metric, kind: isCounter(metric['control']) || isCounter(metric['experiment']) ? 'counter' : 'values' } : metric;

const isCounter = (side: unknown): boolean => isRecord(side) && 'events' in side;

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const refused = (why: string, cause?: unknown): StagingError =>
  new StagingError('POLICY_INVALID', `Failed to judge the canary: ${why}.`, cause === undefined ? {} : { cause });
