import { intValue } from './assess-metric.js';
import { durationProblem, parseDuration } from './duration.js';
import { readTemplate, type ArgoMetric } from './template.js';

export type Invalid = { code: string; path: string; message: string };

/** One rule over a metric: where it is broken, the field and why. */
type Rule = { code: string; broken: (metric: Numbers) => { field: string; message: string } | null };

type Numbers = {
  count: number;
  failureLimit: number;
  successLimit: number;
  inconclusiveLimit: number;
  errorLimit: number;
  interval: string;
  initialDelay: string;
  providers: number;
};

/**
 * What makes Argo refuse a template before it measures anything (its `ValidateMetrics`, utils/analysis/factory.go): an empty list is a
 * template that Argo accepts. Argo stops at the first; here each is named.
 */
export const validate = (template: unknown): Invalid[] => {
  const { metrics } = readTemplate(template);
  if (metrics.length === 0) return [{ code: 'NO_METRICS', path: 'metrics', message: 'no metrics specified' }];
  return metrics.flatMap((metric, index) => {
    const path = `metrics[${index}]`;
    const duplicate = metrics.findIndex(({ name }) => name === metric.name) < index;
    const findings = rules.flatMap(({ code, broken }) => {
      const found = broken(numbersOf(metric));
      return found === null ? [] : [{ code, path: `${path}.${found.field}`, message: found.message }];
    });
    return [
      ...(duplicate ? [{ code: 'DUPLICATE_NAME', path: `${path}.name`, message: `duplicate name '${metric.name}'` }] : []),
      ...findings,
    ];
  });
};

const numbersOf = (metric: ArgoMetric): Numbers => ({
  count: intValue(metric.count),
  failureLimit: intValue(metric.failureLimit),
  successLimit: intValue(metric.consecutiveSuccessLimit),
  inconclusiveLimit: intValue(metric.inconclusiveLimit),
  errorLimit: intValue(metric.consecutiveErrorLimit),
  interval: metric.interval ?? '',
  initialDelay: metric.initialDelay ?? '',
  providers: providerCount(metric.provider ?? {}),
});

/** Each plugin counts as a provider of its own. */
const providerCount = (provider: Record<string, unknown>): number =>
  Object.entries(provider).reduce((sum, [name, given]) => {
    if (given === null || given === undefined) return sum;
    return sum + (name === 'plugin' && typeof given === 'object' ? Object.keys(given).length : 1);
  }, 0);

const notTimed = (field: string, text: string, what: string) =>
  when(text !== '' && parseDuration(text) === null, field, `${what}: ${durationProblem(text)}`);

const when = (broken: boolean, field: string, message: string) => (broken ? { field, message } : null);

const rules: readonly Rule[] = [
  {
    code: 'SUCCESS_LIMIT_NEGATIVE',
    broken: ({ successLimit }) => when(successLimit < 0, 'consecutiveSuccessLimit', 'consecutiveSuccessLimit must be >= 0'),
  },
  {
    code: 'FAILURE_LIMIT_NEGATIVE',
    broken: ({ failureLimit }) => when(failureLimit < -1, 'failureLimit', 'failureLimit must be >= 0, or -1 to be disabled'),
  },
  {
    code: 'NO_LIMIT',
    broken: ({ failureLimit, successLimit }) =>
      when(failureLimit === -1 && successLimit === 0, 'failureLimit', 'failureLimit and consecutiveSuccessLimit cannot both be disabled'),
  },
  {
    code: 'INCONCLUSIVE_LIMIT_NEGATIVE',
    broken: ({ inconclusiveLimit }) => when(inconclusiveLimit < 0, 'inconclusiveLimit', 'inconclusiveLimit must be >= 0'),
  },
  {
    code: 'ERROR_LIMIT_NEGATIVE',
    broken: ({ errorLimit }) => when(errorLimit < 0, 'consecutiveErrorLimit', 'consecutiveErrorLimit must be >= 0'),
  },
  {
    code: 'COUNT_BELOW_LIMITS',
    broken: ({ count, failureLimit, successLimit }) =>
      when(
        count > 0 && successLimit >= 0 && count < Math.max(0, failureLimit) + successLimit,
        'count',
        failureLimit < 0
          ? `count must be >= consecutiveSuccessLimit (${count} is below ${successLimit})`
          : `count (${count}) must be >= failureLimit + consecutiveSuccessLimit (${failureLimit} + ${successLimit}) if both >= 0`,
      ),
  },
  {
    code: 'COUNT_BELOW_INCONCLUSIVE_LIMIT',
    broken: ({ count, inconclusiveLimit }) =>
      when(count > 0 && count < inconclusiveLimit, 'count', `count must be >= inconclusiveLimit (${count} is below ${inconclusiveLimit})`),
  },
  {
    code: 'INTERVAL_MISSING',
    broken: ({ count, interval }) => when(count > 1 && interval === '', 'interval', 'interval must be specified when count > 1'),
  },
  {
    code: 'INTERVAL_INVALID',
    broken: ({ interval }) => notTimed('interval', interval, 'invalid interval string'),
  },
  {
    code: 'INITIAL_DELAY_INVALID',
    broken: ({ initialDelay }) => notTimed('initialDelay', initialDelay, 'invalid startDelay string'),
  },
  { code: 'PROVIDER_MISSING', broken: ({ providers }) => when(providers === 0, 'provider', 'no provider specified') },
  { code: 'PROVIDERS_SEVERAL', broken: ({ providers }) => when(providers > 1, 'provider', 'multiple providers specified') },
];
