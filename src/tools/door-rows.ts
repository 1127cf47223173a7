import { z } from 'zod';
import type { StagingConfig, SuiteConfig } from '../catalog/config.js';
import { appliedMigration, migrationResult, snapshotResult, writesSince } from '../catalog/data.js';
import {
  build,
  configurationChange,
  environmentStatus,
  logLine,
  preview,
  sampleSchema,
  serviceHealth,
  type Sample,
} from '../catalog/measurements.js';
import { tools } from '../catalog/tools.js';
import { interventionSchema, type Interventions } from './deployment/interventions.js';
import { flagChangeSchema, namedFlagSchema } from './flags/flag.js';
import type { Artifact, DeploymentPort, FlagsPort, MonitoringPort, SourcePort, TestingPort, Workspace } from './ports.js';

/** What one method of a door promises. */
export type DoorRow = {
  /** `quick` or `work` of the configured `doorLimits`; `caller`: it waits on purpose, until the signal that it was given ends it. */
  limit: 'quick' | 'work' | 'caller';
  /** Configured for this very thing, on top. */
  ownMs?: (config: StagingConfig, args: readonly unknown[]) => number;
  /** It changes something outside. */
  acts?: true;
  /** Done twice is the same as done once, so that it may be asked for again. */
  again?: true;
  answer: z.ZodType;
  /** Why this answer belongs to another question, or null. Only asked about answers of the right shape. */
  misfit?: (answer: never, args: readonly unknown[]) => string | null;
  /** The answer in the order, and without the repetitions, that a network may have given it. */
  tidy?: (answer: never) => unknown;
};

type Methods<P> = { [K in keyof P as NonNullable<P[K]> extends (...args: never[]) => unknown ? K : never]-?: DoorRow };

const nothing = z.unknown().transform(() => undefined);
const artifact = z.object({
  version: z.string(),
  digest: z.string().min(1),
  path: z.string(),
  services: z.array(z.object({ service: z.string(), version: z.string(), digest: z.string(), path: z.string() })).optional(),
});
const look = { limit: 'quick', again: true } as const;
const change = { limit: 'quick', acts: true, again: true } as const;
const work = { limit: 'work', acts: true, again: true } as const;
/** What must not be begun a second time without somebody who has looked. */
const onlyOnce = { limit: 'work', acts: true } as const;

const differs = (what: string, got: unknown, asked: unknown): string | null =>
  got === asked ? null : `${what} ${String(got)} where ${String(asked)} was asked for`;
const ofEnvironment = (answer: { environment: string }, [environment]: readonly unknown[]) =>
  differs('it is of', answer.environment, environment);

const status = environmentStatus.refine(({ slots }) => new Set(slots.map(({ slot }) => slot)).size === 2 && slots.length === 2, {
  path: ['slots'],
  error: 'each of the two slots must stand there once',
});

const deployment: Methods<DeploymentPort> = {
  provision: { ...work, answer: status, misfit: ofEnvironment },
  deployIdle: {
    ...work,
    answer: preview,
    misfit: (answer: z.infer<typeof preview>, [, asked]) => differs('it is of the digest', answer.digest, (asked as Artifact).digest),
  },
  setWeight: { ...change, answer: nothing },
  shapeTraffic: { ...change, answer: nothing },
  switchActive: { ...change, answer: nothing },
  retireIdle: { ...work, ownMs: (_, [, drainMs]) => Number(drainMs), answer: nothing },
  status: { ...look, answer: status, misfit: ofEnvironment },
  configuration: { ...look, answer: configurationChange },
  snapshot: { ...work, ownMs: ({ data }) => data.snapshot?.timeoutMs ?? 0, answer: snapshotResult, misfit: ofEnvironment },
  migrate: { ...onlyOnce, ownMs: ({ service }) => service.migrate?.timeoutMs ?? 0, answer: migrationResult },
  migration: { ...look, limit: 'work', answer: appliedMigration.nullable() },
  undoMigration: {
    ...onlyOnce,
    ownMs: ({ service, data }) => (service.migrate?.timeoutMs ?? 0) + (data.restore?.timeoutMs ?? 0),
    answer: z.object({ ok: z.boolean(), output: z.string(), lost: writesSince }),
  },
  dataHold: { ...look, answer: z.string().nullable() },
  copyData: { ...onlyOnce, ownMs: ({ data }) => data.copy?.command?.timeoutMs ?? 0, answer: tools.copy_data.result },
  logs: { ...look, answer: z.array(z.string()) },
  logsBetween: { ...look, answer: z.array(logLine) },
  counters: {
    ...look,
    answer: z.object({
      requests: z.number().nonnegative(),
      dropped: z.number().nonnegative(),
      errorsBySlot: z.object({ blue: z.number().nonnegative(), green: z.number().nonnegative() }),
    }),
  },
  close: { limit: 'work', answer: nothing },
};

const samples = z.array(sampleSchema.refine(({ requests, errors }) => requests >= 0 && errors >= 0, 'a count is never negative'));

/** Oldest first, each once. Two that differ about the same moment are kept: whoever reads them sees the worse one. */
const inOrder = (found: readonly Sample[]): Sample[] => {
  const known = new Set<string>();
  return [...found]
    .sort((one, other) => one.at - other.at)
    .filter((sample) => {
      const key = JSON.stringify(sample);
      return !known.has(key) && known.add(key) !== undefined;
    });
};

