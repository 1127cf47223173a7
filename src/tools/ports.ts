import type { EnvironmentName, EnvironmentStatus, Sample, ServiceHealth, SlotName, ToolArgs, ToolResult } from '../catalog/tools.js';
import type { ConfigurationChange, LogLine } from '../catalog/measurements.js';
import type { SuiteConfig, TrafficConfig } from '../catalog/config.js';
import type { Interventions } from './deployment/interventions.js';
import type { AppliedMigration, Writes } from '../catalog/data.js';
import type { Flag, FlagChange } from './flags/flag.js';

/** Time as a door: everything that waits or stamps asks this. */
export interface Clock {
  /** Whether time goes on while nobody sleeps: false on a virtual clock. */
  readonly passesByItself: boolean;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms`, or at once when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /**
   * Rings once after `ms`, unless what it gives is called before. On a clock that stands still while nobody sleeps: when others have
   * slept for `ms`, and what was asked before has had its turn to answer; it moves nothing. Left out, this machine's clock rings.
   */
  alarm?(ms: number, rings: () => void): () => void;
}

/** What is deployed: a content-addressed copy of the built worktree. */
export type Artifact = {
  version: string;
  digest: string;
  path: string;
  /** The digest of the environment variables that it was deployed with; left out, those that are configured now. */
  configuration?: string | undefined;
  /** The services that move together with it. */
  services?: readonly ServiceArtifact[];
};
export type ServiceArtifact = { service: string; version: string; digest: string; path: string };

/** What reaches the candidate: a share of the requests, and copies of a share of the safe ones (GET, HEAD) that the other slot answers. */
export type TrafficShape = { weightPercent: number; mirrorPercent: number };

/** Environments with a blue and a green slot behind one address. Every method is idempotent. */
export interface DeploymentPort {
  readonly name: string;
  /** Makes the environment run: proxy up, `stable` in the active slot (unless a version already is), recorded slots restored. */
  provision(environment: EnvironmentName, stable: Artifact): Promise<EnvironmentStatus>;
  /** Starts the artifact in the idle slot at weight 0; replaces what was there. Deploying the digest that already runs there is a no-op. */
  deployIdle(environment: EnvironmentName, artifact: Artifact): Promise<ToolResult<'deploy_preview'>>;
  /** Share of requests that go to the idle slot, 0..100; takes effect for the next request. */
  setWeight(environment: EnvironmentName, candidatePercent: number): Promise<void>;
  /**
   * Weight and mirror in one move, while a rollout is on: its routes hold from here until `setWeight(0)` or a switch. Left out by
   * what cannot mirror or route.
   */
  shapeTraffic?(environment: EnvironmentName, shape: TrafficShape): Promise<void>;
  /**
   * The idle slot becomes the active one (weight 100 becomes weight 0 of the new idle slot): no request is lost. `to` names the slot
   * that is to be active: where it is already, nothing happens, however often it is asked.
   */
  switchActive(environment: EnvironmentName, to?: SlotName): Promise<void>;
  /** Waits until the idle slot has no request in flight, at most `drainMs`, then stops it. */
  retireIdle(environment: EnvironmentName, drainMs: number): Promise<void>;
  status(environment: EnvironmentName): Promise<EnvironmentStatus>;
  /** What the configuration of now changes beside that of the version that serves. Left out by what keeps no configuration with a version. */
  configuration?(environment: EnvironmentName, service?: string): Promise<ConfigurationChange>;
  /** Copies the environment's data aside before the artifact migrates it. Once per operation. Throws SNAPSHOT_FAILED. */
  snapshot(environment: EnvironmentName, artifact: Artifact, operation: string): Promise<ToolResult<'snapshot_database'>>;
  /** Runs the declared migration of the artifact on the environment's data, after its snapshot. Once per operation. Throws SNAPSHOT_FAILED. */
  migrate(environment: EnvironmentName, artifact: Artifact, operation?: string): Promise<ToolResult<'migrate_database'>>;
  /** What the operation has migrated for one of several services, and what taking it back would lose now; null when it has run nothing. */
  migration(environment: EnvironmentName, operation: string, service?: string): Promise<AppliedMigration | null>;
  /** Takes the operation's migration back; `ok: false` says why the down command could not. Throws RESTORE_FAILED. */
  undoMigration(
    environment: EnvironmentName,
    operation: string,
    way: 'down' | 'restore',
    service?: string,
  ): Promise<{ ok: boolean; output: string; lost: Writes }>;
  /** Why traffic that the artifact, or what goes with it, has taken must stay with it, or null: no other version here can live with its data. */
  dataHold(environment: EnvironmentName, digest: string): Promise<string | null>;
  /** Fills the environment with the declared anonymised copy. Once per operation. */
  copyData(environment: EnvironmentName, operation: string): Promise<ToolResult<'copy_data'>>;
  /** Last lines that the process in the slot printed. */
  logs(environment: EnvironmentName, slot: SlotName, lines: number): Promise<string[]>;
  /** What it printed from one time to another, oldest first. Left out by what keeps no times. */
  logsBetween?(environment: EnvironmentName, slot: SlotName, fromAt: number, toAt: number): Promise<LogLine[]>;
  /** Requests without an answer, and answers of 5xx from the candidate slot, since the proxy started. */
  counters(environment: EnvironmentName): Promise<{ requests: number; dropped: number; errorsBySlot: Record<SlotName, number> }>;
  /** Stops everything that runs here; what is recorded stays. Safe to call twice. */
  close(): Promise<void>;
}

/** Looks at the environments from outside. `sampleNow` is called once per `sampleMs` by `watch`, or by the rollout itself. */
export interface MonitoringPort {
  readonly name: string;
  /** Begins sampling both slots of the environment in the background. Calling it again changes nothing. */
  watch(environment: EnvironmentName): Promise<ToolResult<'configure_monitoring'>>;
  /** Samples with `fromAt < at <= toAt`, oldest first. */
  samples(environment: EnvironmentName, slot: SlotName, fromAt: number, toAt: number): Promise<Sample[]>;
  /** Resolves with the first samples newer than `at` (one per occupied slot), or [] when the signal aborts. */
  next(environment: EnvironmentName, at: number, signal?: AbortSignal): Promise<Sample[]>;
  /** Declared services and dependencies, asked now. */
  health(environment: EnvironmentName): Promise<{ services: ServiceHealth[]; dependencies: ServiceHealth[] }>;
  close(): Promise<void>;
}

/** Who visits, and what they got: answers of 5xx and requests without an answer are `failed`. */
export type Visitors = Omit<TrafficConfig, 'paths'> & { paths: readonly string[] };
export type Visits = { requests: number; failed: number; latencyP95Ms: number | null };

/** Runs suites, load and scans. What broke is `errored` in the result, never an exception and never a pass. */
export interface TestingPort {
  readonly name: string;
  runSuite(
    suite: SuiteConfig,
    at: { target: 'artifact' | 'preview' | 'live'; artifact: Artifact; url: string | null },
  ): Promise<ToolResult<'run_suite'>>;
  /** `resources` is asked once per second while the load runs. */
  runLoad(
    url: string,
    resources: () => Promise<{ cpuCores: number; memoryBytes: number } | null>,
  ): Promise<Omit<ToolResult<'run_load'>, 'restarts'>>;
  /** Sends an address the visitors that an environment would have, for so long. */
  visit(url: string, visitors: Visitors, forMs: number): Promise<Visits>;
  auditDependencies(artifact: Artifact): Promise<ToolResult<'audit_dependencies'>>;
  scanCode(artifact: Artifact): Promise<ToolResult<'scan_code'>>;
  scanHttp(url: string): Promise<ToolResult<'scan_http'>>;
}

/** What a path, a size or a content does not allow is refused with a reason, never thrown. */
export interface Workspace {
  read(args: ToolArgs<'read_file'>): Promise<ToolResult<'read_file'>>;
  search(args: ToolArgs<'search_files'>): Promise<ToolResult<'search_files'>>;
  /** Commits the edit on the worktree's own branch, in the name of who made it. Making the newest edit again changes nothing. */
  edit(args: ToolArgs<'edit_file'>, who: { by: string; releaseId: string }): Promise<ToolResult<'edit_file'>>;
  /** Files that edits since the commit have changed and that are still there. */
  editedSince(commit: string): Promise<string[]>;
  /**
   * Builds what stands there, without a commit; the folder that the suites run in, or what the build said. `at`: an earlier commit
   * instead, with some of the files as they are now; that folder holds until the next such call.
   */
  tryBuild(at?: { commit: string; files: readonly string[] }): Promise<{ path: string } | { failed: string }>;
}

/** One repository. Nothing here touches the user's own checkout. */
export interface SourcePort {
  readonly name: string;
  /**
   * Where the version and each feature point. Throws VERSION_UNKNOWN, FEATURE_UNKNOWN, REPOSITORY_MISSING, and REPOSITORY_DIRTY unless
   * changes that nobody has committed are allowed.
   */
  heads(version: string, features: readonly string[], uncommitted?: { dirty: 'allowed' }): Promise<Record<string, string>>;
  versions(): Promise<string[]>;
  integrate(plan: {
    releaseId: string;
    attempt: number;
    version: string;
    features: readonly string[];
    /** A commit that holds the version already, with what an earlier attempt has developed on it. */
    onto?: string;
  }): Promise<ToolResult<'integrate_features'>>;
  /** The files of one of our worktrees, for reading, searching and editing: inside it, and nothing else. */
  workspace(worktree: string): Promise<Workspace>;
  build(integration: { commit: string; worktree: string }): Promise<ToolResult<'build_artifact'>>;
  /** The artifact of a tagged version: built once, then found by its commit. */
  artifactOf(version: string): Promise<Artifact>;
  changes(base: string, head: string): Promise<ToolResult<'read_changes'>>;
  tag(tag: { version: string; commit: string; releaseId: string; digest: string }): Promise<ToolResult<'tag_version'>>;
  /** Removes the worktrees of a release; branches, tags and artifacts stay. */
  clean(releaseId: string): Promise<void>;
}

type WhoAndWhy = { by: string; why: string };

/** Feature flags of the running environments. A change takes effect without a deployment, and is kept with who made it and why. */
export interface FlagsPort {
  readonly name: string;
  list(environment: EnvironmentName): Promise<Flag[]>;
  /** Every change that is still kept, oldest first. */
  changes(environment: EnvironmentName): Promise<FlagChange[]>;
  get(environment: EnvironmentName, name: string): Promise<Flag | null>;
  /** What is left out stays as it was; a flag that was not there begins on, for everybody. Throws FLAG_INVALID. */
  set(environment: EnvironmentName, name: string, change: { on?: boolean; percentage?: number } & WhoAndWhy): Promise<Flag>;
  /** Off for everybody, whatever its percentage, until somebody turns it on again. */
  kill(environment: EnvironmentName, name: string, who: WhoAndWhy): Promise<Flag>;
  /** What a visitor gets, and OpenFeature's reason. */
  evaluate(environment: EnvironmentName, name: string, visitor: string): Promise<{ value: boolean; reason: string }>;
}

export type Ports = {
  clock: Clock;
  deployment: DeploymentPort;
  monitoring: MonitoringPort;
  testing: TestingPort;
  source: SourcePort;
  /** The doors of the services that are released together with the first, by name. Deployment and monitoring are one for all. */
  services?: Readonly<Record<string, { source: SourcePort; testing: TestingPort }>>;
  /** Left out where nobody can say anything while a release runs. */
  interventions?: Interventions;
  flags: FlagsPort;
};
