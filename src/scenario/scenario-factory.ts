import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import type { Progress } from '../agents/routine-context.js';
import { openSqliteStore } from '../blackboard/sqlite-store.js';
import type { JournalRow, Outcome, Spent, Store } from '../blackboard/store.js';
import type { StagingConfig } from '../catalog/config.js';
import { reason, StagingError } from '../catalog/errors.js';
import { events, eventTopics, type EventTopic } from '../catalog/events.js';
import type { Board, GateEvaluation, PostsOf } from '../catalog/fields.js';
import { emittersOf } from '../catalog/flow.js';
import { titleOf } from '../catalog/request.js';
import type { EnvironmentStatus, WeightChange } from '../catalog/tools.js';
import { parseConfig } from '../graph/parse-config.js';
import { boardOf } from '../graph/state.js';
import { evaluateCriteria, type Criterion } from './evaluate-criteria.js';
import { judgeExpectation } from './judge-expectation.js';
import { didYouMean } from '../gates/near-matches.js';
import { checkField, checkInitial, configWith, type ScenarioBlackboard } from './scenario-blackboard.js';
import { openRun, pricesOf, type ScenarioRun } from './scenario-run.js';
import { parseScenario, type Scenario, type ScenarioInput } from './scenario-schema.js';
import { shippedScenarios } from './shipped-scenarios.js';
import { storefront } from './storefront.js';

/** Beside these, any key of a scenario: it stands in place of the scenario's own. */
export type ScenarioOptions = Partial<Omit<ScenarioInput, 'name'>> & {
  /** The built-in runbook unless told otherwise: any LangChain chat model, for example one that replays a tape. */
  model?: string | BaseChatModel;
  /** Where the journal goes; left out, it lives in this process only. */
  store?: Store;
  progress?: (progress: Progress) => void;
};

export type ScenarioEvent = { topic: EventTopic; emittedBy: string; at: number };

/**
 * The scenario document's own steps, on the simulated world: `new ScenarioFactory(name)`, `setupScenario()`, `blackboard.set(…)`,
 * `emitEvent("swarm/started", { task })`, `evaluate()`. Takes the name of a shipped scenario, or a scenario; and what is different,
 * for example `{ faults: [{ at: 'staging-deployment-routine', kind: 'error_rate', value: 0.04 }] }`.
 * Throws SCENARIO_UNKNOWN, SCENARIO_INVALID, CONFIG_INVALID.
 */
export class ScenarioFactory {
  readonly blackboard: ScenarioBlackboard;
  readonly scenario: Scenario;
  private readonly store: Store;
  private readonly host: Pick<ScenarioOptions, 'model' | 'progress'>;
  private initial: PostsOf<'request'> | null = null;
  private run: ScenarioRun | null = null;
  private told: { journal: JournalRow[]; spent: Spent } = { journal: [], spent: { calls: 0, inputTokens: 0, outputTokens: 0, credits: 0 } };

  constructor(scenario: string | ScenarioInput, { store, model, progress, ...changes }: ScenarioOptions = {}) {
    this.scenario = parseScenario({ ...(typeof scenario === 'string' ? shipped(scenario) : scenario), ...changes });
    this.store = store ?? openSqliteStore(':memory:');
    this.host = { ...(model !== undefined && { model }), ...(progress !== undefined && { progress }) };
    this.configOf(this.scenario.blackboard); // a scenario that could never run is refused here
    this.blackboard = {
      get: (field: string) => this.board[checkField(field)],
      set: (field, value) => {
        const posted = checkInitial(field, value);
        if (this.initial === null) throw step(`Failed to set "${field}": the scenario is not set up.`);
        if (this.run !== null) throw step(`Failed to set "${field}": the swarm has started, and initial fields are set before it.`);
        const next = { ...this.initial, ...posted };
        this.configOf(next);
        this.initial = next;
      },
    };
  }

  /** Puts the scenario's initial fields on the blackboard. */
  setupScenario(): Promise<void> {
    if (this.run !== null) return Promise.reject(step('Failed to set up the scenario: the swarm has started; make a new ScenarioFactory.'));
    this.initial = initialOf(this.scenario.blackboard);
    return Promise.resolve();
  }

