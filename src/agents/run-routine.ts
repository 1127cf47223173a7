import { digestOf } from '../blackboard/digest.js';
import { checkPosts } from '../blackboard/post.js';
import { StagingError } from '../catalog/errors.js';
import { configOf } from '../catalog/services.js';
import { events, type EventTopic } from '../catalog/events.js';
import { routines, type RoutineName } from '../catalog/routines.js';
import { wayBack } from '../catalog/tool-policy-config.js';
import type { Evidence, ToolName } from '../catalog/tools.js';
import { sayWeight } from '../gates/words.js';
import { plain, refusalOf, type Caller } from '../tools/referee.js';
import { runTool, type ToolContext } from '../tools/run-tool.js';
import { policyOf, recallEvidence, recompute, type EvidenceRef, type Judged, type VerdictInputs } from './verdict.js';
import { checkActiveTime } from './active-time.js';
import { converse } from './conversation.js';
import { operations, type Operations } from './operations.js';
import { requiredCalls } from './required-calls.js';
import type { Held, Progress, RoutineContext, RoutineEvent, RoutineOutcome } from './routine-context.js';
import type { Report, SettleInput } from './settle.js';
import { settles } from './settles.js';
import { sourceOf } from './source-of.js';
import { traced } from './traced.js';

/**
 * Runs one routine: the model reads the prompt and calls tools (the way back waits for none, and is told to it); the runtime collects what is required and still missing;
 * pure code settles what the evidence means. A model that asks to hold ends it before that. Throws LIMIT_REACHED before a call that the limits do not cover, STOPPING before one that is not to begin any more, and what an adapter throws.
 */
export const runRoutine = async (routine: RoutineName, event: RoutineEvent, context: RoutineContext): Promise<RoutineOutcome | Held> => {
  const { agent } = routines[routine];
  const tell = (kind: Progress['kind'], text: string) => context.progress({ at: context.ports.clock.now(), agent, routine, kind, text });
  const run = new RoutineRun(routine, event, context, tell);
  tell('started', routines[routine].does);
  const calls = requiredCalls(routine, context.config, context.request);
  return traced({ kind: 'routine', release: context.releaseId, agent, routine }, async () => {
    const done = [];
    if (calls.some(({ tool }) => wayBack.includes(tool))) {
      for (const { tool, args } of calls) done.push({ tool, data: (await run.call(tool, args)).data });
    }
    const report = event.held ?? (await converse(run, done.length > 0 ? [] : calls, done));
    if (report.hold && event.held === undefined) return run.hold(report);
    for (const { tool, args } of calls) await run.call(tool, args);
    return run.settle(report);
  });
};

/** One run: which evidence it has found, under which operation ids. */
export class RoutineRun {
  readonly found: EvidenceRef[] = [];
  /** What this very run was told, by the id of the call. */
  private readonly calls = new Map<string, { ref: EvidenceRef; data: unknown }>();
  /** The evidence of the runs before, once it was asked for. */
  private before: Promise<Evidence[]> | null = null;
  readonly operations: Operations;
  /** The model that is asked now: what it does bears its name. */
  answering: string;

  constructor(
    readonly routine: RoutineName,
    readonly event: RoutineEvent,
    readonly context: RoutineContext,
    readonly tell: (kind: Progress['kind'], text: string) => void,
  ) {
    this.answering = context.model.name;
    this.operations = operations(context.releaseId, context.store, context.ports.clock, () => refuseWhereStopping(context));
  }

  get agent() {
    return routines[this.routine].agent;
  }

  /** Makes a call once; the second time its evidence is at hand. `proposedAt` is when a model asked for it. Throws TOOL_REFUSED. */
  async call(
    tool: ToolName,
    args: Record<string, unknown>,
    proposedAt: number | null = null,
  ): Promise<{ ref: EvidenceRef; data: unknown }> {
    const { context } = this;
    const parts = [this.event.id, tool, args, ...this.revision(tool)];
    const id = digestOf(parts).slice(7, 23);
    const ready = this.calls.get(id);
    if (ready !== undefined) return ready;
    await checkActiveTime(context, this.routine);
    const source = sourceOf(tool, context.ports);
    const { value, digest, at, repeated } = await this.operations.once({
      parts,
      name: tool,
      run: () =>
        traced({ kind: 'tool', release: context.releaseId, tool }, async () =>
          runTool({ tool, args, caller: this.caller(proposedAt) }, await this.toolContext()),
        ),
      entries: (_, digest) => [this.entry(`${this.event.id}:evidence:${id}`, 'evidence', tool, { digest: digest(), args, source })],
    });
    const ref: EvidenceRef = { id, tool, digest, source, at, attempt: context.attempt, args };
    this.found.push(ref);
    this.calls.set(id, { ref, data: value });
    this.tell('tool', `${[tool, ...Object.values(args)].join(' ')}${repeated ? ' (already done)' : ''}`);
    return { ref, data: value };
  }