const monitoring: Methods<MonitoringPort> = {
  watch: { ...change, answer: tools.configure_monitoring.result },
  samples: {
    ...look,
    answer: samples,
    misfit: (found: readonly Sample[], [environment, slot, fromAt, toAt]) => {
      const stray = found.find((one) => one.environment !== environment || one.slot !== slot);
      if (stray !== undefined)
        return `a sample of ${stray.environment}/${stray.slot} where ${String(environment)}/${String(slot)} was asked for`;
      const other = found.find(({ at }) => at <= Number(fromAt) || at > Number(toAt));
      return other === undefined ? null : `a sample of ${other.at}, which is not within the time that was asked for`;
    },
    tidy: inOrder,
  },
  next: {
    limit: 'caller',
    answer: samples,
    misfit: (found: readonly Sample[], [environment, at]) =>
      found.some((one) => one.environment !== environment || one.at <= Number(at)) ? 'a sample that is of another place, or not new' : null,
    tidy: inOrder,
  },
  health: { ...look, answer: z.object({ services: z.array(serviceHealth), dependencies: z.array(serviceHealth) }) },
  close: { limit: 'work', answer: nothing },
};

const { run_suite, run_load, audit_dependencies, scan_code, scan_http } = tools;

const testing: Methods<TestingPort> = {
  runSuite: {
    limit: 'work',
    ownMs: (_, [suite]) => (suite as SuiteConfig).timeoutMs,
    answer: run_suite.result,
    misfit: (answer: z.infer<typeof run_suite.result>, [suite, at]) =>
      differs('it is of the suite', answer.suite, (suite as SuiteConfig).name) ??
      differs('it is of the target', answer.target, (at as { target: string }).target) ??
      (answer.passed + answer.failed + answer.skipped === answer.total ? null : 'its counts do not add up'),
  },
  runLoad: { limit: 'work', ownMs: ({ load }) => load.durationMs, answer: run_load.result.omit({ restarts: true }) },
  visit: {
    limit: 'work',
    ownMs: (_, [, , forMs]) => Number(forMs),
    answer: z.object({ requests: z.number().nonnegative(), failed: z.number().nonnegative(), latencyP95Ms: z.number().nullable() }),
  },
  auditDependencies: { limit: 'work', again: true, answer: audit_dependencies.result },
  scanCode: { limit: 'work', again: true, answer: scan_code.result },
  scanHttp: { limit: 'work', again: true, answer: scan_http.result },
};

const source: Methods<SourcePort> = {
  heads: {
    ...look,
    answer: z.record(z.string(), z.string()),
    misfit: (heads: Record<string, string>, [, features]) => {
      const missing = ['version', ...(features as readonly string[])].find((name) => !heads[name]);
      return missing === undefined ? null : `it does not say where ${missing} points`;
    },
  },
  versions: { ...look, answer: z.array(z.string()) },
  integrate: { ...work, answer: tools.integrate_features.result },
  workspace: { ...look, answer: z.custom<Workspace>((given) => typeof given === 'object' && given !== null, 'it must be an object') },
  build: {
    ...work,
    ownMs: ({ service }) => service.build?.timeoutMs ?? 0,
    answer: build.refine(({ status: ended, digest }) => ended === 'failed' || digest !== '', 'what was built has a digest'),
  },
  artifactOf: {
    ...work,
    ownMs: ({ service }) => service.build?.timeoutMs ?? 0,
    answer: artifact,
    misfit: (answer: Artifact, [version]) => differs('it is', answer.version, version),
  },
  changes: { ...look, answer: tools.read_changes.result },
  tag: {
    ...change,
    answer: tools.tag_version.result,
    misfit: (answer: { commit: string }, [asked]) => differs('it tags', answer.commit, (asked as { commit: string }).commit),
  },
  clean: { ...work, answer: nothing },
};

const workspace: Methods<Workspace> = {
  read: { ...look, answer: tools.read_file.result },
  search: { ...look, answer: tools.search_files.result },
  edit: { ...change, answer: tools.edit_file.result },
  editedSince: { ...look, answer: z.array(z.string()) },
  tryBuild: {
    limit: 'work',
    again: true,
    ownMs: ({ service }) => service.build?.timeoutMs ?? 0,
    answer: z.union([z.object({ path: z.string() }), z.object({ failed: z.string() })]),
  },
};

const ofName = (flag: { name: string } | null, [, name]: readonly unknown[]) =>
  flag === null ? null : differs('it is of', flag.name, name);

const flags: Methods<FlagsPort> = {
  list: { ...look, answer: z.array(namedFlagSchema) },
  changes: { ...look, answer: z.array(flagChangeSchema) },
  get: { ...look, answer: namedFlagSchema.nullable(), misfit: ofName },
  set: { ...change, answer: namedFlagSchema, misfit: ofName },
  kill: {
    ...change,
    answer: namedFlagSchema.refine(({ on }) => !on, { path: ['on'], error: 'it must be off' }),
    misfit: ofName,
  },
  evaluate: { ...look, answer: z.object({ value: z.boolean(), reason: z.string() }) },
};

const interventions: Methods<Interventions> = {
  ask: { limit: 'quick', acts: true, answer: nothing },
  pending: { ...look, answer: interventionSchema.nullable() },
};

/** Every method of every door. */
export const doorRows = { deployment, monitoring, testing, source, workspace, flags, interventions };
export type DoorName = keyof typeof doorRows;
