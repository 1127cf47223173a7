import { expect, test } from 'vitest';
import { argo } from '../../../src/gates/public.js';

/** Restates the published tests of Argo Rollouts: utils/analysis/factory_test.go, TestValidateMetrics. */
const metric = { name: 'success-rate', provider: { prometheus: {} } };
const template = (...metrics: object[]) => ({ kind: 'AnalysisTemplate', spec: { metrics } });

test.each([
  ['a metric', metric],
  ['count as high as the failure limit', { ...metric, count: 2, interval: '60s', failureLimit: 2 }],
  ['count 0', { ...metric, count: 0, failureLimit: 2, inconclusiveLimit: 2 }],
  ['only successes in a row', { ...metric, failureLimit: -1, consecutiveSuccessLimit: 2 }],
  ['numbers as strings', { ...metric, count: '3', interval: '1m30s', failureLimit: '1' }],
])('%s is accepted', (_, given) => {
  expect(argo.validate(template(given))).toEqual([]);
});

test.each([
  [
    'count below the failure limit',
    { ...metric, count: 1, failureLimit: 2 },
    'COUNT_BELOW_LIMITS',
    'metrics[0].count',
    'count (1) must be >= failureLimit + consecutiveSuccessLimit (2 + 0) if both >= 0',
  ],
  [
    'count below both limits',
    { ...metric, count: 3, interval: '1s', failureLimit: 2, consecutiveSuccessLimit: 2 },
    'COUNT_BELOW_LIMITS',
    'metrics[0].count',
    '(2 + 2)',
  ],
  [
    'count below the successes',
    { ...metric, count: 1, failureLimit: -1, consecutiveSuccessLimit: 2 },
    'COUNT_BELOW_LIMITS',
    'metrics[0].count',
    'count must be >= consecutiveSuccessLimit',
  ],
  [
    'count below the inconclusive limit',
    { ...metric, count: 1, inconclusiveLimit: 2 },
    'COUNT_BELOW_INCONCLUSIVE_LIMIT',
    'metrics[0].count',
    'inconclusiveLimit',
  ],
  [
    'an interval with a typo',
    { ...metric, count: 2, interval: '60s-typo', failureLimit: 2 },
    'INTERVAL_INVALID',
    'metrics[0].interval',
    'invalid interval string: time: unknown unit "s-typo" in duration "60s-typo"',
  ],
  [
    'a delay with a typo',
    { ...metric, interval: '60s', initialDelay: '60s-typo' },
    'INITIAL_DELAY_INVALID',
    'metrics[0].initialDelay',
    'invalid startDelay string: time: unknown unit "s-typo" in duration "60s-typo"',
  ],
  ['no interval', { ...metric, count: 2 }, 'INTERVAL_MISSING', 'metrics[0].interval', 'interval must be specified when count > 1'],
  [
    'an interval without a unit',
    { ...metric, interval: '60' },
    'INTERVAL_INVALID',
    'metrics[0].interval',
    'time: missing unit in duration "60"',
  ],
  ['an interval in words', { ...metric, interval: 'soon' }, 'INTERVAL_INVALID', 'metrics[0].interval', 'time: invalid duration "soon"'],
  ['a failure limit below -1', { ...metric, failureLimit: -2 }, 'FAILURE_LIMIT_NEGATIVE', 'metrics[0].failureLimit', '-1'],
  [
    'a negative inconclusive limit',
    { ...metric, inconclusiveLimit: -1 },
    'INCONCLUSIVE_LIMIT_NEGATIVE',
    'metrics[0].inconclusiveLimit',
    '>= 0',
  ],
  ['a negative error limit', { ...metric, consecutiveErrorLimit: -1 }, 'ERROR_LIMIT_NEGATIVE', 'metrics[0].consecutiveErrorLimit', '>= 0'],
  [
    'a negative success limit',
    { ...metric, consecutiveSuccessLimit: -1 },
    'SUCCESS_LIMIT_NEGATIVE',
    'metrics[0].consecutiveSuccessLimit',
    '>= 0',
  ],
  [
    'both limits off',
    { ...metric, failureLimit: -1, consecutiveSuccessLimit: 0 },
    'NO_LIMIT',
    'metrics[0].failureLimit',
    'failureLimit and consecutiveSuccessLimit cannot both be disabled',
  ],
  ['no provider', { name: 'a', count: 1 }, 'PROVIDER_MISSING', 'metrics[0].provider', 'no provider'],
  ['two providers', { name: 'a', provider: { prometheus: {}, job: {} } }, 'PROVIDERS_SEVERAL', 'metrics[0].provider', 'multiple'],
  ['two plugins', { name: 'a', provider: { plugin: { one: {}, two: {} } } }, 'PROVIDERS_SEVERAL', 'metrics[0].provider', 'multiple'],
])('%s is refused', (_, given, code, path, message) => {
  expect(argo.validate(template(given))).toEqual([{ code, path, message: expect.stringContaining(message) as string }]);
});

test('no metrics and a name twice are refused; text is read as YAML', () => {
  expect(argo.validate('spec: { metrics: [] }')).toEqual([{ code: 'NO_METRICS', path: 'metrics', message: 'no metrics specified' }]);
  expect(argo.validate({ metrics: [metric, metric] }).map(({ code, path }) => [code, path])).toEqual([
    ['DUPLICATE_NAME', 'metrics[1].name'],
  ]);
});

test.each([[[1]], [{ spec: { metrics: 'none' } }], ['a: [']])('what is no template (%j) is refused in one sentence', (given) => {
  expect(() => argo.validate(given)).toThrow(expect.objectContaining({ code: 'POLICY_INVALID' }));
});
