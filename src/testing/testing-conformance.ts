import assert from 'node:assert/strict';
import type { SuiteConfig } from '../catalog/config.js';
import { tools } from '../catalog/tools.js';
import type { Artifact, TestingPort } from '../tools/ports.js';
import { conformance, type ConformanceCase, type Skips } from './conformance.js';

export type TestingSubject = {
  port: TestingPort;
  artifact: Artifact;
  /** Of a service that runs and answers. */
  url: string;
  suites: { green: SuiteConfig; red: SuiteConfig };
  /** A runner that breaks: on the same port, or on another. */
  broken: { port: TestingPort; suite: SuiteConfig };
  close: () => Promise<void>;
};

/** What every testing adapter promises: run each case as a test. `open` gives an adapter of its own to each. */
export const testingConformance = (open: () => Promise<TestingSubject>, skips?: Skips): ConformanceCase[] =>
  conformance(
    open,
    {
      'a green suite is completed, and its counts add up': async ({ port, artifact, suites: { green } }) => {
        const result = tools.run_suite.result.parse(await port.runSuite(green, { target: 'artifact', artifact, url: null }));
        assert.deepEqual([result.suite, result.kind, result.target, result.status], [green.name, green.kind, 'artifact', 'completed']);
        assert.ok(result.total > 0);
        assert.equal(result.passed + result.failed + result.skipped, result.total);
        assert.equal(result.failed, 0);
      },
      'a red suite is completed as well, and names every test that failed': async ({ port, artifact, suites: { red } }) => {
        const result = await port.runSuite(red, { target: 'artifact', artifact, url: null });
        assert.equal(result.status, 'completed');
        assert.ok(result.failed > 0);
        assert.equal(result.failures.length, result.failed);
        assert.ok(result.failures.every((failure) => failure.test !== ''));
        assert.equal(new Set(result.failures.map((failure) => failure.id)).size, result.failed);
      },
      'a runner that breaks is errored with a reason: no exception, and nothing passed': async ({ artifact, broken: { port, suite } }) => {
        const result = tools.run_suite.result.parse(await port.runSuite(suite, { target: 'artifact', artifact, url: null }));
        assert.equal(result.status, 'errored');
        assert.notEqual(result.reason, '');
        assert.equal(result.passed, 0);
      },
      'load on a service that answers is counted, and its percentiles rise': async ({ port, url }) => {
        const result = tools.run_load.result.omit({ restarts: true }).parse(await port.runLoad(url, () => Promise.resolve(null)));
        assert.equal(result.status, 'completed');
        assert.ok(result.requests > 0 && result.throughputRps > 0);
        const { p50, p95, p99, max } = result.latencyMs;
        assert.ok(p50 <= p95 && p95 <= p99 && p99 <= max);
        assert.ok(result.errorRate >= 0 && result.errorRate <= 1);
      },
      'visitors of a service that answers are counted with what they got': async ({ port, url }) => {
        const { requests, failed, latencyP95Ms } = await port.visit(url, { ratePerSecond: 100, connections: 2, paths: ['/'] }, 300);
        assert.ok(requests > 0);
        assert.ok(failed <= requests / 10);
        assert.ok(latencyP95Ms !== null && latencyP95Ms >= 0);
      },
      'every scan leaves a result of its own shape, whatever it could find': async ({ port, artifact, url }) => {
        tools.audit_dependencies.result.parse(await port.auditDependencies(artifact));
        tools.scan_code.result.parse(await port.scanCode(artifact));
        tools.scan_http.result.parse(await port.scanHttp(url));
      },
    },
    skips,
  );