  /**
   * Emits what comes from outside: `swarm/started` takes the release as far as the people of the scenario take it,
   * `staging/rollback_required` is a person who ends it. Throws EVENT_UNKNOWN, EVENT_NOT_ALLOWED, SCENARIO_STEP, RELEASE_ENDED.
   */
  async emitEvent(topic: string, payload: unknown = {}): Promise<void> {
    const known = eventTopics.find((one) => one === topic);
    if (known === undefined)
      throw new StagingError('EVENT_UNKNOWN', `Failed to emit "${topic}": there is no such event. ${didYouMean(topic, eventTopics)}`);
    const parsed = events[known].payload.safeParse(payload);
    if (!parsed.success)
      throw new StagingError('EVENT_NOT_ALLOWED', `Failed to emit ${topic}: its payload is wrong: ${reason(parsed.error)}.`, {
        remedy: 'Correct the payload.',
      });
    if (known === 'swarm/started') return this.recalling(this.start((parsed.data as { task: string }).task)); // parsed by its row's schema
    if (known === 'staging/rollback_required') {
      const run = this.started(topic);
      if (run.seen?.state.outcome != null)
        throw new StagingError('RELEASE_ENDED', `Failed to emit ${topic}: the release has ended (${run.seen.state.outcome}).`);
      return this.recalling(run.end((parsed.data as { reason: string }).reason)); // as above
    }
    throw new StagingError('EVENT_NOT_ALLOWED', `Failed to emit ${topic}: only ${emittersOf(known).join(' and ')} may.`, {
      remedy: 'From outside come swarm/started and staging/rollback_required.',
    });
  }

  /** All of the steps: sets the scenario up and emits its events, each so many simulated seconds after the one before. */
  async play(): Promise<this> {
    await this.setupScenario();
    for (const { topic, payload, afterS } of this.scenario.events) {
      await this.run?.ports.clock.sleep(afterS * 1_000);
      await this.emitEvent(topic, payload);
    }
    return this;
  }

  /** Answers the approval that is waited for. Throws SCENARIO_STEP, NOT_AN_APPROVER. */
  async decide(decision: 'approved' | 'rejected', by: string, comment = ''): Promise<void> {
    const run = this.started('an answer');
    if (run.seen?.question == null) throw step('Failed to answer: nobody waits for an approval.');
    checkApprover(by, run.config);
    await this.recalling(run.decide({ on: 'approval', decision, by, comment, afterS: 0 }));
  }

  /** `waiting` for a person; null before the swarm has started. */
  get outcome(): Outcome | 'waiting' | null {
    const seen = this.run?.seen;
    if (!seen) return null;
    return seen.question ? 'waiting' : (seen.state.outcome ?? seen.state.halt?.outcome ?? 'errored');
  }

  /** Why it ended, stopped or waits. */
  get reason(): string {
    const seen = this.run?.seen;
    return seen?.question?.question ?? seen?.state.halt?.reason ?? seen?.state.outcomeReason ?? '';
  }

  get attempts(): number {
    return this.run?.seen?.state.attempt ?? 0;
  }

  /** Where it stopped on the way, by the code of the error; `process_killed` where the process died. */
  get stops(): readonly string[] {
    return this.run?.stops ?? [];
  }

  get events(): ScenarioEvent[] {
    return this.run?.seen?.state.events.map(({ topic, emittedBy, at }) => ({ topic, emittedBy, at })) ?? [];
  }

  /** The newest evaluation of each gate. */
  get gates(): GateEvaluation[] {
    return [...new Map((this.board.gate_evaluations ?? []).map((one) => [one.gate, one])).values()];
  }

  /** Every row, in the order in which it was written. */
  get journal(): JournalRow[] {
    return this.told.journal;
  }

  /** Every change of traffic. */
  get rollout(): WeightChange[] {
    return this.journal.filter((row) => row.kind === 'rollout').map((row) => row.value as WeightChange); // written by the rollout itself
  }

  /** What the model cost, and the limits that held in the end. */
  get model() {
    return this.told.spent;
  }

  get limits(): StagingConfig['limits'] {
    return (this.run?.config ?? this.configOf(this.initial ?? {})).limits;
  }

