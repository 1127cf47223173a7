import { z } from 'zod';
import { reason, StagingError } from '../../catalog/errors.js';
import { said } from '../scorecard/explanation.js';
import type { KeptnObjective, KeptnResult, KeptnTarget, Sli } from './evaluate.js';
import { parseQuantity } from './quantity.js';

type Range = { lowBound: number; highBound: number };

/** The operators of an AnalysisDefinition, and the criterion that stands for the opposite of each. */
const tests = {
  equalTo: { holds: (value: number, target: number) => value === target, otherwise: 'not =' },
  lessThanOrEqual: { holds: (value: number, target: number) => value <= target, otherwise: '>' },
  lessThan: { holds: (value: number, target: number) => value < target, otherwise: '>=' },
  greaterThanOrEqual: { holds: (value: number, target: number) => value >= target, otherwise: '<' },
  greaterThan: { holds: (value: number, target: number) => value > target, otherwise: '<=' },
} as const;
const rangeTests = {
  inRange: (value: number, { lowBound, highBound }: Range) => value >= lowBound && value <= highBound,
  notInRange: (value: number, { lowBound, highBound }: Range) => value < lowBound || value > highBound,
} as const;

const quantity = z.union([z.string(), z.number()]).transform((given, context) => {
  const value = parseQuantity(given);
  if (value === null) context.addIssue({ code: 'custom', message: `"${given}" is no Kubernetes quantity` });
  return value ?? NaN;
});
const fixed = z.strictObject({ fixedValue: quantity }).optional();
const range = z
  .strictObject({ lowBound: quantity, highBound: quantity })
  .refine(({ lowBound, highBound }) => lowBound < highBound, 'lowBound must be below highBound')
  .optional();
const operatorSchema = z
  .strictObject({
    equalTo: fixed,
    lessThanOrEqual: fixed,
    lessThan: fixed,
    greaterThanOrEqual: fixed,
    greaterThan: fixed,
    inRange: range,
    notInRange: range,
  })
  .refine((given) => Object.keys(given).length === 1, 'must hold exactly one operator');

const analysisDefinitionSchema = z.object({
  spec: z.object({
    objectives: z
      .array(
        z.object({
          analysisValueTemplateRef: z.object({ name: z.string(), namespace: z.string().optional() }),
          target: z.object({ failure: operatorSchema.optional(), warning: operatorSchema.optional() }).default({}),
          weight: z.number().int().default(1),
          keyObjective: z.boolean().default(false),
        }),
      )
      .default([]),
    totalScore: z
      .object({ passPercentage: z.number().int().min(0).max(100), warningPercentage: z.number().int().min(0).max(100) })
      .refine(
        ({ passPercentage, warningPercentage }) => warningPercentage < passPercentage,
        'warningPercentage must be below passPercentage',
      ),
  }),
});

export type AnalysisDefinition = z.infer<typeof analysisDefinitionSchema>;
type Objective = AnalysisDefinition['spec']['objectives'][number];

/** Reads an AnalysisDefinition (metrics.keptn.sh, v1alpha3 to v1) from a parsed document. Throws POLICY_INVALID. */
export const readAnalysisDefinition = (document: unknown): AnalysisDefinition => {
  const parsed = analysisDefinitionSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  throw new StagingError('POLICY_INVALID', `Failed to read the AnalysisDefinition: ${reason(parsed.error)}.`, { cause: parsed.error });
};

/**
 * The verdict of the Keptn metrics operator: an objective fails where its failure target holds, warns (half its weight) where the warning
 * target holds, and passes otherwise.
 */
