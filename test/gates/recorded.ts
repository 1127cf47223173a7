import { configSchema, type StagingConfigInput } from '../../src/catalog/config.js';
import type { Check, GateEvaluation } from '../../src/catalog/fields.js';
import type { CheckName, GateName } from '../../src/catalog/gates.js';
import { gates, gateNames } from '../../src/catalog/gates.js';
import type { Evidence, RolloutRecord, Sample, ToolName, ToolResult } from '../../src/catalog/tools.js';
import { evaluateGate, type GateInput } from '../../src/gates/evaluate-gate.js';

/** A configuration as a user would write it, with every default. */
export const configured = (input: Partial<StagingConfigInput> = {}) =>
  configSchema.parse({ service: { name: 'shop', start: { command: ['node', 'server.mjs'] } }, approvers: ['alice', 'bob'], ...input });

let ordinal = 0;
const recorded = (about: { at?: number; attempt?: number }) => ({
  digest: `sha256:${(ordinal += 1)}`,
  source: 'test',
  at: 1_000,
  attempt: 1,
  ...about,
});
type About = { at?: number; attempt?: number };

export const evidenceOf = <T extends ToolName>(
  tool: T,
  data: ToolResult<T>,
  about: About = {},
  args: Record<string, unknown> = {},
): Evidence => ({ ...recorded(about), tool, args, data }) as Evidence; // the pair of tool and data is checked by the parameters

const completed = { status: 'completed', reason: '' } as const;

export const audit = (data: Partial<ToolResult<'audit_dependencies'>> = {}, about?: About) =>
  evidenceOf('audit_dependencies', { ...completed, source: 'osv', packages: 3, vulnerabilities: [], ...data }, about);
export const vulnerability = (severity: 'low' | 'high' | 'critical' | 'unknown') => ({
  id: `GHSA-${severity}`,
  package: 'left-pad',
  version: '1.0.0',
  severity,
  title: 'x',
});
export const codeScan = (data: Partial<ToolResult<'scan_code'>> = {}, about?: About) =>
  evidenceOf('scan_code', { ...completed, tools: ['semgrep'], findings: [], ...data }, about);
export const httpScan = (data: Partial<ToolResult<'scan_http'>> = {}, about?: About) =>
  evidenceOf('scan_http', { ...completed, probes: [{ probe: 'nosniff', ok: true, severity: 'major', detail: '' }], ...data }, about);

export const load = (data: Partial<ToolResult<'run_load'>> = {}, about?: About) =>
  evidenceOf(
    'run_load',
    {
      ...completed,
      url: 'http://127.0.0.1:1',
      paths: ['/'],
      connections: 50,
      durationMs: 10_000,
      requests: 12_500,
      throughputRps: 1_250,
      errors: { connection: 0, timeout: 0, status: 0 },
      errorRate: 0.0005,
      latencyMs: { average: 145, p50: 140, p95: 180, p99: 190, max: 300 },
      distribution: [],
      resources: { cpuCores: 3, memoryBytes: 1e9 },
      restarts: 0,
      ...data,
    },
    about,
  );

export const suiteRun = (data: Partial<ToolResult<'run_suite'>> & Pick<ToolResult<'run_suite'>, 'suite' | 'kind'>, about?: About) =>
  evidenceOf(
    'run_suite',
    {
      ...completed,
      target: data.kind === 'smoke' ? 'live' : 'preview',
      total: 20,
      passed: 20,
      failed: 0,
      skipped: 0,
      durationMs: 5,
      failures: [],
      output: '',
      ...data,
    },
    about,
  );

export const sample = (data: Partial<Sample> = {}): Sample => ({
  at: 0,
  environment: 'staging',
  slot: 'green',
  version: 'v2',
  requests: 50,
  errors: 0,
  latencyAverageMs: 20,
  latencyP95Ms: 40,
  cpuCores: 0.2,
  memoryBytes: 80e6,
  healthy: true,
  restarts: 0,
  errorLogLines: 0,
  ...data,
});

/** One sample a second from `fromAt`, each changed by `change`. */
export const seconds = (count: number, change: (second: number) => Partial<Sample> = () => ({}), fromAt = 0): Sample[] =>
  Array.from({ length: count }, (_, second) => sample({ at: fromAt + second * 1_000, ...change(second) }));

export const health = (samples: Sample[], data: Partial<ToolResult<'check_health'>> = {}, about?: About) =>
  evidenceOf(
    'check_health',
    {
      environment: 'staging',
      slot: 'green',
      services: [{ name: 'shop', healthy: true, url: '', detail: '' }],
      dependencies: [{ name: 'bank', healthy: true, url: '', detail: '' }],
      sinceAt: 0,
      untilAt: samples.at(-1)?.at ?? 0,
      intervalMs: 1_000,
      samples,
      alerts: [],
      ...data,
    },
    about,
  );

export const rollout = (data: Partial<RolloutRecord> = {}, about?: About) =>
  evidenceOf(
    'run_rollout',
    {
      environment: 'staging',
      strategy: 'canary',
      outcome: 'completed',
      slot: 'green',
      version: 'v2',
      digest: 'sha256:a',
      previousVersion: 'v1',
      startedAt: -5_000,
      durationMs: 5_000,
      changes: [],
      breach: null,
      restoreMs: null,
      traffic: { requests: 100, dropped: 0, candidateErrors: 0 },
      samples: [],
      reason: '',
      ...data,
    },
    about,
  );

export const deploymentPlan = (risks: { risk: string; blocking: boolean }[] = [], about?: About) =>
  evidenceOf('plan_deployment', { strategy: 'canary', steps: ['10 %'], rollback: { slot: 'blue', version: 'v1', how: '' }, risks }, about);
export const rollbackTarget = (data: Partial<ToolResult<'check_rollback_target'>> = {}, about?: About) =>
  evidenceOf('check_rollback_target', { slot: 'blue', version: 'v1', healthy: true, detail: '', ...data }, about);

export const evaluated = (gate: GateName, evidence: readonly Evidence[], input: Partial<GateInput> = {}): GateEvaluation =>
  evaluateGate(gate, { config: configured(), evidence, attempt: 1, at: 9, stage: 'readiness', approval: null, ...input });

/** The verdict of one check. */
export const checked = (check: CheckName, evidence: readonly Evidence[], input: Partial<GateInput> = {}): Check => {
  const gate = gateNames.find((name) => check in gates[name].checks) ?? 'security';
  const found = evaluated(gate, evidence, input).checks.find((one) => one.check === check);
  if (found === undefined) throw new Error(`no check ${check}`);
  return found;
};