  /** What runs where, as the simulated world says. */
  environment(name: EnvironmentStatus['environment']): Promise<EnvironmentStatus> {
    return this.started('a look at an environment').ports.deployment.status(name);
  }

  /** Every success criterion with what was expected, what is, and whether it is met. */
  evaluate(): Criterion[] {
    const soakMs = (this.run?.config ?? this.configOf(this.initial ?? {})).stability.soakMs;
    return evaluateCriteria({ events: this.events.map(({ topic }) => topic), board: this.board, soakMs }, this.scenario.criteria);
  }

  /** What the scenario's `expect` says, with what came of it. */
  async expectations(): Promise<Criterion[]> {
    const [staging, production] = await Promise.all([this.environment('staging'), this.environment('production')]);
    const culprits = (this.board.culprit_search ?? []).flatMap((search) => search.culprits);
    return judgeExpectation(this.scenario.expect, { ...this.view(), culprits, environments: { staging, production } });
  }

  private view() {
    const { outcome, reason: because, attempts, stops, gates } = this;
    return { outcome, because, attempts, stops, gates, events: this.events, criteria: this.evaluate() };
  }

  private get board(): Board {
    return this.run?.seen ? boardOf(this.run.seen.state) : (this.initial ?? {});
  }

  private async start(task: string): Promise<void> {
    if (this.initial === null) throw step('Failed to start the swarm: the scenario is not set up.');
    if (this.run !== null) throw step('Failed to start the swarm: it has started already; make a new ScenarioFactory.');
    const { scenario, store, initial } = this;
    if ((await store.release(scenario.name)) !== null)
      throw step(`Failed to start the swarm: the store holds a release ${scenario.name} already; give each scenario a store of its own.`);
    const config = this.configOf(initial);
    this.run = openRun({ ...this.host, scenario, config, board: initial, store });
    const { services, develop, says, ...asked } = scenario.request;
    if (says !== undefined) {
      for (const text of says) await this.run.say(text);
      return;
    }
    const request = { service: config.service.name, ...asked, ...(services && { services }), ...(develop !== undefined && { develop }) };
    await this.run.start({ ...request, text: `${task}: ${titleOf(request)}`, preApprovedBy: null });
  }

  /** What the store holds when a step is over is what is told of it until the next one. */
  private async recalling(step: Promise<void>): Promise<void> {
    try {
      await step;
    } finally {
      if (this.run !== null) {
        const { releaseId } = this.run;
        this.told = { journal: await this.store.journal(releaseId), spent: await this.store.spent(releaseId) };
      }
    }
  }

  private started(what: string): ScenarioRun {
    if (this.run === null) throw step(`Failed to take ${what}: the swarm has not started.`);
    return this.run;
  }

  private configOf(board: Record<string, unknown>): StagingConfig {
    const { scenario } = this;
    const given = { ...storefront, ...scenario.config };
    const limits = { ...given.limits, ...scenario.limits };
    const config = { ...given, limits: withoutUndefined(limits), prices: { ...given.prices, ...pricesOf(scenario) } };
    const parsed = parseConfig(configWith(config, initialOf(board)), `the configuration of ${scenario.name}`);
    for (const decision of scenario.decisions) if (decision.on === 'approval') checkApprover(decision.by, parsed);
    return parsed;
  }
}

const shipped = (name: string): ScenarioInput => {
  const found = shippedScenarios.find((one) => one.name === name);
  if (found) return found;
  const names = shippedScenarios.map((one) => one.name);
  throw new StagingError('SCENARIO_UNKNOWN', `Failed to find the scenario "${name}": none has that name. ${didYouMean(name, names)}`);
};

const initialOf = (board: Record<string, unknown>): PostsOf<'request'> =>
  Object.assign({}, ...Object.entries(board).map(([field, value]) => checkInitial(field, value))) as PostsOf<'request'>; // every entry was checked

const checkApprover = (by: string, { approvers }: StagingConfig): void => {
  if (!approvers.includes(by))
    throw new StagingError('NOT_AN_APPROVER', `Failed to record the decision: ${by} is not among ${approvers.join(', ')}.`);
};

const step = (what: string): StagingError => new StagingError('SCENARIO_STEP', what);

const withoutUndefined = (limits: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
