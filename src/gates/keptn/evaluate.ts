import { lookUp } from '../look-up.js';
import { aggregates } from '../scorecard/aggregate.js';
import { operators, parseCriterion, type Criterion } from '../scorecard/criterion.js';
import { said } from '../scorecard/explanation.js';
import type { Slo, SloObjective } from './parse-slo.js';

/** One measured indicator. Left out, `success` is read as true; an indicator without a value has none to judge. */
export type Sli = { metric: string; value: number | null; success?: boolean; message?: string };

/** An earlier evaluation of the same service. */
export type PreviousEvaluation = { result: string; score?: number; slis: readonly Sli[] };

/** What a criterion asked for. A relative one without history has the target 0 and is not violated, as in Keptn. */
export type KeptnTarget = { criteria: string; targetValue: number; violated: boolean };

export type KeptnObjective = {
  sli: string;
  status: 'pass' | 'warning' | 'fail' | 'info';
  score: number;
  keySli: boolean;
  passTargets: KeptnTarget[];
  warningTargets: KeptnTarget[];
};

export type KeptnResult = {
  result: 'pass' | 'warning' | 'fail';
  /** Percent of the achievable weight. */
  score: number;
  objectives: KeptnObjective[];
  /** Why the whole is as it is. */
  message: string;
  /** Where Keptn's rule decided without evidence, or against its author's likely intent. */
  warnings: string[];
};

type SloLike = Partial<Pick<Slo, 'comparison' | 'totalScore'>> & {
  objectives: readonly (Pick<SloObjective, 'sli'> & Partial<SloObjective>)[];
};
type Request = { slo: SloLike; slis: readonly Sli[]; previousEvaluations?: readonly PreviousEvaluation[] };

const defaultComparison = {
  compareWith: 'single_result',
  includeResultWithScore: 'all',
  numberOfComparisonResults: 1,
  aggregateFunction: 'avg',
};

/**
 * The verdict that Keptn v1 gives (lighthouse-service, `evaluate_sli_handler.go`): objectives are weighted, a warning earns half, an
 * objective without pass criteria only informs, a failed key objective fails the whole. `previousEvaluations` come newest first. What
 * Keptn lets through without evidence is let through here too, and named in `warnings`.
 */
export const evaluate = (request: Request): KeptnResult => {
  const { baselines: _baselines, ...result } = evaluateWithBaselines(request);
  return result;
};

/** The same, and beside each objective the value that its relative criteria were compared with: null where there was none. */
export const evaluateWithBaselines = ({
  slo,
  slis,
  previousEvaluations = [],
}: Request): KeptnResult & { baselines: readonly (number | null)[] } => {
  const comparison = { ...defaultComparison, ...slo.comparison };
  const compared = comparable(comparison, previousEvaluations);
  const warnings = new Set<string>();
  if (slo.objectives.length === 0) return failed('the SLO file has no objective');
  const left = [...slis];
  const objectives: KeptnObjective[] = [];
  const baselines = slo.objectives.map(({ sli }) => baselineOf(sli, compared, comparison.aggregateFunction));
  for (const [index, given] of slo.objectives.entries()) {
    const objective = { pass: [], warning: [], weight: 1, keySli: false, ...given };
    const judged = judgeObjective(objective, take(left, objective.sli), baselines[index] ?? null);
    if ('error' in judged) return failed(`error with ${objective.displayName ?? objective.sli}: ${judged.error}`);
    objectives.push(judged.objective);
    for (const warning of judged.warnings) warnings.add(warning);
  }
  if (lookUp(aggregates, comparison.aggregateFunction) === undefined)
    warnings.add(`Keptn knows no aggregate function "${comparison.aggregateFunction}" and compares with 0.`);
  if (compared.some(({ result }) => result === 'fail') && slo.objectives.some((one) => isRelative(one.pass) || isRelative(one.warning)))
    warnings.add('Relative rules were compared with a release that failed, because include_result_with_score is not "pass".');
  if (left.length > 0) warnings.add(`No objective judges ${someOf(left.map(({ metric }) => metric))}.`);
  return { ...total(slo, objectives, warnings), objectives, warnings: [...warnings], baselines };
};

