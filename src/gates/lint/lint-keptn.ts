import { readAnalysisDefinition } from '../keptn/analysis-definition.js';
import { readSlo, type Slo } from '../keptn/parse-slo.js';
import { lookUp } from '../look-up.js';
import { aggregates } from '../scorecard/aggregate.js';
import { parseCriterion, type Criterion } from '../scorecard/criterion.js';
import { foundIf, type Found } from './finding.js';

/** A Keptn `slo.yaml`. Throws POLICY_INVALID. */
export const lintSlo = (document: unknown): Found[] => {
  const slo = readSlo(document);
  const { objectives, comparison } = slo;
  const relative = objectives.some(({ pass, warning }) => [...pass, ...warning].flat().some(isRelative));
  return [
    ...foundIf(objectives.length === 0, 'OBJECTIVES_MISSING', 'objectives', 'there is no objective, which Keptn fails'),
    ...foundIf(
      objectives.length > 0 && objectives.every(({ pass }) => pass.length === 0),
      'NOTHING_JUDGED',
      'objectives',
      'no objective has pass criteria: the score is 100 whatever is measured',
    ),
    ...lintTotalScore(slo),
    ...objectives.flatMap((objective, index) => lintObjective(objective, `objectives[${index}]`, objectives.slice(0, index))),
    ...foundIf(
      lookUp(aggregates, comparison.aggregateFunction) === undefined,
      'AGGREGATE_UNKNOWN',
      'comparison.aggregate_function',
      `"${comparison.aggregateFunction}" is no aggregate function: relative criteria are compared with 0`,
    ),
    ...foundIf(
      relative && !['pass', 'pass_or_warn'].includes(comparison.includeResultWithScore.toLowerCase()),
      'BASELINE_OF_FAILURES',
      'comparison.include_result_with_score',
      `relative criteria are compared with releases that failed ("${comparison.includeResultWithScore}")`,
    ),
  ];
};

const lintTotalScore = ({ totalScore }: Slo): Found[] => {
  const [pass, warning] = [toPercent(totalScore?.pass), toPercent(totalScore?.warning)];
  if (pass === null) return foundIf(true, 'SCORE_MISSING', 'total_score.pass', 'no score passes: Keptn fails every evaluation');
  return [
    ...foundIf(!(pass <= 100), 'SCORE_UNREACHABLE', 'total_score.pass', `a score of ${totalScore?.pass ?? ''} cannot be reached`),
    ...foundIf(pass <= 0, 'SCORE_ALWAYS_REACHED', 'total_score.pass', 'every score passes'),
    ...foundIf(
      warning !== null && warning >= pass,
      'WARNING_UNREACHABLE',
      'total_score.warning',
      `what reaches ${totalScore?.warning ?? ''} has passed already: nothing is a warning`,
    ),
  ];
};

const toPercent = (text: string | undefined): number | null => (text === undefined || text === '' ? null : Number(text.replace('%', '')));

const lintObjective = ({ sli, pass, warning, keySli }: Slo['objectives'][number], path: string, before: Slo['objectives']): Found[] => [
  ...foundIf(
    before.some((other) => other.sli === sli),
    'INDICATOR_USED_TWICE',
    `${path}.sli`,
    `${sli} is judged by an earlier objective, and Keptn gives this one no value`,
  ),
  ...foundIf(pass.length === 0 && keySli, 'OBJECTIVE_NEVER_FAILS', `${path}.pass`, `the key objective ${sli} has no pass criteria`),
  ...[...pass, ...warning].flat().flatMap((text) => {
    const criterion = parseCriterion(text);
    return foundIf('error' in criterion, 'CRITERION_INVALID', path, 'error' in criterion ? criterion.error : '');
  }),
  ...pass.flatMap((conditions, index) => {
    const at = `${path}.pass[${index}]`;
    const criteria = conditions.map(parseCriterion).flatMap((one) => ('error' in one ? [] : [one]));
    return [
      ...foundIf(conditions.length === 0, 'CRITERIA_EMPTY', at, `any value of ${sli} satisfies an empty list`),
      ...foundIf(
        conditions.length > 0 && conditions.every(isRelative),
        'RELATIVE_WITHOUT_BASELINE',
        at,
        `"${conditions.join('" and "')}" holds for any value of ${sli} as long as there is no earlier evaluation`,
      ),
      ...foundIf(contradict(criteria), 'CRITERIA_CONTRADICT', at, `no value of ${sli} satisfies "${conditions.join('" and "')}"`),
    ];
  }),
];

const isRelative = (text: string): boolean => {
  const criterion = parseCriterion(text);
  return !('error' in criterion) && criterion.relative !== null;
};

/** Whether fixed bounds leave no value between them. */
const contradict = (criteria: readonly Criterion[]): boolean => {
  const fixed = criteria.filter(({ relative }) => relative === null);
  const bounds = (...operators: string[]) => fixed.filter(({ operator }) => operators.includes(operator)).map(({ value }) => value);
  const [least, most] = [Math.max(...bounds('>', '>=', '=')), Math.min(...bounds('<', '<=', '='))];
  if (least !== most) return least > most;
  return bounds('>', '<').includes(least);
};

/** An AnalysisDefinition of Keptn's successor. Throws POLICY_INVALID. */
export const lintAnalysisDefinition = (document: unknown): Found[] => {
  const { objectives, totalScore } = readAnalysisDefinition(document).spec;
  const weight = objectives.reduce((sum, one) => sum + one.weight, 0);
  return [
    ...foundIf(objectives.length === 0, 'OBJECTIVES_MISSING', 'spec.objectives', 'there is no objective: the score is 0'),
    ...foundIf(
      objectives.length > 0 && weight === 0 && totalScore.passPercentage > 0,
      'SCORE_UNREACHABLE',
      'spec.objectives',
      'no objective has a weight: the score is 0 whatever is measured',
    ),
    ...foundIf(totalScore.passPercentage === 0, 'SCORE_ALWAYS_REACHED', 'spec.totalScore.passPercentage', 'every score passes'),
    ...objectives.flatMap(({ target, weight: own, keyObjective, analysisValueTemplateRef: { name } }, index) => [
      ...foundIf(
        target.failure === undefined,
        'OBJECTIVE_NEVER_FAILS',
        `spec.objectives[${index}].target.failure`,
        `${name} has no failure target: any value that can be read is accepted`,
      ),
      ...foundIf(
        keyObjective && own === 0,
        'KEY_WITHOUT_WEIGHT',
        `spec.objectives[${index}].weight`,
        `${name} is a key objective without a weight`,
      ),
    ]),
  ];
};
