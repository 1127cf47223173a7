import { expect, test } from 'vitest';
import type { Evidence, ToolName, ToolResult } from '../../../src/catalog/tools.js';
import { symptomOf } from '../../../src/tools/culprit/symptom.js';
import { droppedFeatures, wantedFeatures } from '../../../src/tools/culprit/wanted-features.js';
import { simulatedConfig } from '../../support/simulated-release.js';

const of = <T extends ToolName>(tool: T, data: Partial<ToolResult<T>>): Evidence => {
  const evidence: object = { digest: `sha256:${tool}`, tool, source: 'test', at: 0, attempt: 1, args: {}, data };
  return evidence as Evidence; // only what is looked at
};

const failure = { id: 'f1', test: 'free shipping', file: 'a.test.mjs', message: 'no' };
const suite = (kind: 'unit' | 'regression', target: 'artifact' | 'preview' | 'live', failed: number, passed = 7) =>
  of('run_suite', {
    suite: kind,
    kind,
    target,
    status: 'completed',
    reason: '',
    total: passed + failed,
    passed,
    failed,
    skipped: 0,
    failures: failed > 0 ? [failure] : [],
  });
const rollout = (breach: boolean) =>
  of('run_rollout', {
    outcome: breach ? 'rolled_back' : 'completed',
    breach: breach ? { metric: 'error_rate', value: 0.2, target: 0.02, firstSampleAt: 0 } : null,
  });
const config = simulatedConfig();

test.each<[string, Evidence[], object]>([
  ['a failed build', [of('build_artifact', { status: 'failed' })], { kind: 'build' }],
  ['a merge conflict', [of('integrate_features', { status: 'conflict' }), of('build_artifact', { status: 'failed' })], { kind: 'none' }],
  [
    'a failed regression test on the preview',
    [suite('unit', 'artifact', 0), suite('regression', 'preview', 1)],
    { kind: 'suite', suite: 'regression', target: 'preview', tests: ['f1'] },
  ],
  [
    'one that fails on the live address alone',
    [suite('regression', 'preview', 0), suite('regression', 'live', 1)],
    { kind: 'suite', suite: 'regression', target: 'preview' },
  ],
  ['a failed unit test', [suite('unit', 'artifact', 3)], { kind: 'suite', suite: 'unit', target: 'artifact' }],
  [
    'failures that the gate lets pass, and a breach',
    [suite('unit', 'artifact', 1, 99), rollout(true)],
    { kind: 'traffic', check: 'error_rate under traffic' },
  ],
  [
    'an alert after the rollout',
    [rollout(false), of('check_health', { alerts: [{ name: 'latency', since: 0, detail: '' }] })],
    { kind: 'traffic', check: 'latency under traffic' },
  ],
  ['nothing that failed', [suite('unit', 'artifact', 0), rollout(false)], { kind: 'none' }],
  ['a failure of another attempt', [{ ...suite('unit', 'artifact', 3), attempt: 2 }], { kind: 'none' }],
])('the symptom of %s', (_what, evidence, symptom) => {
  expect(symptomOf(evidence, 1, config)).toMatchObject(symptom);
});

test('a breach without any traffic to give a preview cannot be looked for', () => {
  const without = simulatedConfig({ traffic: { staging: null } });
  expect(symptomOf([rollout(true)], 1, without)).toMatchObject({ kind: 'none', why: expect.stringContaining('no traffic') as string });
});

const request = { service: 's', version: 'v1.0.0', features: ['a', 'b', 'c'], target: 'staging' as const, text: '', preApprovedBy: null };
const found = (culprits: string[], outcome: 'found' | 'interaction' = 'found') =>
  of('find_culprit', { outcome, culprits, reason: 'it is' });

test('only a culprit of an earlier attempt is dropped, and only where the request or the configuration says so', () => {
  const release = { request, config: { onCulprit: 'drop' as const }, all: [found(['b'])] };
  expect(wantedFeatures({ ...release, attempt: 1 })).toEqual(['a', 'b', 'c']);
  expect(wantedFeatures({ ...release, attempt: 2 })).toEqual(['a', 'c']);
  expect(droppedFeatures({ ...release, attempt: 2 })).toMatchObject([{ feature: 'b', attempt: 1 }]);
  expect(wantedFeatures({ ...release, attempt: 2, config: { onCulprit: 'stop' } })).toEqual(['a', 'b', 'c']);
  expect(wantedFeatures({ ...release, attempt: 2, request: { ...request, onCulprit: 'stop' } })).toEqual(['a', 'b', 'c']);
});

test('two that only fail together are both kept: which of them goes is for a person to say', () => {
  const all = [found(['b', 'c'], 'interaction')];
  expect(wantedFeatures({ request, config: { onCulprit: 'drop' }, all, attempt: 2 })).toEqual(['a', 'b', 'c']);
});