const mostNamed = 20;
const someOf = (names: readonly string[]): string =>
  names.length <= mostNamed ? names.join(', ') : `${names.slice(0, mostNamed).join(', ')} and ${names.length - mostNamed} more`;

const failed = (message: string): ReturnType<typeof evaluateWithBaselines> => ({
  result: 'fail',
  score: 0,
  objectives: [],
  message,
  warnings: [],
  baselines: [],
});

/** As many earlier evaluations as the comparison takes, of those whose result it admits. */
const comparable = (comparison: Slo['comparison'], previous: readonly PreviousEvaluation[]): readonly PreviousEvaluation[] => {
  const admitted = lookUp(admits, comparison.includeResultWithScore.toLowerCase());
  const counts = { single_result: 1, several_results: comparison.numberOfComparisonResults };
  const count = lookUp(counts, comparison.compareWith) ?? 3;
  return previous.filter(({ result }) => admitted?.includes(result) ?? true).slice(0, count);
};

const admits: Record<string, readonly string[]> = { pass: ['pass'], pass_or_warn: ['pass', 'warning'] };

/**
 * The first indicator of that name, which is then used up: Keptn gives a second objective on the same indicator no value. As there, the last
 * one takes its place.
 */
const take = (slis: Sli[], name: string): Sli | undefined => {
  const index = slis.findIndex(({ metric }) => metric === name);
  if (index === -1) return undefined;
  const found = slis[index];
  const last = slis.pop();
  if (last !== undefined && index < slis.length) slis[index] = last;
  return found;
};

/** Null where no earlier evaluation has a value. */
const baselineOf = (sli: string, compared: readonly PreviousEvaluation[], aggregate: string): number | null => {
  const values = compared.flatMap(({ slis }) => slis.filter((one) => one.metric === sli)).flatMap((one) => valueOf(one) ?? []);
  if (values.length === 0) return null;
  return lookUp(aggregates, aggregate)?.(values) ?? 0;
};

const valueOf = (sli: Sli | undefined): number | null => (sli === undefined || sli.success === false ? null : sli.value);

type Judged = { objective: KeptnObjective; warnings: string[] };

const judgeObjective = (objective: SloObjective, sli: Sli | undefined, baseline: number | null): Judged | { error: string } => {
  const { keySli, weight } = objective;
  const about = { sli: objective.sli, keySli };
  const value = valueOf(sli);
  if (objective.pass.length === 0 || value === null) {
    const status = objective.pass.length === 0 ? 'info' : 'fail';
    const unmet = { passTargets: unmetTargets(objective.pass, baseline), warningTargets: unmetTargets(objective.warning, baseline) };
    return { objective: { ...about, status, score: 0, ...unmet }, warnings: [] };
  }
  const pass = judgeCriteria(objective.pass, value, baseline);
  if ('error' in pass) return pass;
  const warning = judgeCriteria(objective.warning, value, baseline);
  const warned = !('error' in warning) && warning.satisfied;
  const status = pass.satisfied ? 'pass' : warned ? 'warning' : 'fail';
  const score = { pass: weight, warning: weight / 2, fail: 0 }[status];
  return {
    objective: { ...about, status, score, passTargets: pass.targets, warningTargets: 'error' in warning ? [] : warning.targets },
    warnings: [
      ...(Number.isNaN(value) ? [`${objective.sli} is not a number, which no criterion accepts.`] : []),
      ...(baseline === null && status !== 'fail' ? blind(objective, status) : []),
      ...('error' in warning ? [`Keptn ignores the warning criteria of ${objective.sli}: ${warning.error}.`] : []),
      ...(objective.pass.some((conditions) => conditions.length === 0)
        ? [`${objective.sli} has an empty list of pass criteria, which any value satisfies and which earns no score.`]
        : []),
    ],
  };
};

/** Keptn lets a relative criterion without history hold: say so where one took part. */
const blind = (objective: SloObjective, status: 'pass' | 'warning'): string[] =>
  objective[status]
    .flat()
    .filter((text) => relativeTo(text) !== null)
    .map((text) => `${objective.sli}: "${text}" held only because there is no earlier evaluation to compare with.`);

