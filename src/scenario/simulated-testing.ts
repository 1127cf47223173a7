import type { SuiteKind } from '../catalog/suite-kinds.js';
import type { Artifact, TestingPort } from '../tools/ports.js';
import { configOf } from '../catalog/services.js';
import type { FaultKind } from './faults.js';
import type { SimulatedHistory } from './simulated-history.js';
import { placeOf } from './simulated-url.js';
import type { World } from './simulated-world.js';

/** How many tests a suite of each kind has: the scenario's figures where it names them. */
const counts: Record<SuiteKind, number> = { unit: 220, integration: 156, api: 84, ui: 67, regression: 48, smoke: 12 };

/** Suites, load and scans of a service, the first unless told, that cost simulated time and find the declared faults. */
export const simulatedTesting = (world: World, history: SimulatedHistory, service?: string): TestingPort => {
  /** What stands in the slot that an address names. */
  const standingAt = (url: string) => {
    const { environment, slot, service: of } = placeOf(url);
    return { environment, service: of, artifact: history.currentPart(environment, slot ?? history.current(environment).active, of) };
  };
  const instrument = () =>
    world.fault('testing_down', { service }) === null
      ? { status: 'completed' as const, reason: '' }
      : { status: 'errored' as const, reason: 'simulated: the test runner does not start' };
  return {
    name: 'simulated',
    runSuite: async (suite, { target, artifact }) => {
      await world.spend(5_000);
      const state = instrument();
      const grown = suite.kind === 'unit' ? world.workspaces?.grownIn(artifact.path) : undefined;
      const total = state.status === 'completed' ? counts[suite.kind] + (grown?.tests ?? 0) : 0;
      const unmet = total > 0 && grown?.source === false ? grown.tests : 0;
      const red = total > 0 && suite.kind === 'regression' && (await isRed(world, artifact, service));
      return {
        suite: suite.name,
        kind: suite.kind,
        target,
        ...state,
        total,
        passed: total - (red ? 1 : unmet),
        failed: red ? 1 : unmet,
        skipped: 0,
        durationMs: 5_000,
        failures: red ? [{ id: 'simulated-1', test: 'simulated regression', file: 'simulated', message: 'simulated failure' }] : [],
        output: '',
      };
    },
    runLoad: async (url) => {
      const { load, limits } = service === undefined ? world.config : configOf(world.config, service);
      const { requestsPerSecond, errorRate, latencyMs, latencySigma } = world.settings;
      await world.spend(load.durationMs);
      const state = instrument();
      const average = world.fault('slow_load', standingAt(url))?.value ?? latencyMs;
      // Percentiles of a lognormal distribution with this average.
      const at = (deviations: number) => average * Math.exp(deviations * latencySigma - latencySigma ** 2 / 2);
      const requests = state.status === 'completed' ? Math.round((requestsPerSecond * load.durationMs) / 1_000) : 0;
      const failed = Math.floor(requests * errorRate);
      return {
        ...state,
        url,
        paths: load.paths ?? ['/'],
        connections: load.connections,
        durationMs: load.durationMs,
        requests,
        throughputRps: (requests * 1_000) / Math.max(1, load.durationMs),
        errors: { connection: 0, timeout: 0, status: failed },
        errorRate: requests === 0 ? 0 : failed / requests,
        latencyMs: { average, p50: at(0), p95: at(1.645), p99: at(2.326), max: at(4) },
        distribution: [
          [at(0), Math.round(requests * 0.5)],
          [at(1.645), Math.round(requests * 0.95)],
          [at(2.326), Math.round(requests * 0.99)],
          [at(4), requests],
        ],
        resources: { cpuCores: limits.quota.cpuCores * 0.65, memoryBytes: Math.round(limits.quota.memoryBytes * 0.72) },
      };
    },
    visit: async (url, { ratePerSecond }, forMs) => {
      const since = world.clock.now();
      await world.spend(forMs);
      const at = world.clock.now();
      const { environment, artifact, service: of } = standingAt(url);
      const candidate = history.isCandidate(environment, artifact, of);
      const acting = (kind: FaultKind) =>
        candidate ? world.fault(kind, { environment, artifact, at, trafficSince: since, service: of }) : null;
      const { errorRate, latencyMs, latencySigma } = world.settings;
      const silent = artifact === null || instrument().status === 'errored' || acting('no_traffic') !== null;
      const requests = silent ? 0 : Math.round((ratePerSecond * forMs) / 1_000);
      const failing = acting('crash') === null ? (acting('error_rate')?.value ?? errorRate) : 1;
      return {
        requests,
        failed: failing === 1 ? requests : world.random.binomial(`${url}/${at}/visit`, requests, failing),
        latencyP95Ms:
          requests === 0 ? null : (acting('latency')?.value ?? latencyMs) * Math.exp(1.645 * latencySigma - latencySigma ** 2 / 2),
      };
    },
    auditDependencies: (artifact) =>
      Promise.resolve({
        ...instrument(),
        source: 'simulated',
        packages: 310,
        vulnerabilities: world.fault('critical_vulnerability', { artifact, service })
          ? [{ id: 'SIMULATED-1', package: 'simulated', version: '1.0.0', severity: 'critical' as const, title: 'simulated' }]
          : [],
      }),
    scanCode: () => Promise.resolve({ ...instrument(), tools: ['simulated'], findings: [] }),
    scanHttp: () =>
      Promise.resolve({ ...instrument(), probes: [{ probe: 'simulated', ok: true, severity: 'major' as const, detail: '' }] }),
  };
};

/** A red test that comes with a feature is green while the feature's flag is off. */
const isRed = async (world: World, artifact: Artifact, service: string | undefined): Promise<boolean> => {
  const fault = world.fault('red_test', { artifact, service });
  if (fault?.feature === undefined) return fault !== null;
  return (await world.flags.get('staging', fault.feature))?.on !== false;
};
