import { z } from 'zod';
import { reason, StagingError } from '../../catalog/errors.js';

const metadata = z.looseObject({ name: z.string() });
const source = z.unknown().optional();
const sliSpec = z
  .looseObject({
    thresholdMetric: source,
    ratioMetric: z
      .looseObject({
        counter: z.boolean().default(false),
        good: source,
        bad: source,
        total: source,
        raw: source,
        rawType: z.enum(['success', 'failure']).default('success'),
      })
      .optional(),
  })
  .refine(
    ({ thresholdMetric, ratioMetric }) => (thresholdMetric === undefined) !== (ratioMetric === undefined),
    'must hold one of thresholdMetric and ratioMetric',
  );
const sliSchema = z.looseObject({ kind: z.literal('SLI').optional(), metadata, spec: sliSpec });

const objectiveSchema = z
  .looseObject({
    displayName: z.string().optional(),
    op: z.enum(['lte', 'gte', 'lt', 'gt']).optional(),
    value: z.number().optional(),
    target: z.number().min(0).max(1).optional(),
    targetPercent: z.number().min(0).max(100).optional(),
    timeSliceTarget: z.number().min(0).max(1).optional(),
    timeSliceWindow: z.union([z.string(), z.number()]).optional(),
    compositeWeight: z.number().positive().default(1),
    indicator: sliSchema.optional(),
    indicatorRef: z.string().optional(),
  })
  .refine(
    ({ target, targetPercent }) => (target === undefined) !== (targetPercent === undefined),
    'must hold one of target and targetPercent',
  );
const sloSchema = z.looseObject({
  kind: z.literal('SLO'),
  metadata,
  spec: z.looseObject({
    indicator: sliSchema.optional(),
    indicatorRef: z.string().optional(),
    budgetingMethod: z.enum(['Occurrences', 'Timeslices', 'RatioTimeslices']),
    timeWindow: z
      .array(z.looseObject({ duration: z.string() }))
      .max(1)
      .default([]),
    objectives: z.array(objectiveSchema).min(1),
  }),
});

type BudgetingMethod = z.infer<typeof sloSchema>['spec']['budgetingMethod'];
type Sli = z.infer<typeof sliSchema>;

/** One objective of an SLO with the indicator that it is about. */
export type SloObjective = {
  name: string;
  indicator: string;
  method: BudgetingMethod;
  window: string | null;
  /** Fraction of good events or time slices. */
  target: number;
  timeSliceTarget: number | null;
  timeSliceWindow: string | null;
  weight: number;
  metric: { kind: 'threshold'; op: 'lte' | 'gte' | 'lt' | 'gt'; value: number } | { kind: 'ratio'; counter: boolean; inverted: boolean };
};

/** The objectives of every OpenSLO v1 SLO among the documents, with the SLIs that they refer to. Throws POLICY_INVALID. */
export const readSlos = (documents: readonly unknown[]): SloObjective[] => {
  const slis = new Map(
    documents
      .filter(isOfKind('SLI'))
      .map((one) => parse(sliSchema, one))
      .map((sli) => [sli.metadata.name, sli]),
  );
  const slos = documents.filter(isOfKind('SLO')).map((one) => parse(sloSchema, one));
  if (slos.length === 0) throw invalid('it holds no document of the kind SLO');
  return slos.flatMap(({ metadata: { name }, spec }) =>
    spec.objectives.map((objective, index): SloObjective => {
      const label = spec.objectives.length === 1 ? name : `${name}: ${objective.displayName ?? `objective ${index + 1}`}`;
      const sli = indicatorOf(objective.indicator ?? spec.indicator, objective.indicatorRef ?? spec.indicatorRef, slis, label);
      if (spec.budgetingMethod === 'Timeslices' && objective.timeSliceTarget === undefined && sli.spec.ratioMetric !== undefined)
        throw invalid(`${label} counts time slices and has no timeSliceTarget`);
      return {
        name: label,
        indicator: sli.metadata.name,
        method: spec.budgetingMethod,
        window: spec.timeWindow[0]?.duration ?? null,
        target: objective.target ?? (objective.targetPercent ?? NaN) / 100,
        timeSliceTarget: objective.timeSliceTarget ?? null,
        timeSliceWindow: objective.timeSliceWindow === undefined ? null : String(objective.timeSliceWindow),
        weight: objective.compositeWeight,
        metric: metricOf(sli, objective, label),
      };
    }),
  );
};

const isOfKind =
  (kind: string) =>
  (document: unknown): boolean =>
    typeof document === 'object' && document !== null && 'kind' in document && document.kind === kind;

const indicatorOf = (inline: Sli | undefined, reference: string | undefined, slis: ReadonlyMap<string, Sli>, label: string): Sli => {
  if (inline !== undefined) return inline;
  const found = reference === undefined ? undefined : slis.get(reference);
  if (found !== undefined) return found;
  throw invalid(
    reference === undefined
      ? `${label} has neither indicator nor indicatorRef`
      : `${label} refers to the SLI "${reference}", which the file does not hold`,
  );
};

const metricOf = ({ spec }: Sli, { op, value }: z.infer<typeof objectiveSchema>, label: string): SloObjective['metric'] => {
  if (spec.ratioMetric !== undefined) {
    const { counter, raw, rawType, bad } = spec.ratioMetric;
    return {
      kind: 'ratio',
      counter,
      inverted: raw === undefined ? bad !== undefined && spec.ratioMetric.good === undefined : rawType === 'failure',
    };
  }
  if (op === undefined || value === undefined) throw invalid(`${label} has a threshold metric and no op or no value`);
  return { kind: 'threshold', op, value };
};

const parse = <S extends z.ZodType>(schema: S, document: unknown): z.infer<S> => {
  const parsed = schema.safeParse(document);
  if (parsed.success) return parsed.data;
  throw invalid(reason(parsed.error));
};

const invalid = (why: string): StagingError => new StagingError('POLICY_INVALID', `Failed to read the OpenSLO file: ${why}.`);
