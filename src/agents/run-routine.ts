import { digestOf } from '../blackboard/digest.js';
import { checkPosts } from '../blackboard/post.js';
import type { Store } from '../blackboard/store.js';
import type { StagingConfig } from '../catalog/config.js';
import { StagingError } from '../catalog/errors.js';
import { configOf } from '../catalog/services.js';
import { events, type EventTopic } from '../catalog/events.js';
import type { Board } from '../catalog/fields.js';
import type { ReleaseRequest } from '../catalog/request.js';
import { routines, type RoutineName } from '../catalog/routines.js';
import type { Evidence, ToolName } from '../catalog/tools.js';
import type { Ports } from '../tools/ports.js';
import { runTool, type ToolContext } from '../tools/run-tool.js';
import { loadEvidence, policyOf, recompute, type EvidenceRef, type Judged, type VerdictInputs } from './verdict.js';
import type { NamedModel } from './chat-model.js';
import { converse } from './conversation.js';
import { operations, type Operations } from './operations.js';
import { requiredCalls } from './required-calls.js';
import type { Approval, Emission, Report, SettleInput, Waiting } from './settle.js';
import { settles } from './settles.js';

export type RoutineEvent = { id: string; topic: EventTopic; emittedBy: string; reason: string; at: number };

export type Progress = {
  at: number;
  agent: string;
  routine: RoutineName | null;
  kind: 'started' | 'tool' | 'settled' | 'model' | 'gate' | 'weight' | 'wait';
  text: string;
};

export type RoutineContext = {
  releaseId: string;
  request: ReleaseRequest;
  config: StagingConfig;
  attempt: number;
  board: Board;
  evidence: readonly EvidenceRef[];
  approvals: readonly Approval[];
  model: NamedModel;
  /** Marks outside text in prompts; unguessable by whoever wrote that text. */
  nonce: string;
  ports: Ports;
  store: Store;
  progress: (progress: Progress) => void;
  /** Whether the process is asked to end: what has begun is finished, and nothing new begins. */
  stopping?: () => boolean;
};

export type RoutineOutcome = {
  posts: Board;
  emits: Emission[];
  evidence: EvidenceRef[];
  waiting: Waiting | null;
  /** The model asked to stop here. A person can resume. */
  hold: string | null;
  says: string;
};

/**
 * Runs one routine: the model reads the prompt and calls tools; the runtime collects what is required and still missing;
 * pure code settles what the evidence means. Throws LIMIT_REACHED before a call that the limits do not cover, and what an adapter throws.
 */
export const runRoutine = async (routine: RoutineName, event: RoutineEvent, context: RoutineContext): Promise<RoutineOutcome> => {
  const { agent } = routines[routine];
  const tell = (kind: Progress['kind'], text: string) => context.progress({ at: context.ports.clock.now(), agent, routine, kind, text });
  const run = new RoutineRun(routine, event, context, tell);
  tell('started', routines[routine].does);
  const calls = requiredCalls(routine, context.config, context.request.services);
  const report = await converse(run, calls);
  for (const call of calls) await run.call(call.tool, call.args);
  return run.settle(report);
};

/** One run: which evidence it has found, under which operation ids. */
export class RoutineRun {
  readonly found: EvidenceRef[] = [];
  readonly operations: Operations;

  constructor(
    readonly routine: RoutineName,
    readonly event: RoutineEvent,
    readonly context: RoutineContext,
    readonly tell: (kind: Progress['kind'], text: string) => void,
  ) {
    this.operations = operations(context.releaseId, context.store, context.ports.clock, () => refuseToBegin(context.stopping));
  }

  get agent() {
    return routines[this.routine].agent;
  }

