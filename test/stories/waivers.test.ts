import { expect, test } from 'vitest';
import { releaseDocument } from '../../src/desk/document.js';
import { simulatedRelease } from '../support/simulated-release.js';

const waiver = { check: 'regression_tests' as const, by: 'owner', reason: 'the old cart test', until: '2100-01-01' };

test('a failed test that is waived lets the release go on, in sight of the approver, the journal and the report', async () => {
  const { run, answer, store, config } = await simulatedRelease({
    preApprovedBy: null,
    faults: [{ kind: 'red_test' }],
    config: { waivers: [waiver] },
  });
  const { question } = await run();
  expect(question?.waived).toEqual([
    expect.stringMatching(/^regression_tests waived by owner until 2100-01-01: the old cart test; it failed: /),
  ]);
  expect(question?.description).toContain('Waived: regression_tests');
  const { state } = await answer({ decisions: [{ type: 'approve' }] });
  expect(state.outcome).toBe('promoted');
  const row = await store.release('release-1');
  if (row === null) throw new Error('no such release');
  const document = await releaseDocument(row, store, config);
  expect(document.waivers).toEqual([waiver]);
  const checks = document.gates.flatMap((gate) => gate.checks);
  expect(checks.find(({ check }) => check === 'regression_tests')).toMatchObject({
    outcome: 'warning',
    reason: expect.stringContaining('waived by owner') as string,
  });
});

test('without a waiver the same release never asks anybody', async () => {
  const { run } = await simulatedRelease({ preApprovedBy: null, faults: [{ kind: 'red_test' }] });
  expect(await run()).toMatchObject({ question: null, state: { outcome: 'rejected' } });
});

test('a critical vulnerability is not waived, and the release says why', async () => {
  const config = { waivers: [{ ...waiver, check: 'vulnerability_scan' as const }] };
  const { run } = await simulatedRelease({ preApprovedBy: null, faults: [{ kind: 'critical_vulnerability' }], config });
  const { state } = await run();
  expect(state.outcome).toBe('rejected');
  expect(state.outcomeReason).toContain('checks of security are not waived');
});
