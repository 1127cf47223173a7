import { expect, test } from 'vitest';
import type { Check, GateEvaluation } from '../../src/catalog/fields.js';
import { sameVerdict } from '../../src/gates/verify-verdict.js';
import { audit, evaluated, load } from './recorded.js';

const verdict = evaluated('performance', [load()]);
const changed = (change: Partial<Check>): GateEvaluation => ({
  ...verdict,
  checks: verdict.checks.map((check, index) => (index === 0 ? { ...check, ...change } : check)),
});

test('a verdict agrees with itself at another time, also after it was written down and read', () => {
  expect(sameVerdict(verdict, { ...verdict, at: 77 })).toBeNull();
  expect(sameVerdict(JSON.parse(JSON.stringify(verdict)) as GateEvaluation, verdict)).toBeNull();
});

test.each<[Partial<Check>, string]>([
  [{ outcome: 'failed' }, 'the outcome of the response_time was recorded as "failed", and its evidence gives "passed"'],
  [{ value: 146 }, 'the value of the response_time was recorded as 146, and its evidence gives 145'],
  [{ value: null }, 'the value of the response_time was recorded as null, and its evidence gives 145'],
  [{ target: '< 1 s' }, 'the target of the response_time was recorded as "< 1 s", and its evidence gives "< 200 ms"'],
  [{ margin: null }, 'the margin of the response_time was recorded as null, and its evidence gives 55'],
  [{ unit: 's' }, 'the unit of the response_time was recorded as "s", and its evidence gives "ms"'],
  [{ reason: 'because' }, 'the reason of the response_time was recorded as "because"'],
  [{ evidence: [] }, 'the evidence of the response_time was recorded as []'],
])('a check that differs in %o is found', (change, words) => {
  expect(sameVerdict(changed(change), verdict)).toContain(words);
  expect(sameVerdict(verdict, changed(change))).not.toBeNull();
});

test.each<[Partial<GateEvaluation>, string]>([
  [{ id: 'x' }, 'the id of the performance gate was recorded as "performance:1", and its evidence gives "x"'],
  [{ attempt: 2 }, 'the attempt of the performance gate'],
  [{ outcome: 'failed' }, 'the outcome of the performance gate'],
  [{ checks: [] }, 'the checks of the performance gate'],
  [{ checks: verdict.checks.toReversed() }, 'the checks of the performance gate'],
])('a gate that differs in %o is found', (change, words) => {
  expect(sameVerdict(verdict, { ...verdict, ...change })).toContain(words);
});

test('a verdict on evidence that was exchanged is found', () => {
  expect(sameVerdict(evaluated('security', [audit()]), evaluated('security', [audit()]))).toContain(
    'the evidence of the vulnerability_scan',
  );
});