export const evaluateAnalysis = ({ definition, slis }: { definition: AnalysisDefinition; slis: readonly Sli[] }): KeptnResult => {
  const { objectives: asked, totalScore } = definition.spec;
  const objectives = asked.map((objective) => judgeObjective(objective, slis));
  const achievable = asked.reduce((sum, { weight }) => sum + weight, 0);
  const achieved = objectives.reduce((sum, { score }) => sum + score, 0);
  const score = achievable === 0 ? 0 : achieved === achievable ? 100 : (achieved / achievable) * 100; // rounded as there: 57 of 100 are less than 57
  const about = { score, objectives, warnings: warningsOf(asked, achievable) };
  const key = objectives.find((objective) => objective.keySli && objective.score === 0);
  if (key !== undefined) return { ...about, result: 'fail', message: `the key objective ${key.sli} failed` };
  const { passPercentage, warningPercentage } = totalScore;
  if (score >= passPercentage) return { ...about, result: 'pass', message: `the score ${said(score)} reaches ${passPercentage}` };
  if (score >= warningPercentage)
    return {
      ...about,
      result: 'warning',
      message: `the score ${said(score)} is below ${passPercentage}, and reaches ${warningPercentage}`,
    };
  return { ...about, result: 'fail', message: `the score ${said(score)} is below ${warningPercentage}` };
};

const judgeObjective = (
  { analysisValueTemplateRef: ref, target, weight, keyObjective }: Objective,
  slis: readonly Sli[],
): KeptnObjective => {
  const found = indicatorOf(ref, slis);
  const value = found === null || found.success === false ? null : found.value;
  const failure = value !== null && target.failure !== undefined && holds(target.failure, value);
  const warning = value !== null && target.warning !== undefined && holds(target.warning, value);
  const status = value === null || failure ? 'fail' : warning ? 'warning' : 'pass';
  return {
    sli: ref.name,
    status,
    score: { pass: weight, warning: weight / 2, fail: 0 }[status],
    keySli: keyObjective,
    passTargets: target.failure === undefined ? [] : [targetOf(target.failure, value === null || failure)],
    warningTargets: target.warning === undefined ? [] : [targetOf(target.warning, value === null || warning)],
  };
};

/** An indicator is named after its template, or as the operator keys it: `NAME-NAMESPACE`. */
export const indicatorOf = ({ name, namespace }: Objective['analysisValueTemplateRef'], slis: readonly Sli[]): Sli | null =>
  slis.find(({ metric }) => metric === name || (namespace !== undefined && metric === `${name}-${namespace}`)) ?? null;

type OperatorGiven = z.infer<typeof operatorSchema>;

const holds = (operator: OperatorGiven, value: number): boolean =>
  Object.entries(tests).some(([name, test]) => {
    const given = operator[name as keyof typeof tests]; // a key of the table itself
    return given !== undefined && test.holds(value, given.fixedValue);
  }) ||
  Object.entries(rangeTests).some(([name, test]) => {
    const given = operator[name as keyof typeof rangeTests]; // a key of the table itself
    return given !== undefined && test(value, given);
  });

/** A failure target says what must not be: its criterion is the opposite, and violated where its operator holds. */
const targetOf = (operator: OperatorGiven, violated: boolean): KeptnTarget => {
  for (const [name, { otherwise }] of Object.entries(tests)) {
    const given = operator[name as keyof typeof tests]; // a key of the table itself
    if (given !== undefined) return { criteria: `${otherwise}${given.fixedValue}`, targetValue: given.fixedValue, violated };
  }
  const { lowBound, highBound } = operator.inRange ?? operator.notInRange ?? { lowBound: NaN, highBound: NaN };
  const side = operator.inRange === undefined ? 'within' : 'outside';
  return { criteria: `${side} ${said(lowBound)} to ${said(highBound)}`, targetValue: highBound, violated };
};

const warningsOf = (asked: readonly Objective[], achievable: number): string[] => [
  ...(achievable === 0 ? ['No objective has a weight: the score is 0 whatever is measured.'] : []),
  ...asked
    .filter(({ target }) => target.failure === undefined)
    .map(({ analysisValueTemplateRef: { name } }) => `${name} has no failure target: any value that can be read does not fail it.`),
];
