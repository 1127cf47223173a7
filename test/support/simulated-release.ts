import { Command } from '@langchain/langgraph';
import { HumanMessage } from '@langchain/core/messages';
import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { openSqliteStore } from '../../src/blackboard/sqlite-store.js';
import { configSchema, type StagingConfigInput } from '../../src/catalog/config.js';
import { asCaller } from '../../src/graph/caller.js';
import type { ReleaseRequest } from '../../src/catalog/request.js';
import { createStagingGraph } from '../../src/graph/create.js';
import type { ApprovalQuestion } from '../../src/graph/approval-question.js';
import type { StagingState } from '../../src/graph/state.js';
import { openSimulatedPorts } from '../../src/scenario/simulated-world.js';
import type { FaultInput } from '../../src/scenario/faults.js';

export const simulatedConfig = (changes: Partial<StagingConfigInput> = {}) =>
  configSchema.parse({
    service: { name: 'storefront', stable: 'v2.1.1', start: { command: ['true'] } },
    suites: (['unit', 'integration', 'api', 'ui', 'regression', 'smoke'] as const).map((kind) => ({ name: kind, kind, command: ['true'] })),
    criticalUserPaths: ['/'],
    rollout: { sampleMs: 60_000, steps: [{ weightPercent: 10, pauseMs: 600_000 }], watchMs: 600_000 },
    approvers: ['owner'],
    ...changes,
  });

export const wholeRequest = 'ship storefront v2.2.0 with wishlist and fast-checkout to staging, promote it if it is healthy';

type Options = {
  faults?: FaultInput[];
  config?: Partial<StagingConfigInput>;
  request?: string;
  /** More of the request than the sentence that everybody uses. */
  wanted?: Partial<ReleaseRequest>;
  preApprovedBy?: string | null;
  model?: BaseChatModel | string;
  requestedBy?: string;
};

/** A release in the simulated world, through the public graph: what a story begins with. */
export const simulatedRelease = async ({
  faults = [],
  config: changes,
  request = wholeRequest,
  wanted = {},
  preApprovedBy = 'owner',
  model = 'runbook',
  requestedBy,
}: Options = {}) => {
  const config = simulatedConfig(changes);
  const store = openSqliteStore(':memory:');
  const ports = openSimulatedPorts({ config, faults });
  const graph = createStagingGraph({ config, ports, store, model, simulated: true, nonce: 'nonce' });
  const thread = { configurable: { thread_id: 'release-1' }, recursionLimit: 1_000 };
  const take = async (input: Parameters<typeof graph.invoke>[0], caller?: string) => {
    const by = caller === undefined ? {} : asCaller(caller);
    const state = (await graph.invoke(input, { ...thread, configurable: { ...thread.configurable, ...by } })) as StagingState & {
      __interrupt__?: { value: ApprovalQuestion }[];
    };
    return { state, question: state.__interrupt__?.[0]?.value ?? null, topics: state.events.map((event) => event.topic) };
  };
  const parsed = {
    service: 'storefront',
    version: 'v2.2.0',
    features: ['wishlist', 'fast-checkout'],
    target: 'production' as const,
    text: request,
    preApprovedBy,
    ...(requestedBy !== undefined && { requestedBy }),
    ...wanted,
  };
  return {
    config,
    store,
    ports,
    graph,
    thread,
    run: () => take({ request: parsed, messages: [new HumanMessage(request)] }),
    /** `caller` is who a credential says writes. */
    say: (text: string, caller?: string) => take({ messages: [new HumanMessage(text)] }, caller),
    /** `caller` is who a credential says answers. */
    answer: (resume: unknown, caller?: string) => take(new Command({ resume }), caller),
    resume: () => take({ halt: null }),
  };
};
