import { HumanMessage } from '@langchain/core/messages';
import { Command, MemorySaver } from '@langchain/langgraph';
import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import type { Store } from '../blackboard/store.js';
import type { StagingConfig } from '../catalog/config.js';
import type { PostsOf } from '../catalog/fields.js';
import type { ReleaseRequest } from '../catalog/request.js';
import type { ApprovalQuestion } from '../graph/approval-question.js';
import { createStagingGraph } from '../graph/create.js';
import type { StagingState } from '../graph/state.js';
import type { Progress } from '../agents/routine-context.js';
import { MeteredRunbook, meteredRunbook } from './metered-runbook.js';
import type { Decision, Scenario } from './scenario-schema.js';
import { openSimulatedPorts } from './simulated-world.js';

type Input = Parameters<Awaited<ReturnType<typeof createStagingGraph>>['invoke']>[0];
type Seen = { state: StagingState; question: ApprovalQuestion | null };
type Limits = Extract<Decision, { on: 'limit' }>['raise'];

export type RunOptions = {
  scenario: Scenario;
  config: StagingConfig;
  board: PostsOf<'request'>;
  store: Store;
  model?: string | BaseChatModel;
  progress?: (progress: Progress) => void;
};

/** What a release that has stopped waits for, by the code of its halt. */
const waitsAfter: Record<string, Decision['on'] | undefined> = { LIMIT_REACHED: 'limit', HELD: 'hold' };

/**
 * One release through the simulated world, as far as the people of the scenario take it. Release id, nonce, time and the order of
 * routines are given, so that the same scenario leaves the same journal, byte for byte.
 */
export const openRun = ({ scenario, board, store, ...options }: RunOptions) => {
  const { faults, world: settings } = scenario;
  const releaseId = scenario.name;
  const thread = { configurable: { thread_id: releaseId }, recursionLimit: 10_000, durability: 'sync' as const };
  const ports = openSimulatedPorts({ config: options.config, faults, settings });
  const checkpointer = new MemorySaver();
  const decisions = [...scenario.decisions];
  const model = options.model ?? (scenario.modelCost ? new MeteredRunbook(scenario.modelCost) : 'runbook');
  const given = { ...(board.staging_environment_config && { staging_environment_config: board.staging_environment_config }) };
  let { config } = options;
  const openGraph = () =>
    createStagingGraph({
      config,
      ports,
      store,
      checkpointer,
      model,
      simulated: true,
      nonce: `scenario-${releaseId}`,
      inTurn: true,
      progress: (progress) => {
        if (progress.kind === 'started') ports.begins(progress.routine);
        options.progress?.(progress);
      },
    });
  let graph = openGraph();
  let seen: Seen | null = null;
  const stops: string[] = [];

  /** Where the process dies, another one opens the same journal and goes on. */
  const take = async (input: Input): Promise<Seen> => {
    const state = await Promise.race([graph.invoke(input, thread), ports.death().then(() => null)]);
    if (state === null) {
      stops.push('process_killed');
      graph = openGraph();
      return take({ halt: null });
    }
    const { __interrupt__: interrupts } = state as { __interrupt__?: { value: ApprovalQuestion }[] }; // LangGraph adds the interrupts to the state it returns
    return { state, question: interrupts?.[0]?.value ?? null };
  };
  const raise = (limits: Limits): Input => {
    config = { ...config, limits: { ...config.limits, ...withoutUndefined(limits) } };
    graph = openGraph();
    return { halt: null };
  };
  const inputOf = (decision: Decision, { question }: Seen): Input => {
    switch (decision.on) {
      case 'hold':
        return { halt: null };
      case 'limit':
        return raise(decision.raise);
      case 'approval': {
        const { by, comment } = decision;
        return new Command({ resume: { digest: question?.digest, decision: decision.decision, by, comment } });
      }
    }
  };

  /** Goes as far as it goes: people act when the release waits for them. */
  const drive = async (input: Input): Promise<void> => {
    for (let next: Input | null = input; next !== null;) {
      seen = await take(next);
      if (seen.state.halt) stops.push(seen.state.halt.code);
      const waitsFor = seen.question ? 'approval' : waitsAfter[seen.state.halt?.code ?? ''];
      const place = decisions.findIndex((one) => one.on === waitsFor);
      const [decision] = place < 0 ? [] : decisions.splice(place, 1);
      if (decision === undefined) return;
      await ports.clock.sleep(decision.afterS * 1_000);
      next = inputOf(decision, seen);
    }
  };

  return {
    releaseId,
    ports,
    stops,
    get config() {
      return config;
    },
    get seen(): Seen | null {
      return seen;
    },
    start: (request: ReleaseRequest) => drive({ request, messages: [new HumanMessage(request.text)], ...given }),
    say: (text: string) => drive({ messages: [new HumanMessage(text)], ...given }),
    /** A person's answer that the scenario did not foresee. */
    decide: async (decision: Decision) => {
      if (seen === null) return;
      await ports.clock.sleep(decision.afterS * 1_000);
      await drive(inputOf(decision, seen));
    },
    /** A person ends it: all traffic goes back. */
    end: async (reason: string) => {
      if (seen === null) return;
      const topic = 'staging/rollback_required';
      const at = ports.clock.now();
      const { events } = seen.state;
      const depth = Number.parseInt(events.at(-1)?.id ?? '1', 10) + 1;
      await store.append(releaseId, [
        { key: `${depth}:person`, at, agent: 'person', routine: '', kind: 'event', name: topic, value: { reason } },
      ]);
      await drive({
        halt: null,
        waiting: null,
        events: [
          ...events.map((event) => ({ ...event, handled: true })),
          { id: `${depth}.${topic}`, topic, emittedBy: 'person', reason, at, handled: false },
        ],
      });
    },
  };
};
export type ScenarioRun = ReturnType<typeof openRun>;

/** The price list entry of the scenario's model. */
export const pricesOf = ({ modelCost: cost }: Scenario) =>
  cost === undefined ? {} : { [meteredRunbook]: { input: cost.microDollarsPerMillion, output: cost.microDollarsPerMillion } };

const withoutUndefined = (limits: Limits) => Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
