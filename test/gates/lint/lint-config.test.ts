import fc from 'fast-check';
import { expect, test } from 'vitest';
import { configSchema, type StagingConfigInput } from '../../../src/catalog/config.js';
import { checkNames } from '../../../src/catalog/gates.js';
import { requestsNeeded } from '../../../src/gates/lint/requests-needed.js';
import { lintConfig } from '../../../src/gates/public.js';

const kinds = ['unit', 'integration', 'api', 'ui', 'regression', 'smoke'] as const;
const sound: StagingConfigInput = {
  service: { name: 'shop', stable: 'v1', start: { command: ['true'] } },
  suites: kinds.map((kind) => ({ name: kind, kind, command: ['true'] })),
  security: { lockFile: 'package-lock.json', sarif: ['lint.sarif'] },
  approvers: ['owner'],
};
const found = (given: Partial<StagingConfigInput>, versions: string[] | null = ['v1']) =>
  lintConfig(configSchema.parse({ ...sound, ...given }), { versions }).map(({ code, path }) => [code, path]);
const slow = { ratePerSecond: 1, connections: 1 };

test.each<[string, Partial<StagingConfigInput>, string[][]]>([
  ['a sound one', {}, []],
  ['a suite that is missing', { suites: sound.suites?.slice(1) ?? [] }, [['SUITE_MISSING', 'suites']]],
  ['a suite whose check is off', { suites: sound.suites?.slice(1) ?? [], gates: { off: { unit_tests: 'none' } } }, []],
  ['no lock file', { security: { sarif: ['lint.sarif'] } }, [['INSTRUMENT_MISSING', 'security.lockFile']]],
  ['no SARIF report', { security: { lockFile: 'package-lock.json' } }, [['INSTRUMENT_MISSING', 'security.sarif']]],
  ['a pass rate of 0', { gates: { minPassRate: 0 } }, [['THRESHOLD_UNREACHABLE', 'gates.minPassRate']]],
  ['an uptime of 0', { gates: { minUptimePercent: 0 } }, [['THRESHOLD_UNREACHABLE', 'gates.minUptimePercent']]],
  ['a way back that nobody checks', { gates: { off: { rollback_plan: 'no' } } }, [['ROLLBACK_UNCHECKED', 'gates.off.rollback_plan']]],
  ['a soak shorter than the growth of memory shows', { stability: { soakMs: 10_000 } }, [['SOAK_TOO_SHORT', 'stability.soakMs']]],
  ['a short soak without that check', { stability: { soakMs: 10_000 }, gates: { off: { memory_growth: 'short' } } }, []],
  [
    'a soak shorter than the window of errors',
    { stability: { soakMs: 60_000 }, rollout: { sampleMs: 20_000 } },
    [['SOAK_TOO_SHORT', 'stability.soakMs']],
  ],
  ['errors that are never a breach', { rollout: { breach: { errorRate: 1 } } }, [['BREACH_UNREACHABLE', 'rollout.breach.errorRate']]],
  [
    'more health checks than there is time',
    { rollout: { breach: { failedHealthChecks: 500 } } },
    [['BREACH_UNREACHABLE', 'rollout.breach.failedHealthChecks']],
  ],
  ['a quorum that its approvers cannot reach', { approval: { quorum: 2 } }, [['QUORUM_UNREACHABLE', 'approval.quorum']]],
  [
    'a required tool that is denied',
    { toolPolicy: { deny: [{ tool: 'read_logs' }, { agent: 'qa_tester', action: 'test' }] } },
    [['REQUIRED_TOOL_DENIED', 'toolPolicy.deny[1]']],
  ],
  ['a required tool that is denied to models only', { toolPolicy: { deny: [{ action: 'test', by: 'model' }] } }, []],
  ['a promotion that is denied', { toolPolicy: { deny: [{ in: 'production' }] } }, [['REQUIRED_TOOL_DENIED', 'toolPolicy.deny[0]']]],
  ['nobody watching', { rollout: { watchMs: 0 } }, [['WATCH_MISSING', 'rollout.watchMs']]],
  [
    'a canary without traffic',
    { rollout: { steps: [{ weightPercent: 0, pauseMs: 1_000 }] } },
    [['CANARY_WITHOUT_TRAFFIC', 'rollout.steps']],
  ],
  ['a blue-green without steps', { rollout: { strategy: 'blue-green', steps: [] } }, []],
  [
    'an error rate that no traffic tells from a breach',
    { performanceTargets: { errorRate: 0.02 }, traffic: { staging: null } },
    [['TOO_FEW_REQUESTS', 'rollout.steps']],
  ],
  [
    'too little traffic in production',
    { traffic: { production: slow } },
    [
      ['TOO_FEW_REQUESTS', 'rollout.steps[0]'],
      ['BREACH_UNREACHABLE', 'rollout.steps[0]'],
      ['BREACH_UNREACHABLE', 'rollout.steps[1]'],
      ['TOO_FEW_REQUESTS', 'rollout.steps'],
    ],
  ],
  ['traffic that is not known', { traffic: { staging: null, production: null } }, []],
])('staging.config: %s', (_, given, expected) => {
  expect(found(given)).toEqual(expected);
});

