import { StagingError } from '../../catalog/errors.js';
import { effectiveCount, intValue } from '../argo/assess-metric.js';
import { parseExpression, type Expression } from '../argo/parse-expression.js';
import { readTemplate, resolveArguments, type ArgoMetric } from '../argo/template.js';
import { ConditionError } from '../argo/tokens.js';
import { validate } from '../argo/validate.js';
import { foundIf, type Found } from './finding.js';

/** Providers that know success and failure by themselves. */
const selfJudging = ['job', 'kayenta', 'plugin'];

/** An AnalysisTemplate, a ClusterAnalysisTemplate or an AnalysisRun of Argo Rollouts. Throws POLICY_INVALID. */
export const lintTemplate = (document: unknown): Found[] => {
  const { metrics, args, dryRun } = readTemplate(document);
  const resolved = metrics.map((metric) => resolveArguments(metric, args));
  const invalid = validate({ metrics: resolved.map(({ metric, missing }) => (missing.length === 0 ? metric : withoutArguments(metric))) });
  return [
    ...invalid.map(({ path, message }): Found => ({ code: 'TEMPLATE_INVALID', path: `spec.${path}`, message })),
    ...resolved.flatMap(({ metric }, index) => lintMetric(metric, `spec.metrics[${index}]`)),
    ...foundIf(
      metrics.length > 0 && metrics.every(({ name }) => dryRun.includes(name) || dryRun.includes('.*')),
      'NOTHING_JUDGED',
      'spec.dryRun',
      'every metric is a dry run: the analysis is Successful whatever is measured',
    ),
  ];
};

/** What a Rollout fills in is not known here, and no flaw. */
const withoutArguments = (metric: ArgoMetric): ArgoMetric => ({
  ...metric,
  ...Object.fromEntries(
    Object.entries(metric)
      .filter(([, value]) => typeof value === 'string' && value.includes('{{'))
      .map(([key]) => [key, null]),
  ),
  name: metric.name,
});

const lintMetric = (metric: ArgoMetric, path: string): Found[] => {
  const { name, successCondition, failureCondition, provider } = metric;
  const count = effectiveCount(metric);
  const [failures, inconclusive] = [intValue(metric.failureLimit), intValue(metric.inconclusiveLimit)];
  const judgesItself = Object.keys(provider ?? {}).some((one) => selfJudging.includes(one));
  return [
    ...foundIf(
      count !== null && failures === count && intValue(metric.consecutiveSuccessLimit) === 0,
      'FAILURE_LIMIT_UNREACHABLE',
      `${path}.failureLimit`,
      `${count ?? ''} measurements of ${name} cannot fail more than ${failures} times`,
    ),
    ...foundIf(
      count !== null && inconclusive === count,
      'INCONCLUSIVE_LIMIT_UNREACHABLE',
      `${path}.inconclusiveLimit`,
      `${count ?? ''} measurements of ${name} cannot be inconclusive more than ${inconclusive} times`,
    ),
    ...foundIf(
      !successCondition && !failureCondition && !judgesItself,
      'CONDITION_MISSING',
      path,
      `${name} accepts every value that can be read`,
    ),
    ...Object.entries({ successCondition, failureCondition }).flatMap(([key, condition]) =>
      condition && !condition.includes('{{') ? lintCondition(condition, `${path}.${key}`) : [],
    ),
  ];
};

const lintCondition = (condition: string, path: string): Found[] => {
  const expression = readCondition(condition);
  if (typeof expression === 'string') return [{ code: 'CONDITION_INVALID', path, message: expression }];
  const names = namesIn(expression);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) return [{ code: 'CONDITION_INVALID', path, message: `"${condition}" uses the unknown name ${unknown}` }];
  return foundIf(names.length === 0, 'CONDITION_CONSTANT', path, `"${condition}" is the same for every measurement`);
};

/** What stands for the measurement in a condition. */
const known = ['result', 'isNil', 'default'];

const readCondition = (condition: string): Expression | string => {
  try {
    return parseExpression(condition);
  } catch (error) {
    if (error instanceof ConditionError) return `"${condition}" cannot be read: ${error.message}`;
    if (error instanceof StagingError) return error.message;
    throw error;
  }
};

const namesIn = (expression: Expression): string[] => {
  switch (expression.kind) {
    case 'literal':
    case 'element':
      return [];
    case 'name':
      return [expression.name];
    case 'list':
      return expression.items.flatMap(namesIn);
    case 'unary':
      return namesIn(expression.of);
    case 'binary':
      return [expression.left, expression.right].flatMap(namesIn);
    case 'choice':
      return [expression.test, expression.yes, expression.no].flatMap(namesIn);
    case 'member':
      return [expression.of, expression.key].flatMap(namesIn);
    case 'call':
      return [...(functionNames.includes(expression.name) ? [] : [expression.name]), ...expression.args.flatMap(namesIn)];
  }
};

/** Functions that give the same for the same arguments; the others look at the measurement, or are unknown. */
const functionNames = ['len', 'asInt', 'asFloat', 'isNaN', 'isInf', 'all', 'any', 'none', 'one', 'filter', 'count', 'map'];
