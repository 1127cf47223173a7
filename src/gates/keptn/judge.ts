import { z } from 'zod';
import { reason, StagingError } from '../../catalog/errors.js';
import { parseCriterion } from '../scorecard/criterion.js';
import { decisive, distance, otherSide, said, unexplained, type Explanation } from '../scorecard/explanation.js';
import { evaluateAnalysis, indicatorOf, readAnalysisDefinition } from './analysis-definition.js';
import {
  evaluateWithBaselines,
  type KeptnObjective,
  type KeptnResult,
  type KeptnTarget,
  type PreviousEvaluation,
  type Sli,
} from './evaluate.js';
import { readSlo } from './parse-slo.js';

/** Not `z.number()`: YAML can say .nan and .inf, and both have a clear verdict. */
const number = z.custom<number>((value) => typeof value === 'number', 'must be a number');
const sliSchema = z.object({
  metric: z.string(),
  value: number.nullable().default(null),
  success: z.boolean().default(true),
  message: z.string().default(''),
});
const dataSchema = z.object({
  slis: z.array(sliSchema),
  previousEvaluations: z.array(z.object({ result: z.string(), score: number.default(0), slis: z.array(sliSchema) })).default([]),
});

/** Judges the data against a Keptn `slo.yaml` or an AnalysisDefinition, and explains each objective. Throws POLICY_INVALID, SAMPLES_INVALID. */
export const judge = ({ policy, data }: { policy: unknown; data: unknown }): KeptnResult & { explain: Explanation[] } => {
  const { slis, previousEvaluations } = readData(data);
  if (isAnalysisDefinition(policy)) {
    const definition = readAnalysisDefinition(policy);
    const result = evaluateAnalysis({ definition, slis });
    const explain = definition.spec.objectives.flatMap(({ analysisValueTemplateRef }, index) => {
      const objective = result.objectives[index];
      if (objective === undefined) return [];
      const targets = [...objective.passTargets, ...objective.warningTargets];
      const groups = [targets.map(({ criteria }) => criteria)];
      return [explainObjective(objective, { sli: indicatorOf(analysisValueTemplateRef, slis), targets, groups, baseline: null })];
    });
    return { ...result, explain };
  }
  const slo = readSlo(policy);
  const { baselines, ...result } = evaluateWithBaselines({ slo, slis, previousEvaluations });
  const explain = result.objectives.map((objective, index) =>
    explainObjective(objective, {
      sli: slis.find(({ metric }) => metric === objective.sli) ?? null,
      targets: objective.passTargets,
      groups: slo.objectives[index]?.pass ?? [],
      baseline: baselines[index] ?? null,
    }),
  );
  return { ...result, explain };
};

export const isAnalysisDefinition = (policy: unknown): boolean =>
  typeof policy === 'object' && policy !== null && 'kind' in policy && policy.kind === 'AnalysisDefinition';

const readData = (data: unknown): { slis: readonly Sli[]; previousEvaluations: readonly PreviousEvaluation[] } => {
  const parsed = dataSchema.safeParse(data);
  if (parsed.success) return parsed.data;
  throw new StagingError('SAMPLES_INVALID', `Failed to read the indicators: ${reason(parsed.error)}.`, { cause: parsed.error });
};

/** `groups` holds the criteria that a pass needs: alternatives of conditions, in the order of `targets`. */
type Background = {
  sli: Sli | null;
  targets: readonly KeptnTarget[];
  groups: readonly (readonly string[])[];
  baseline: number | null;
};

const explainObjective = (objective: KeptnObjective, { sli, targets, groups, baseline }: Background): Explanation => {
  const rule = groups.map((conditions) => conditions.join(' and ')).join(', or ') || 'none';
  const value = sli === null || sli.success === false ? null : sli.value;
  const about = { ...unexplained, name: objective.sli, outcome: objective.status, rule, value };
  if (value === null)
    return {
      ...about,
      reason: sli === null ? 'no value was given' : `no value could be read${sli.message ? `: ${sli.message}` : ''}`,
      wouldChange: objective.status === 'info' ? 'nothing: it only informs' : 'a value that satisfies the rule',
    };
  if (objective.status === 'info')
    return { ...about, reason: `${said(value)} is only shown: there is no pass criterion`, wouldChange: 'a pass criterion' };
  const nearest = decisive(value, comparisons(targets, groups, baseline));
  if (nearest === null)
    return { ...about, reason: `${said(value)} was compared with nothing`, wouldChange: 'an earlier evaluation to compare with' };
  const { holds, target } = nearest;
  return {
    ...about,
    target,
    margin: holds ? Math.abs(value - target) : -Math.abs(value - target),
    baseline,
    reason: `${distance(value, target)}, the limit of "${nearest.text}"${objective.status === 'warning' ? ', which earns half its weight' : ''}`,
    wouldChange: otherSide(nearest),
  };
};

/** The targets in the groups of the file, without those that held for want of history. */
const comparisons = (targets: readonly KeptnTarget[], groups: readonly (readonly string[])[], baseline: number | null) => {
  const left = [...targets];
  return groups.map((conditions) =>
    left.splice(0, conditions.length).flatMap(({ criteria, targetValue, violated }) => {
      const criterion = parseCriterion(criteria);
      if ('error' in criterion || (criterion.relative !== null && baseline === null)) return [];
      return [{ text: criteria, operator: criterion.operator, target: targetValue, holds: !violated }];
    }),
  );
};
