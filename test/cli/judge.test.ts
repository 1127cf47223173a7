import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { command } from '../support/command.js';

const policies = resolve('examples/policies');
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'judge-'));
});

const file = async (name: string, text: string): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
};
const judge = (format: string, policy: string, data: string, ...more: string[]) =>
  command(['judge', '--format', format, '--policy', policy, '--data', data, ...more]);
const example = (name: string) => join(policies, name);

test.each([
  [
    'kayenta',
    'canary-config.json',
    'canary-data.json',
    { classification: 'Fail', score: 60, metrics: [{ classification: 'High' }, { classification: 'Pass' }] },
  ],
  [
    'keptn',
    'slo.yaml',
    'slo-data.json',
    { result: 'warning', objectives: [{ status: 'warning' }, { status: 'pass' }, { status: 'info' }] },
  ],
  ['argo', 'analysis-template.yaml', 'analysis-data.json', { phase: 'Failed', metrics: [{ phase: 'Failed' }, { phase: 'Successful' }] }],
  [
    'openslo',
    'openslo.yaml',
    'openslo-data.json',
    { outcome: 'inconclusive', objectives: [{ outcome: 'passed' }, { outcome: 'inconclusive' }] },
  ],
])('%s judges the example %s as JSON and exits 4 on what is no pass', async (format, policy, data, expected) => {
  const { stdout, stderr, exitCode } = await judge(format, example(policy), example(data), '--json');
  expect(JSON.parse(String(stdout))).toMatchObject(expected);
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 4 });
});

test('a verdict in words gives rule, value, target, margin, baseline, why, and what would change it', async () => {
  const { stdout } = await judge('keptn', example('slo.yaml'), example('slo-data.json'));
  expect(String(stdout).split('\n').slice(0, 9)).toEqual([
    'warning, score 83.3333: the score 83.3333 is below 90, and reaches 75',
    '',
    'response_time_p95: warning',
    '  rule          <=+10% and <600',
    '  value         450',
    '  target        440',
    '  margin        -10',
    '  baseline      400',
    '  why           450 is 10 above 440, the limit of "<=+10%", which earns half its weight',
  ]);
});

test('a pass exits 0, with the warning that it was one without history', async () => {
  const data = { ...(JSON.parse(await readFile(example('slo-data.json'), 'utf8')) as object), previousEvaluations: [] };
  const { stdout, exitCode } = await judge('keptn', example('slo.yaml'), await file('first.json', JSON.stringify(data)));
  expect(exitCode).toBe(0);
  expect(stdout).toContain('"<=+10%" held only because there is no earlier evaluation to compare with');
});

test('a Kubernetes List, several documents and YAML data are read', async () => {
  const template = 'kind: AnalysisTemplate, spec: { metrics: [{ name: a, successCondition: "result < 1" }] }';
  const list = await file('list.yaml', `kind: List\nitems:\n  - { kind: Service }\n  - { ${template} }\n`);
  const data = await file('data.yaml', 'measurements:\n  a:\n    - value: .inf\n');
  expect((await judge('argo', list, data)).exitCode).toBe(4);
  const several = await file('several.yaml', `kind: Service\n---\n{ ${template} }\n---\n`);
  const good = await file('good.yaml', 'measurements: { a: [{ value: 0.5 }] }');
  expect((await judge('argo', several, good)).exitCode).toBe(0);
});

test('a value that is no number fails, and says so', async () => {
  const data = await file('nan.yaml', 'slis: [{ metric: response_time_p95, value: .nan }, { metric: error_rate, value: 0 }]');
  const { stdout, exitCode } = await judge('keptn', example('slo.yaml'), data);
  expect(exitCode).toBe(4);
  expect(stdout).toContain('response_time_p95 is not a number, which no criterion accepts.');
});

const text = (name: string, content: string) => () => file(name, content);
test.each([
  ['a format that every object has', 'constructor', () => example('slo.yaml'), () => example('slo-data.json'), 'there is no format'],
  ['an unknown format', 'flagger', () => example('slo.yaml'), () => example('slo-data.json'), 'there is no format "flagger"'],
  ['a policy that is not there', 'keptn', () => 'missing.yaml', () => example('slo-data.json'), 'missing.yaml: there is no such file'],
  ['data that are not there', 'keptn', () => example('slo.yaml'), () => 'missing.json', 'missing.json: there is no such file'],
  ['an empty policy', 'keptn', text('empty.yaml', '\n'), () => example('slo-data.json'), 'it is empty'],
  ['a policy that is no YAML', 'keptn', text('broken.yaml', 'a: [1, 2\nb: }'), () => example('slo-data.json'), 'Failed to read'],
  ['a policy of another format', 'argo', () => example('slo.yaml'), () => example('analysis-data.json'), 'it holds no AnalysisTemplate'],
  [
    'two templates',
    'argo',
    text('two.yaml', 'kind: AnalysisTemplate\n---\nkind: AnalysisTemplate\n'),
    () => example('analysis-data.json'),
    'more than one',
  ],
  [
    'a number in words',
    'keptn',
    () => example('slo.yaml'),
    text('words.json', '{"slis":[{"metric":"a","value":"12 ms"}]}'),
    'slis.0.value: must be a number',
  ],
  [
    'a bomb of aliases',
    'keptn',
    text(
      'bomb.yaml',
      `a: &a [x, x]\n${'bcdefghij'
        .split('')
        .map(
          (name, index) =>
            `${name}: &${name} [${Array(9)
              .fill(`*${'abcdefghi'[index] ?? 'a'}`)
              .join(', ')}]`,
        )
        .join('\n')}`,
    ),
    () => example('slo-data.json'),
    'Failed to read',
  ],
  [
    'a condition that is not read',
    'argo',
    text('sum.yaml', 'kind: AnalysisTemplate\nspec: { metrics: [{ name: a, successCondition: sum(result) > 1 }] }'),
    text('sum.json', '{"measurements":{"a":[{"value":[1]}]}}'),
    'the function "sum"',
  ],
])('%s is one sentence and exit 2', async (_, format, policy, data, message) => {
  const { stderr, exitCode } = await judge(format, await policy(), await data());
  expect(stderr).toContain(message);
  expect(String(stderr).split('\n')).toHaveLength(1);
  expect(exitCode).toBe(2);
});