  /** Makes a call once; the second time its evidence is at hand. */
  async call(tool: ToolName, args: Record<string, unknown>): Promise<{ ref: EvidenceRef; data: unknown }> {
    const { context } = this;
    await this.checkTime();
    const parts = [this.event.id, tool, args, ...this.revision(tool)];
    const id = digestOf(parts).slice(7, 23);
    const source = sourceOf(tool, context.ports);
    const { value, digest, at, repeated } = await this.operations.once({
      parts,
      name: tool,
      run: async () => runTool(tool, args, await this.toolContext()),
      entries: (_, digest) => [this.entry(`${this.event.id}:evidence:${id}`, 'evidence', tool, { digest, args, source })],
    });
    const ref: EvidenceRef = { id, tool, digest, source, at, attempt: context.attempt, args };
    if (!this.found.some((known) => known.id === id)) {
      this.found.push(ref);
      this.tell(
        'tool',
        `${tool}${Object.values(args).length > 0 ? ` ${Object.values(args).join(' ')}` : ''}${repeated ? ' (already done)' : ''}`,
      );
    }
    return { ref, data: value };
  }

  /** After an edit the same look is another look. */
  private revision(tool: ToolName): number[] {
    const edits = this.found.filter((ref) => ref.tool === 'edit_file').length;
    return seesEdits.includes(tool) && edits > 0 ? [edits] : [];
  }

  entry(key: string, kind: 'event' | 'field' | 'evidence' | 'verdict' | 'report' | 'rollout' | 'note', name: string, value: unknown) {
    return { key, at: this.context.ports.clock.now(), agent: this.agent, routine: this.routine, kind, name, value };
  }

  /** Pure code over the evidence; recorded, so that a second run of the node posts the very same. */
  async settle(report: Report): Promise<RoutineOutcome> {
    const { context, event } = this;
    const { value, repeated } = await this.operations.once({
      parts: [event.id, 'settle'],
      name: 'settle',
      run: () => this.settled(report),
      entries: async ({ posts, emits, says, judged }) => [
        this.entry(`${event.id}:report`, 'report', this.routine, { summary: report.summary, model: context.model.name, says }),
        ...Object.entries(posts).map(([field, posted]) => this.entry(`${event.id}:field:${field}`, 'field', field, posted)),
        ...(await Promise.all(
          judged.map(async ({ evaluation, inputs }) =>
            this.entry(`${event.id}:verdict:${evaluation.gate}`, 'verdict', evaluation.gate, {
              digest: await context.store.putEvidence(inputs),
              evaluation,
            }),
          ),
        )),
        ...emits.map((emission) =>
          this.entry(`${event.id}:event:${emission.topic}`, 'event', emission.topic, { reason: emission.reason ?? '' }),
        ),
      ],
    });
    if (!repeated) {
      for (const one of value.posts.gate_evaluations ?? []) this.tell('gate', `${one.gate}: ${one.outcome}`);
    }
    this.tell('settled', value.says);
    const { judged: _judged, ...outcome } = value;
    return { ...outcome, evidence: this.found };
  }

  private async settled(report: Report): Promise<Omit<RoutineOutcome, 'evidence'> & { judged: Judged[] }> {
    const { context, event, routine } = this;
    const { request } = context;
    const all = await this.loaded();
    const now = context.ports.clock.now();
    const judged: Judged[] = [];
    const input: SettleInput = {
      releaseId: context.releaseId,
      request,
      config: context.config,
      board: context.board,
      attempt: context.attempt,
      found: all.slice(context.evidence.length),
      all,
      why: event.reason,
      canEdit: context.model.name !== 'runbook',
      byPerson: event.emittedBy === 'approval' || event.emittedBy === 'person',
      approvals: context.approvals,
      judge: (gate, stage, approvals = []) => {
        const inputs: VerdictInputs = {
          gate,
          stage,
          attempt: context.attempt,
          at: now,
          policy: policyOf(configOf(context.config, context.request.service)),
          ...(request.services && {
            services: request.services.map(({ service }) => ({ service, policy: policyOf(configOf(context.config, service)) })),
          }),
          evidence: [...context.evidence, ...this.found],
          approvals: approvals.map(({ by, at, preSigned, digest }) => ({ by, at, preSigned, digest })),
          requestedBy: context.request.requestedBy ?? null,
        };
        const evaluation = recompute(inputs, all);
        judged.push({ evaluation, inputs });
        return evaluation;
      },
      now,
      id: (...parts) => parts.join(':'),
    };
    const { posts, emits, waiting, says } = settles[routine](input);
    for (const { topic, reason: why } of emits) {
      if (!(routines[routine].emits as readonly EventTopic[]).includes(topic))
        throw new StagingError('EVENT_NOT_ALLOWED', `Failed to emit ${topic}: ${routine} does not list it.`);
      events[topic].payload.parse(why === undefined ? {} : { reason: why });
    }
    return {
      posts: checkPosts(this.agent, routine, posts),
      emits,
      waiting: waiting ?? null,
      hold: report.hold ? report.summary : null,
      says,
      judged,
    };
  }