test('of a service that goes with the first its own checks, suites and versions are looked at', () => {
  const payments = { name: 'payments', stable: 'v7', start: { command: ['true'] } };
  const config = configSchema.parse({ ...sound, services: [{ ...payments, off: { unit_tests: 'none', ui_tests: 'no page' } }] });
  const findings = lintConfig(config, { versions: ['v1'], services: { payments: ['v1'] } });
  expect(findings.map(({ code, path, message }) => [code, path, message])).toEqual([
    ...['integration', 'api', 'regression', 'smoke'].map((kind) => [
      'SUITE_MISSING',
      'suites',
      `of payments no suite of the kind ${kind} is declared, and its check stays inconclusive`,
    ]),
    ['ROLLBACK_TARGET_MISSING', 'services[0].stable', 'of payments the repository has no tag v7'],
  ]);
});

test('a gate of which every check is off never fails', () => {
  const off = Object.fromEntries(checkNames.map((check) => [check, 'no']));
  expect(found({ gates: { off } }).filter(([code]) => code === 'GATE_OFF')).toHaveLength(5);
});

test.each([
  [['v2'], 'v1', [['ROLLBACK_TARGET_MISSING', 'service.stable']]],
  [['v1'], 'v1', []],
  [[], undefined, [['ROLLBACK_TARGET_MISSING', 'service.stable']]],
  [['v2'], undefined, []],
  [null, 'v9', []],
])('with the tags %j the stable version %s gives %j', (versions, stable, expected) => {
  const service = { name: 'shop', start: { command: ['true'] }, ...(stable !== undefined && { stable }) };
  expect(found({ service }, versions)).toEqual(expected);
});

/** Fleiss's formula by hand for 2 % against 1 %: ((1.6449 * 0.0995 + 0.8416 * 0.14) / 0.01)^2 = 791. */
test('telling 2 % of errors from 1 % takes about 791 requests', () => {
  expect(requestsNeeded({ expected: 0.01, harmful: 0.02 })).toBeGreaterThan(780);
  expect(requestsNeeded({ expected: 0.01, harmful: 0.02 })).toBeLessThan(800);
  expect(requestsNeeded({ expected: 0.02, harmful: 0.02 })).toBe(Infinity);
});

test('more harm takes fewer requests to show, more power takes more', () => {
  const rate = fc.double({ min: 0.001, max: 0.4, noNaN: true });
  fc.assert(
    fc.property(rate, fc.double({ min: 0.01, max: 0.09, noNaN: true }), (expected, more) => {
      const some = requestsNeeded({ expected, harmful: expected + more });
      expect(requestsNeeded({ expected, harmful: expected + 2 * more })).toBeLessThanOrEqual(some);
      expect(requestsNeeded({ expected, harmful: expected + more, power: 0.95 })).toBeGreaterThanOrEqual(some);
    }),
  );
});
