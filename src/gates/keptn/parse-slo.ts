import { z } from 'zod';
import { reason, StagingError } from '../../catalog/errors.js';
import { parsePolicy } from '../parse-policy.js';

/** Alternatives of conditions: one alternative suffices, each of its conditions is needed. */
type Criteria = string[][];

export type SloObjective = { sli: string; displayName?: string; pass: Criteria; warning: Criteria; weight: number; keySli: boolean };

export type Slo = {
  comparison: { compareWith: string; includeResultWithScore: string; numberOfComparisonResults: number; aggregateFunction: string };
  objectives: SloObjective[];
  /** Keptn has no default for it: a file without one fails every evaluation. */
  totalScore: { pass: string; warning: string } | null;
};

const text = z.union([z.string(), z.number()]).nullish();
const criteria = z.array(z.object({ criteria: z.array(z.string()).nullish() }).nullable()).nullish();

const fileSchema = z.object({
  comparison: z
    .object({
      compare_with: z.string().nullish(),
      include_result_with_score: z.string().nullish(),
      number_of_comparison_results: z.number().int().nonnegative().nullish(),
      aggregate_function: z.string().nullish(),
    })
    .nullish(),
  objectives: z
    .array(
      z
        .object({
          sli: z.string(),
          displayName: z.string().nullish(),
          pass: criteria,
          warning: criteria,
          weight: z.number().int().nullish(),
          key_sli: z.boolean().nullish(),
        })
        .nullable(),
    )
    .nullish(),
  total_score: z.object({ pass: text, warning: text }).nullish(),
});

/**
 * Reads a Keptn v1 `slo.yaml`, with the defaults of Keptn's lighthouse-service (its `parseSLO`): without a comparison section one earlier
 * result is compared, in one that does not say how many, three. Throws POLICY_INVALID.
 */
export const parseSlo = (yaml: string): Slo => readSlo(parsePolicy(yaml, 'SLO file'));

/** The same from a document that is parsed already. */
export const readSlo = (document: unknown): Slo => {
  const parsed = fileSchema.safeParse(document);
  if (!parsed.success)
    throw new StagingError('POLICY_INVALID', `Failed to read the SLO file: ${reason(parsed.error)}.`, { cause: parsed.error });
  const { comparison, objectives, total_score: totalScore } = parsed.data;
  return {
    comparison: {
      compareWith: comparison ? (comparison.compare_with ?? '') : 'single_result',
      includeResultWithScore: comparison?.include_result_with_score || 'all',
      numberOfComparisonResults: comparison?.number_of_comparison_results || (comparison ? 3 : 1),
      aggregateFunction: comparison?.aggregate_function || 'avg',
    },
    objectives: (objectives ?? [])
      .filter((objective) => objective !== null)
      .map((objective) => ({
        sli: objective.sli,
        ...(objective.displayName ? { displayName: objective.displayName } : {}),
        pass: criteriaOf(objective.pass),
        warning: criteriaOf(objective.warning),
        weight: objective.weight || 1,
        keySli: objective.key_sli ?? false,
      })),
    totalScore: totalScore ? { pass: String(totalScore.pass ?? ''), warning: String(totalScore.warning ?? '') } : null,
  };
};

const criteriaOf = (given: z.infer<typeof criteria>): Criteria => (given ?? []).map((one) => one?.criteria ?? []);
