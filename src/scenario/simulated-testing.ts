import type { TestingPort } from '../tools/ports.js';
import type { World } from './simulated-world.js';

const counts = { unit: 220, integration: 156, api: 84, ui: 67, regression: 48, smoke: 12 } as const;

/** Suites, load and scans that cost simulated time and find the declared faults. */
export const simulatedTesting = (world: World): TestingPort => ({
  name: 'simulated',
  runSuite: async (suite, { target, artifact }) => {
    await world.clock.sleep(5_000);
    const total = counts[suite.kind];
    const red = suite.kind === 'regression' && (await isRed(world, artifact.digest));
    return {
      suite: suite.name,
      kind: suite.kind,
      target,
      status: 'completed',
      reason: '',
      total,
      passed: red ? total - 1 : total,
      failed: red ? 1 : 0,
      skipped: 0,
      durationMs: 5_000,
      failures: red ? [{ id: 'simulated-1', test: 'simulated regression', file: 'simulated', message: 'simulated failure' }] : [],
      output: '',
    };
  },
  runLoad: async (url) => {
    const durationMs = world.config.load.durationMs;
    await world.clock.sleep(durationMs);
    const average = world.fault('slow_load')?.value ?? 145;
    const requests = Math.round((1_250 * durationMs) / 1_000);
    return {
      status: 'completed',
      reason: '',
      url,
      paths: world.config.load.paths ?? ['/'],
      connections: world.config.load.connections,
      durationMs,
      requests,
      throughputRps: 1_250,
      errors: { connection: 0, timeout: 0, status: Math.round(requests * 0.0005) },
      errorRate: Math.round(requests * 0.0005) / requests,
      latencyMs: { average, p50: average * 0.9, p95: average * 1.93, p99: average * 3.1, max: average * 4 },
      distribution: [
        [average * 0.9, requests / 2],
        [average * 1.93, requests * 0.95],
        [average * 4, requests],
      ],
      resources: { cpuCores: 3.9, memoryBytes: 13e9 },
    };
  },
  auditDependencies: () =>
    Promise.resolve({
      status: 'completed',
      reason: '',
      source: 'simulated',
      packages: 310,
      vulnerabilities: world.fault('critical_vulnerability')
        ? [{ id: 'SIMULATED-1', package: 'simulated', version: '1.0.0', severity: 'critical', title: 'simulated' }]
        : [],
    }),
  scanCode: () => Promise.resolve({ status: 'completed', reason: '', tools: ['simulated'], findings: [] }),
  scanHttp: () =>
    Promise.resolve({ status: 'completed', reason: '', probes: [{ probe: 'simulated', ok: true, severity: 'major', detail: '' }] }),
});

const isRed = async (world: World, digest: string): Promise<boolean> => {
  const fault = world.fault('red_test');
  if (fault?.feature === undefined) return fault !== null;
  const flag = await world.flags.get('staging', fault.feature);
  return (world.contents.get(digest) ?? []).includes(fault.feature) && flag?.on !== false;
};
