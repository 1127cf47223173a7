import { isWaived } from '../gates/waive.js';
import { every, required, type Settles } from './settle.js';
import { suiteFailures, suiteResult } from './suite-result.js';

/** Settles the QA tester's routines: counts what the suites, the scans and the load measured. */
export const qaTester: Settles<'qa_tester'> = {
  'comprehensive-testing-routine': ({ found, attempt, id }) => {
    const suites = every(found, 'run_suite');
    const audits = every(found, 'audit_dependencies');
    const scans = every(found, 'scan_code');
    const probes = every(found, 'scan_http');
    const count = (severity: string) =>
      sumOf(audits, ({ status, vulnerabilities }) =>
        status === 'completed' ? vulnerabilities.filter((one) => one.severity === severity).length : null,
      );
    const failures = suiteFailures(suites, attempt, id);
    return {
      posts: {
        test_results: suites.map((item) => suiteResult(item, attempt, id)),
        test_failures: failures,
        security_results: {
          critical: count('critical'),
          high: count('high'),
          findings: sumOf(scans, ({ status, findings }) =>
            status === 'completed' ? findings.filter((one) => one.level === 'error').length : null,
          ),
          failedProbes: probes.flatMap(({ data, args }) =>
            data.probes.filter((probe) => !probe.ok).map(({ probe }) => (args.service === undefined ? probe : `${args.service}: ${probe}`)),
          ),
          evidence: [...audits, ...scans, ...probes].map(({ digest }) => digest),
        },
      },
      emits: [{ topic: 'staging/performance_testing_needed' }],
      says: `${suites.length} suites on the preview, ${failures.length} failing tests.`,
    };
  },

  'performance-testing-routine': ({ found }) => {
    const load = every(found, 'run_load').find(({ args }) => args.service === undefined) ?? required(found, 'run_load');
    const { status, latencyMs, throughputRps, errorRate, requests } = load.data;
    return {
      posts: {
        performance_results: {
          status,
          averageMs: latencyMs.average,
          p95Ms: latencyMs.p95,
          p99Ms: latencyMs.p99,
          throughputRps,
          errorRate,
          requests,
          evidence: [load.digest],
        },
      },
      emits: [{ topic: 'staging/testing_completed' }],
      says:
        status === 'completed'
          ? `${Math.round(throughputRps)} requests/s, ${latencyMs.average.toFixed(1)} ms on average, ${(errorRate * 100).toFixed(2)} % errors.`
          : `The load test did not complete: ${load.data.reason}.`,
    };
  },

  'smoke-testing-routine': ({ found, attempt, id, config, now }) => {
    const suites = every(found, 'run_suite');
    const failures = suiteFailures(suites, attempt, id);
    const broken = suites.filter(({ data }) => data.failed > 0 && !isWaived(`${data.kind}_tests`, config, now));
    return {
      posts: { test_results: suites.map((item) => suiteResult(item, attempt, id)), test_failures: failures },
      emits: [
        broken.length === 0
          ? { topic: 'staging/performance_monitoring' }
          : {
              topic: 'staging/rollback_required',
              reason: `${broken.map(({ data }) => data.suite).join(', ')} failed on the live address: ${failures[0]?.test ?? ''}`,
            },
      ],
      says: `${suites.length} suites on the live address, ${failures.length} failing tests.`,
    };
  },
};

/** Over every service; of one that nobody could count, the whole is unknown. */
const sumOf = <T>(items: readonly { data: T }[], count: (data: T) => number | null): number | null =>
  items.reduce<number | null>((sum, { data }) => {
    const counted = count(data);
    return sum === null || counted === null ? null : sum + counted;
  }, 0);
