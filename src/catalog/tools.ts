import { z } from 'zod';
import { commit } from './clues.js';
import { suiteKinds } from './suite-kinds.js';
import { dataTools, migrationResult } from './data.js';
import { developmentTools } from './development-tools.js';
import {
  afterRollback,
  build,
  environment,
  environmentStatus,
  instrument,
  latencyMs,
  planStep,
  preview,
  resources,
  rolloutRecord,
  sampleSchema,
  serviceHealth,
  serviceVersion,
  slot,
  text,
  timestamp,
  vulnerability,
} from './measurements.js';
import type { Acts } from './policy.js';

export type {
  Breach,
  EnvironmentName,
  EnvironmentStatus,
  RolloutRecord,
  Sample,
  ServiceHealth,
  SlotName,
  WeightChange,
} from './measurements.js';

const none = z.strictObject({});
const served = z.object({ version: z.string().nullable(), digest: z.string().nullable() });
/** Which of several services; left out, the one that the release is named after. */
const ofService = z.strictObject({ service: z.string().optional() });

type ToolRow = { does: string; acts: Acts; args: z.ZodObject; result: z.ZodType };

/** Every tool: what it does, which classes of action it takes where, its arguments, and the shape of the evidence that it leaves. */
export const tools = {
  plan_environment: {
    does: 'Reads which services, slots and quota the environment declares and which version is stable.',
    acts: { repository: ['read'], staging: ['read'], production: ['read'] },
    args: none,
    result: z.object({
      infrastructure: z.string(),
      services: z.array(z.string()),
      stableVersion: z.string(),
      /** What serves each environment now: whoever acts later finds it so, or stops. Left out in evidence of before this was written down. */
      serves: z.object({ staging: served, production: served }).optional(),
      quota: z.object({ cpuCores: z.number(), memoryBytes: z.number(), gpuPercent: z.number() }),
    }),
  },
  provision_environment: {
    does: 'Starts staging: the proxy, the stable version in its slot, and every declared service.',
    acts: { staging: ['deploy-staging'] },
    args: none,
    result: environmentStatus,
  },
  configure_monitoring: {
    does: 'Starts scraping both slots and arms the alert rules.',
    acts: { staging: ['read'] },
    args: none,
    result: z.object({
      intervalMs: z.number(),
      targets: z.array(z.string()),
      rules: z.array(z.object({ name: z.string(), condition: z.string() })),
    }),
  },
  read_changes: {
    does: 'Lists the commits and files that separate the candidate from the stable version.',
    acts: { repository: ['read'] },
    args: none,
    result: z.object({
      base: z.string(),
      head: z.string(),
      commits: z.array(commit),
      files: z.array(z.string()),
      insertions: z.number(),
      deletions: z.number(),
    }),
  },
  integrate_features: {
    does: 'Merges the requested feature branches onto the version in a worktree of its own.',
    acts: { repository: ['develop'] },
    args: none,
    result: z.object({
      status: z.enum(['integrated', 'conflict']),
      branch: z.string(),
      base: z.string(),
      commit: z.string(),
      worktree: z.string(),
      /** Where the work on a described feature began, when an earlier attempt has begun it. */
      workFrom: z.string().optional(),
      features: z.array(z.object({ feature: z.string(), branch: z.string(), commit: z.string(), files: z.array(z.string()) })),
      conflicts: z.array(z.object({ file: z.string(), branches: z.array(z.string()) })),
    }),
  },
  build_artifact: {
    does: 'Builds the integrated worktree into an artifact named by its digest.',
    acts: { repository: ['develop'] },
    args: none,
    result: build,
  },
  run_suite: {
    does: 'Runs one declared test suite and reads its report.',
    acts: { repository: ['test'], staging: ['test'] },
    args: z.strictObject({ suite: z.string(), target: z.enum(['artifact', 'preview', 'live']) }),
    result: z.object({
      suite: z.string(),
      kind: z.enum(suiteKinds),
      target: z.enum(['artifact', 'preview', 'live']),
      ...instrument,
      total: z.number().int(),
      passed: z.number().int(),
      failed: z.number().int(),
      skipped: z.number().int(),
      durationMs: z.number(),
      failures: z.array(z.object({ id: z.string(), test: text, file: text, message: text })),
      output: text,
    }),
  },
  ...dataTools,
  deploy_preview: {
    does: 'Starts the artifact in the idle slot of staging, where no user traffic reaches it.',
    acts: { staging: ['deploy-staging'] },
    args: none,
    result: preview,
  },
  run_load: {
    does: 'Puts load on the preview and measures latency, throughput and errors.',
    acts: { staging: ['test'] },
    args: ofService,
    result: z.object({
      ...instrument,
      url: z.string(),
      paths: z.array(z.string()),
      connections: z.number().int(),
      durationMs: z.number(),
      requests: z.number().int(),
      throughputRps: z.number(),
      errors: z.object({ connection: z.number().int(), timeout: z.number().int(), status: z.number().int() }),
      errorRate: z.number(),
      latencyMs,
      /** [latency in ms, requests that took at most that long] in rising order, from the raw histogram. */
      distribution: z.array(z.tuple([z.number(), z.number()])),
      /** Largest values seen while the load ran; null where they could not be read. */
      resources: resources.nullable(),
      /** How often the process of the preview ended by itself since it was started. */
      restarts: z.number().int(),
    }),
  },
  audit_dependencies: {
    does: 'Looks up every package of the lock file among the known vulnerabilities.',
    acts: { repository: ['test'] },
    args: ofService,
    result: z.object({ ...instrument, source: z.string(), packages: z.number().int(), vulnerabilities: z.array(vulnerability) }),
  },
  scan_code: {
    does: 'Reads the SARIF reports of the declared scanners.',
    acts: { repository: ['test'] },
    args: ofService,
    result: z.object({
      ...instrument,
      tools: z.array(z.string()),
      findings: z.array(z.object({ rule: z.string(), level: z.enum(['none', 'note', 'warning', 'error']), message: text, location: text })),
    }),
  },
  scan_http: {
    does: 'Probes the running preview: security headers, error pages, directory traversal, methods.',
    acts: { staging: ['test'] },
    args: ofService,
    result: z.object({
      ...instrument,
      probes: z.array(z.object({ probe: z.string(), ok: z.boolean(), severity: z.enum(['minor', 'major']), detail: text })),
    }),
  },
  plan_deployment: {
    does: 'Writes down strategy, steps, risks and the way back, from the configuration and the live environment.',
    acts: { staging: ['read'] },
    args: none,
    result: z.object({
      strategy: z.enum(['blue-green', 'canary']),
      steps: z.array(z.string()),
      rollback: z.object({ slot, version: z.string(), how: z.string() }),
      release: z.array(planStep).optional(),
      services: z.array(serviceVersion).optional(),
      risks: z.array(z.object({ risk: z.string(), blocking: z.boolean() })),
    }),
  },
  run_rollout: {
    does: 'Shifts staging traffic to the candidate step by step; a breach sends it back at once.',
    acts: { staging: ['deploy-staging'] },
    args: none,
    result: rolloutRecord,
  },
  query_metrics: {
    does: 'Sums up what was measured of the live slot of staging since the deployment.',
    acts: { staging: ['read'] },
    args: none,
    result: z.object({
      environment,
      slot,
      fromAt: timestamp,
      toAt: timestamp,
      requests: z.number(),
      throughputRps: z.number(),
      errorRate: z.number(),
      latencyAverageMs: z.number().nullable(),
      latencyP95Ms: z.number().nullable(),
      resources: resources.nullable(),
    }),
  },
  check_health: {
    does: 'Asks every service and dependency for its health and reads the samples since the deployment.',
    acts: { staging: ['read'] },
    args: none,
    result: z.object({
      environment,
      slot,
      services: z.array(serviceHealth),
      dependencies: z.array(serviceHealth),
      sinceAt: timestamp,
      untilAt: timestamp,
      intervalMs: z.number(),
      samples: z.array(sampleSchema),
      alerts: z.array(z.object({ name: z.string(), since: timestamp, detail: text })),
    }),
  },
  read_logs: {
    does: 'Reads the last lines that the candidate logged.',
    acts: { staging: ['read'] },
    args: z.strictObject({ lines: z.number().int().min(1).max(200).default(50) }),
    result: z.object({ slot, lines: z.array(text) }),
  },
  check_rollback_target: {
    does: 'Asks whether the version to go back to still runs and answers.',
    acts: { staging: ['read'] },
    args: none,
    result: z.object({ slot, version: z.string().nullable(), healthy: z.boolean(), detail: text }),
  },
  promote_to_production: {
    does: 'Starts the artifact in production and shifts traffic to it; a breach sends it back at once.',
    acts: { production: ['deploy-production', 'data'] },
    args: none,
    result: rolloutRecord.extend({ migration: migrationResult.optional() }),
  },
  tag_version: {
    does: 'Tags the promoted commit.',
    acts: { repository: ['deploy-production'] },
    args: none,
    result: z.object({
      tag: z.string(),
      commit: z.string(),
      services: z.array(z.object({ service: z.string(), tag: z.string() })).optional(),
    }),
  },
  roll_back: {
    does: 'Sends all traffic to the stable version and gives up the candidate.',
    acts: { staging: ['deploy-staging'], production: ['deploy-production'] },
    args: none,
    result: z.object({
      environments: z.array(afterRollback),
      durationMs: z.number(),
    }),
  },
  read_source_heads: {
    does: 'Reads where the version and its feature branches point now.',
    acts: { repository: ['read'] },
    args: none,
    result: z.object({ heads: z.record(z.string(), z.string()) }),
  },
  ...developmentTools,
} as const satisfies Record<string, ToolRow>;

export type ToolName = keyof typeof tools;
export const toolNames = Object.keys(tools) as ToolName[]; // keys of a const table
export type ToolArgs<T extends ToolName> = z.infer<(typeof tools)[T]['args']>;
export type ToolResult<T extends ToolName> = z.infer<(typeof tools)[T]['result']>;

/** What a tool left behind: the result itself, named by the digest of its content. */
export type Evidence<T extends ToolName = ToolName> = {
  [K in T]: {
    digest: string;
    tool: K;
    /** The adapter that measured, for example `local` or `simulated`. */
    source: string;
    at: number;
    attempt: number;
    args: ToolArgs<K>;
    data: ToolResult<K>;
  };
}[T];