  /** Why the model may not have this call, or null. Asked once more, of the last, when the tool is run. */
  refusal(tool: string, args: unknown, at: number): string | null {
    return refusalOf({ tool, args, caller: this.caller(at) }, this.context.config.toolPolicy);
  }

  /** Keeps what a model was refused, for the report. */
  async refuse(place: string, tool: string, why: string): Promise<void> {
    const value = { tool: plain(tool), reason: why };
    const entry = this.entry(`${this.event.id}:refused:${place}`, 'note', 'refused', value);
    await this.context.store.append(this.context.releaseId, [entry]);
    this.tell('tool', `${value.tool} refused: ${why}`);
  }

  private caller(proposedAt: number | null): Caller {
    const earlier = (tool: ToolName) => [...this.context.evidence, ...this.found].filter((ref) => ref.tool === tool).map(({ at }) => at);
    const by = proposedAt === null ? 'code' : 'model';
    return { agent: this.agent, routine: this.routine, by, at: proposedAt ?? this.context.ports.clock.now(), earlier };
  }

  /** After an edit the same look is another look. Built anew is only what was asked to be developed. */
  private revision(tool: ToolName): number[] {
    if (tool === 'build_artifact' && this.context.request.develop === undefined) return [];
    const edits = this.found.filter((ref) => ref.tool === 'edit_file').length;
    return seesEdits.includes(tool) && edits > 0 ? [edits] : [];
  }

  entry(key: string, kind: 'event' | 'field' | 'evidence' | 'verdict' | 'report' | 'rollout' | 'note', name: string, value: unknown) {
    return { key, at: this.context.ports.clock.now(), agent: this.agent, routine: this.routine, kind, name, value };
  }

  /** Nothing more is done here until a person lets it go on. */
  async hold(report: Report): Promise<Held> {
    await this.context.store.append(this.context.releaseId, [this.entry(`${this.event.id}:held`, 'note', 'held', report)]);
    this.tell('settled', `held: ${report.summary}`);
    return { held: report, evidence: this.found };
  }

  /** Pure code over the evidence; recorded, so that a second run of the node posts the very same. What was judged by lies beside its verdict. */
  async settle(report: Report): Promise<RoutineOutcome> {
    const { context, event } = this;
    let judged: Judged[] = [];
    const { value, repeated } = await this.operations.once({
      parts: [event.id, 'settle'],
      name: 'settle',
      run: async () => {
        const { judged: found, ...outcome } = await this.settled(report);
        judged = found;
        return outcome;
      },
      entries: async ({ posts, emits, says }) => [
        this.entry(`${event.id}:report`, 'report', this.routine, { summary: report.summary, model: report.by, says }),
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
    return { ...value, evidence: this.found };
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
      canEdit: report.by !== 'runbook',
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
      says,
      judged,
    };
  }

  /** Of this event: a rollout of a later attempt is another one. */
  private intent(what: string): string {
    return digestOf([this.context.releaseId, this.event.id, 'intent', what]);
  }

  /** Evidence of the whole release with its data: of the runs before, then of this one. */
  private async loaded(): Promise<Evidence[]> {
    const { evidence, store } = this.context;
    const recall = (refs: readonly EvidenceRef[]) => Promise.all(refs.map((ref) => recallEvidence(ref, store)));
    this.before ??= recall(evidence);
    return [...(await this.before), ...(await recall(this.found))];
  }

  private async toolContext(): Promise<ToolContext> {
    const { context } = this;
    return {
      releaseId: context.releaseId,
      request: context.request,
      config: context.config,
      attempt: context.attempt,
      by: this.answering,
      ports: context.ports,
      goOn: () => refuseWhereStopping(context),
      all: await this.loaded(),
      weight: async (change) => {
        await context.store.append(context.releaseId, [
          this.entry(`${this.event.id}:weight:${change.environment}:${change.at}:${change.weight}`, 'rollout', change.environment, change),
        ]);
        this.tell('weight', sayWeight(change));
      },
      intents: {
        has: async (what) => (await context.store.operation(this.intent(what))) !== null,
        add: async (what) => {
          const { releaseId, ports } = context;
          await context.store.beginOperation({
            id: this.intent(what),
            release: releaseId,
            name: 'intent',
            at: ports.clock.now(),
            reservedCredits: 0,
          });
        },
      },
      trouble: async (text, at) => {
        await context.store.append(context.releaseId, [
          { ...this.entry(`${this.event.id}:guard:${at}`, 'note', 'guard', text), agent: 'watcher', at },
        ]);
        this.tell('wait', text);
      },
    };
  }
}

/** Throws STOPPING, which is no trouble of the release: the next process goes on with it. */
const refuseWhereStopping = ({ stopping }: RoutineContext): void => {
  if (stopping()) throw new StagingError('STOPPING', 'Stopped before the next step: the process is asked to end.');
};

const seesEdits: readonly ToolName[] = [
  'read_file',
  'search_files',
  'edit_file',
  'run_tests',
  'read_changes',
  'check_development',
  'build_artifact',
];