const relativeTo = (text: string): Criterion['relative'] => {
  const criterion = parseCriterion(text);
  return 'error' in criterion ? null : criterion.relative;
};

const isRelative = (criteria: readonly (readonly string[])[] | undefined): boolean =>
  (criteria ?? []).flat().some((text) => relativeTo(text) !== null);

/** Every criterion is looked at, also where an earlier alternative already holds. */
const judgeCriteria = (
  alternatives: readonly (readonly string[])[],
  value: number,
  baseline: number | null,
): { satisfied: boolean; targets: KeptnTarget[] } | { error: string } => {
  const targets: KeptnTarget[] = [];
  let satisfied = false;
  for (const conditions of alternatives) {
    let all = true;
    for (const text of conditions) {
      const criterion = parseCriterion(text);
      if ('error' in criterion) return criterion;
      const target = targetOf(criterion, baseline);
      const violated = target !== null && !operators[criterion.operator](value, target);
      targets.push({ criteria: text, targetValue: target ?? 0, violated });
      all &&= !violated;
    }
    satisfied ||= all;
  }
  return { satisfied, targets };
};

/** Null for a relative criterion without a baseline. */
const targetOf = ({ relative, sign, value }: Criterion, baseline: number | null): number | null => {
  if (relative === null) return value;
  if (baseline === null) return null;
  return relative === 'percent' ? (baseline * (100 + sign * value)) / 100 : baseline + sign * value;
};

/** What Keptn shows of an objective that it did not judge: every criterion violated, a relative one with its baseline as the target. */
const unmetTargets = (alternatives: readonly (readonly string[])[], baseline: number | null): KeptnTarget[] =>
  alternatives.flat().flatMap((text) => {
    const criterion = parseCriterion(text);
    if ('error' in criterion) return [];
    return [{ criteria: text, targetValue: criterion.relative === null ? criterion.value : (baseline ?? 0), violated: true }];
  });

const total = (
  slo: SloLike,
  objectives: readonly KeptnObjective[],
  warnings: Set<string>,
): Pick<KeptnResult, 'result' | 'score' | 'message'> => {
  const [pass, warning] = [percentOf(slo.totalScore?.pass), percentOf(slo.totalScore?.warning)];
  if (pass === null || Number.isNaN(pass) || Number.isNaN(warning)) {
    const broken = pass === null ? 'pass is missing' : Number.isNaN(pass) ? 'pass is no percentage' : 'warning is no percentage';
    warnings.add(`Keptn fails every evaluation of this file: total_score.${broken}.`);
    const message =
      pass === null ? 'no target score defined' : `could not parse ${Number.isNaN(pass) ? 'pass' : 'warning'} target percentage`;
    return { result: 'fail', score: 0, message };
  }
  const achievable = slo.objectives.reduce((sum, { pass: criteria = [], weight = 1 }) => sum + (criteria.length > 0 ? weight : 0), 0);
  if (achievable === 0) {
    warnings.add('No objective has pass criteria: this file passes whatever is measured.');
    return { result: 'pass', score: 100, message: 'nothing was judged' };
  }
  const achieved = objectives.reduce((sum, { score, passTargets }) => sum + (passTargets.length > 0 ? score : 0), 0);
  const score = 100 * (achieved / achievable);
  const key = objectives.find(({ keySli, status }) => keySli && status === 'fail');
  if (key !== undefined) return { result: 'fail', score, message: `the key objective ${key.sli} failed` };
  if (score >= pass) return { result: 'pass', score, message: `the score ${said(score)} reaches ${pass}` };
  if (warning !== null && score >= warning)
    return { result: 'warning', score, message: `the score ${said(score)} is below ${pass}, and reaches ${warning}` };
  return { result: 'fail', score, message: `the score ${said(score)} is below ${warning ?? pass}` };
};

/** Null where nothing is given, NaN where it is no number. */
const percentOf = (text: string | undefined): number | null => {
  if (text === undefined || text === '') return null;
  const digits = text.replace(/%$/, '');
  return /^\S+$/.test(digits) ? Number(digits) : NaN;
};
