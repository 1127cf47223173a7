import { describe, expect, test } from 'vitest';
import { kayenta } from '../../../src/gates/kayenta/kayenta.js';

const steady = Array.from({ length: 60 }, (_, at) => 100 + (at % 17));
const slow = steady.map((value) => value * 1.5 + 0.25);

/** In the form of the peer's docs/canary-config.md. */
const config = {
  name: 'golden signals',
  judge: { name: 'NetflixACAJudge-v1.0', judgeConfigurations: {} },
  metrics: [
    {
      name: 'latency',
      groups: ['Latency'],
      scopeName: 'default',
      analysisConfigurations: { canary: { direction: 'increase', critical: true } },
    },
    { name: 'errors', groups: ['Errors'], analysisConfigurations: { canary: { direction: 'increase', nanStrategy: 'replace' } } },
  ],
  classifier: { groupWeights: { Latency: 60, Errors: 40 } },
  thresholds: { pass: 95, marginal: 50 },
};
const data = {
  metrics: {
    latency: { control: steady, experiment: steady.map((value) => value + 0.5) },
    errors: { control: steady, experiment: steady },
  },
};

const codes = (judgement: ReturnType<typeof kayenta.judge>) => judgement.warnings.map(({ code, path }) => `${code} ${path}`);

test('a canary like its baseline passes without a warning', () => {
  expect(kayenta.judge({ config, data })).toMatchObject({
    classification: 'Pass',
    score: 100,
    groups: [
      { name: 'Latency', score: 100 },
      { name: 'Errors', score: 100 },
    ],
    metrics: [
      { name: 'latency', classification: 'Pass', critical: false },
      { name: 'errors', classification: 'Pass', critical: false },
    ],
    warnings: [],
  });
});

test('a critical metric that is High makes the score 0 and says so', () => {
  const judgement = kayenta.judge({ config, data: { metrics: { ...data.metrics, latency: { control: steady, experiment: slow } } } });
  expect(judgement).toMatchObject({ classification: 'Fail', score: 0, metrics: [{ classification: 'High', critical: true }, {}] });
  expect(judgement.reason).toContain('the critical metric latency is High');
  expect(judgement.metrics[0]?.reason).toContain('ratio of means 1.50');
});

test('thresholds passed in go before those of the file', () => {
  const judgement = kayenta.judge({
    config,
    data: { metrics: { ...data.metrics, errors: { control: steady, experiment: slow } } },
    thresholds: { pass: 60, marginal: 1 },
  });
  expect(judgement).toMatchObject({ classification: 'Pass', score: 60 });
});

test('the body of POST /canary is read as well', () => {
  const { thresholds, ...canaryConfig } = config;
  const request = { canaryConfig, executionRequest: { scopes: {}, thresholds } };
  expect(kayenta.judge({ config: request, data })).toEqual(kayenta.judge({ config, data }));
});

test('keys that the peer does not read change nothing', () => {
  const [latency, errors] = config.metrics;
  const canary = { ...latency?.analysisConfigurations.canary, tolerance: 10, confidence: 0.5 };
  const judged = kayenta.judge({ config: { ...config, metrics: [{ ...latency, analysisConfigurations: { canary } }, errors] }, data });
  expect(judged).toEqual(kayenta.judge({ config, data }));
});

describe('warnings where the answer is the peer’s and not sound', () => {
  const one = (canary: object, sides: object | undefined, more: object = {}) =>
    kayenta.judge({
      config: { metrics: [{ name: 'm', groups: ['g'], analysisConfigurations: { canary } }], thresholds: config.thresholds, ...more },
      data: { metrics: sides === undefined ? {} : { m: sides } },
    });

  test('a critical metric that errored counts 100', () => {
    const judgement = one({ critical: true }, { control: [1], experiment: [9] });
    expect(judgement).toMatchObject({ classification: 'Pass', score: 100, metrics: [{ classification: 'Error', critical: false }] });
    expect(codes(judgement)).toEqual([
      'CRITICAL_ERROR_PASSES metrics.m',
      'SINGLE_POINT metrics.m',
      'EMPTY_GROUP_PASSES classifier.groupWeights',
    ]);
  });

  test.each([
    { name: 'an error', canary: {}, sides: { control: [1], experiment: [9] }, warns: 'ERROR_NOT_COUNTED metrics.m' },
    { name: 'no data', canary: {}, sides: { control: steady, experiment: [null] }, warns: 'NO_DATA_NOT_COUNTED metrics.m' },
    {
      name: 'silence taken for zeros',
      canary: { nanStrategy: 'replace' },
      sides: { control: [], experiment: [] },
      warns: 'NO_DATA_PASSES metrics.m',
    },
    { name: 'a metric that the data lacks', canary: {}, sides: undefined, warns: 'NO_SAMPLES metrics.m' },
    { name: 'a pass on few points', canary: {}, sides: { control: [1, 2, 3], experiment: [2, 3, 4] }, warns: 'FEW_POINTS metrics.m' },
    { name: 'an unknown word', canary: { direction: 'up' }, sides: { control: steady, experiment: slow }, warns: 'UNKNOWN_WORD metrics.m' },
  ])('$name', ({ canary, sides, warns }) => {
    expect(codes(one(canary, sides))).toContain(warns);
  });

  test.each([
    {
      name: 'weights that do not reach 100',
      more: { classifier: { groupWeights: { g: 30, h: 70 } } },
      warns: 'WEIGHTS_NOT_100 classifier.groupWeights',
    },
    { name: 'no thresholds', more: { thresholds: undefined }, warns: 'THRESHOLDS_PROPOSED thresholds' },
    { name: 'thresholds the wrong way round', more: { thresholds: { pass: 50, marginal: 90 } }, warns: 'THRESHOLDS_CROSSED thresholds' },
  ])('$name', ({ more, warns }) => {
    expect(codes(one({}, { control: steady, experiment: slow }, more))).toContain(warns);
  });

  test('a metric in no group', () => {
    const judgement = kayenta.judge({
      config: { metrics: [{ name: 'm' }], thresholds: config.thresholds },
      data: { metrics: { m: { control: steady, experiment: slow } } },
    });
    expect(codes(judgement)).toContain('NO_GROUP metrics.m');
  });
});

describe('what is refused, in one sentence', () => {
  test.each([
    {
      name: 'another judge',
      policy: { ...config, judge: { name: 'dredd-v1.0' } },
      samples: data,
      says: 'judge.name is "dredd-v1.0"; only NetflixACAJudge-v1.0 is known',
    },
    {
      name: 'a metric named twice',
      policy: { ...config, metrics: [...config.metrics, ...config.metrics] },
      samples: data,
      says: 'metrics names "latency" twice',
    },
    { name: 'a wrong type', policy: { ...config, thresholds: { pass: '95', marginal: 75 } }, samples: data, says: 'thresholds.pass: ' },
    { name: 'no config', policy: null, samples: data, says: 'Failed to read the canary config' },
    { name: 'no data', policy: config, samples: [], says: 'it needs { "metrics": { NAME: { "control": [..], "experiment": [..] } } }' },
    { name: 'data of an unknown metric', policy: config, samples: { metrics: { cpu: {} } }, says: 'the canary config has no metric "cpu"' },
    {
      name: 'a text among the samples',
      policy: config,
      samples: { metrics: { latency: { control: [1], experiment: ['fast'] } } },
      says: 'metrics.latency.experiment[0] is the text "fast"',
    },
  ])('$name', ({ policy, samples, says }) => {
    expect(() => kayenta.judge({ config: policy, data: samples })).toThrow(says);
  });
});
