import { expect, test } from 'vitest';
import { openSqliteStore } from '../../src/blackboard/sqlite-store.js';
import { explainRelease } from '../../src/desk/explain-release.js';
import { parseConfig } from '../../src/graph/parse-config.js';
import { ScenarioFactory, type FaultInput } from '../../src/scenario/public.js';
import { storefront } from '../../src/scenario/storefront.js';

const explained = async (fault: FaultInput) => {
  const store = openSqliteStore(':memory:');
  await new ScenarioFactory({ name: 'explained', faults: [{ at: 'staging-deployment-routine', ...fault }] }, { store }).play();
  const row = await store.release('explained');
  if (!row) throw new Error('no release was recorded');
  return explainRelease(row, store, parseConfig(storefront));
};

test('a breach is explained by its rule, what was measured on how many requests, how soon the traffic was back, and what would change it', async () => {
  const { text, json } = await explained({ kind: 'error_rate', value: 0.04 });
  const [head, why = '', ...lines] = text.split('\n').filter((line) => line !== '');
  expect(head).toMatch(/^storefront v2\.2\.0: rolled_back\. .* of its requests failed where 2 % is allowed$/);
  expect(why).toBe('Why the traffic moved as it did:');
  expect(lines.slice(0, 9)).toEqual([
    expect.stringMatching(
      /staging, v2\.2\.0: rolled back \(by watcher\); error_rate: [34]\.\d+ % of its requests failed where 2 % is allowed \[\w{8}\]$/,
    ),
    expect.stringContaining("rule: at most 2 % of the candidate's requests may fail (rollout.breach.errorRate)"),
    expect.stringMatching(/margin: [34]\.\d+ % is [12]\.\d+ percentage points above it$/),
    expect.stringMatching(/measured: \d{4,} requests of the candidate in \d+ samples?, \d+ of them failed; 0 of all \d+ had no answer/),
    expect.stringContaining('baseline: none, the limit stands by itself; a step with analysis compares with the version before'),
    expect.stringContaining('how sure: a candidate just at the limit fails so many less than once in a million times'),
    expect.stringMatching(/traffic: 10 % after 0\.0 s, 0 % after 30\.0 s/),
    expect.stringMatching(/from the first sign of it to all traffic on v2\.1\.1: /),
    expect.stringMatching(/what would change it: a candidate that fails at most 2 %; this one failed [12]\.\d times as many$/),
  ]);
  expect(json.rollouts).toMatchObject([{ environment: 'staging', outcome: 'rolled_back', breach: { metric: 'error_rate', target: 0.02 } }]);
  expect(json.rollouts[0]?.breach?.margin).toBeLessThan(0);
});

test.each<[FaultInput, RegExp]>([
  [{ kind: 'latency', value: 3_000 }, /what would change it: a candidate faster by \d+ ms/],
  [{ kind: 'crash', afterS: 180 }, /rule: no process of the candidate ends by itself/],
  [{ kind: 'failed_health_checks' }, /rule: fewer than 2 failed health checks in a row/],
])('%j is explained by its own rule', async (fault, said) => {
  expect((await explained(fault)).text).toMatch(said);
});

test('a rollout that nothing sent back is told too, without a rule', async () => {
  const { text, json } = await explained({ kind: 'no_traffic' });
  expect(json.rollouts[0]).toMatchObject({ breach: null, wouldChange: null });
  expect(text).toContain('measured: 0 requests of the candidate');
});