  /** Evidence of the whole release with its data: of the runs before, then of this one. */
  private loaded(): Promise<Evidence[]> {
    const { evidence, store } = this.context;
    return Promise.all([...evidence, ...this.found].map((ref) => loadEvidence(ref, store)));
  }

  private async toolContext(): Promise<ToolContext> {
    const { context } = this;
    return {
      releaseId: context.releaseId,
      request: context.request,
      config: context.config,
      attempt: context.attempt,
      by: context.model.name,
      ports: context.ports,
      goOn: () => refuseToBegin(context.stopping),
      all: await this.loaded(),
      weight: async (change) => {
        await context.store.append(context.releaseId, [
          this.entry(`${this.event.id}:weight:${change.environment}:${change.at}:${change.weight}`, 'rollout', change.environment, change),
        ]);
        this.tell('weight', `${change.environment}: ${change.weight} % to the candidate (${change.reason})`);
      },
      trouble: async (text, at) => {
        await context.store.append(context.releaseId, [
          { ...this.entry(`${this.event.id}:guard:${at}`, 'note', 'guard', text), agent: 'watcher', at },
        ]);
        this.tell('wait', text);
      },
    };
  }

  private async checkTime(): Promise<void> {
    const { context } = this;
    const active = await activeMs(context.store, context.releaseId);
    const allowed = context.config.limits.maxActiveMinutes * 60_000;
    if (active > allowed)
      throw new StagingError(
        'LIMIT_REACHED',
        `Stopped before ${this.routine}: ${(active / 60_000).toFixed(1)} of ${context.config.limits.maxActiveMinutes} active minutes are used.`,
      );
  }
}

/** Throws STOPPING, which is no trouble of the release: it goes on with the next process. */
const refuseToBegin = (stopping: RoutineContext['stopping']): void => {
  if (stopping?.() === true) throw new StagingError('STOPPING', 'Stopped before the next step: the process is asked to end.');
};

const seesEdits: readonly ToolName[] = ['read_file', 'search_files', 'edit_file', 'run_tests', 'read_changes'];

const doors: Partial<Record<ToolName, Exclude<keyof Ports, 'services'>>> = {
  read_changes: 'source',
  integrate_features: 'source',
  build_artifact: 'source',
  tag_version: 'source',
  read_source_heads: 'source',
  read_file: 'source',
  search_files: 'source',
  edit_file: 'source',
  run_tests: 'testing',
  run_suite: 'testing',
  run_load: 'testing',
  audit_dependencies: 'testing',
  scan_code: 'testing',
  scan_http: 'testing',
  query_metrics: 'monitoring',
  check_health: 'monitoring',
  configure_monitoring: 'monitoring',
};

const sourceOf = (tool: ToolName, ports: Ports): string => {
  const port = ports[doors[tool] ?? 'deployment'];
  return port !== undefined && 'name' in port ? port.name : 'clock';
};

/** Tool time so far, in ms. A rollout's pauses are waiting, not work. */
const activeMs = (store: Store, releaseId: string): Promise<number> => store.activeMs(releaseId, ['run_rollout', 'promote_to_production']);
