import { randomBytes } from 'node:crypto';
import { HumanMessage } from '@langchain/core/messages';
import { AsyncLocalStorageProviderSingleton } from '@langchain/core/singletons';
import { tool, type ToolRunnableConfig } from '@langchain/core/tools';
import { Command, interrupt, task } from '@langchain/langgraph';
import { z } from 'zod';
import { digestOf } from '../blackboard/digest.js';
import { StagingError } from '../catalog/errors.js';
import type { ApprovalQuestion } from './approval-question.js';
import { asCaller, callerOf } from './caller.js';
import { goingOn } from './go-on.js';
import type { createStagingGraph } from './create.js';
import type { StagingState } from './state.js';

type Graph = ReturnType<typeof createStagingGraph>;

const schema = z.object({
  request: z.string().optional().describe('for example: ship storefront v2.2.0 to staging, promote it if it is healthy'),
  release: z.string().optional().describe('the id of a release that was begun before: it goes on, and says where it stands'),
});

/**
 * The graph as a tool of another agent: a sentence in, what became of the release out. A release lives on a thread of its own that bears
 * its id, so that a later call goes on with it. Called by a graph with a checkpointer, the tool asks for an open approval through that
 * graph, and the answer finds its way back; called elsewhere, it says that the release waits. Throws OPTIONS_INVALID.
 */
export const createStagingTool = (graph: Graph) => {
  if (!graph.checkpointer)
    throw new StagingError('OPTIONS_INVALID', 'Failed to create the tool: the graph has no checkpointer to keep its releases in.', {
      remedy: 'Leave `checkpointer` out of the options of createStagingGraph, or give one.',
    });
  const inTurn = turns();
  // Within a graph every step is a task: when the host resumes, the call begins again, and steps that were done are not done twice.
  const [step, stepAsTask] = [stepOf(graph), task({ name: 'request_release' }, stepOf(graph))];
  return tool(
    async ({ request, release }: z.infer<typeof schema>, config: ToolRunnableConfig) => {
      if (request === undefined && release === undefined) return 'Say what to release, or give the id of a release.';
      const begin = { known: release !== undefined, ...(request !== undefined && { says: request }) };
      const host = hostOf(config);
      const caller = callerOf(config);
      if (host === null) return JSON.stringify(await step({ id: release ?? randomBytes(4).toString('hex'), caller, ...begin }));
      const id = release ?? digestOf([host, config.toolCall?.id]).slice('sha256:'.length).slice(0, 8);
      return inTurn(host, async () => {
        let standing = await stepAsTask({ id, caller, ...begin });
        while (standing.question !== null) {
          const answer: unknown = interrupt<ApprovalQuestion>(standing.question);
          standing = await stepAsTask({ id, caller, known: true, answers: { digest: standing.question.digest, answer } });
        }
        return JSON.stringify(standing);
      });
    },
    {
      name: 'request_release',
      description:
        'Takes a release through staging, and to production if the sentence asks for it and every gate opens; goes on with one that was begun.',
      schema,
    },
  );
};

/** Which task of which thread of a host has called, the same when it resumes; null where nobody could resume it. */
const hostOf = ({ configurable }: ToolRunnableConfig): string | null => {
  const thread: unknown = configurable?.['thread_id'];
  const namespace: unknown = configurable?.['checkpoint_ns'];
  return typeof thread === 'string' && typeof namespace === 'string' ? JSON.stringify([thread, namespace]) : null;
};

/**
 * LangGraph tells the answers of one task apart by the order of its questions alone. Several calls in one task therefore run one after the
 * other, and one that asks ends the turn of those behind it: they begin when the host resumes.
 */
const turns = () => {
  const last = new Map<string, Promise<string>>();
  return async (host: string, work: () => Promise<string>): Promise<string> => {
    const mine = (last.get(host) ?? Promise.resolve('')).then(work);
    last.set(host, mine);
    try {
      return await mine;
    } finally {
      if (last.get(host) === mine) last.delete(host);
    }
  };
};

/** `caller`: who a credential of the host says makes this call, or brings the answer. */
type Step = { id: string; caller: string | null; known: boolean; says?: string; answers?: { digest: string; answer: unknown } };
type Standing = {
  release: string | null;
  outcome: StagingState['outcome'];
  waiting: 'approval' | 'soak' | null;
  /** Why it stopped without an end; a later call with its id goes on, unless a model has asked to stop: that a person lets go on. */
  halted: string | null;
  question: ApprovalQuestion | null;
  says: string;
};

const nothing = { release: null, outcome: null, waiting: null, halted: null, question: null };

/** Takes the release one step on: it begins, goes on, or gets the answer to the question that is open. */
const stepOf =
  (graph: Graph) =>
  async ({ id, caller, known, says, answers }: Step): Promise<Standing> => {
    const thread = { configurable: { thread_id: id }, durability: 'sync' as const };
    const take = (input: Parameters<Graph['invoke']>[0], by: string | null = null) =>
      onItsOwn(() => graph.invoke(input, { ...thread, configurable: { ...thread.configurable, ...(by !== null && asCaller(by)) } }));
    const look = async () => {
      const snapshot = await onItsOwn(() => graph.getState(thread));
      const [question = null] = snapshot.tasks.flatMap((one) => one.interrupts).map((one) => one.value as ApprovalQuestion); // the graph asks nothing else
      return { state: snapshot.values as StagingState, question, begun: snapshot.createdAt !== undefined, next: goingOn(snapshot) }; // the graph's own state
    };
    const { state, question, begun, next } = await look();
    if (known && !begun) return { ...nothing, says: `There is no release ${id} here.` };
    const goesOn = question === null && (state.outcome ?? null) === null && state.halt?.code !== 'HELD';
    if (answers === undefined && (says !== undefined || goesOn))
      // A model has written what it says: whoever asked for it is the requester, and nothing in it is that person's word on an approval.
      await take(says === undefined ? next : { messages: [new HumanMessage(says)] }, begun ? null : caller);
    // An answer to a question that is not open any more has been given before, or elsewhere.
    if (answers !== undefined && question?.digest === answers.digest) await take(new Command({ resume: answers.answer }), caller);
    const now = await look();
    return {
      release: now.state.releaseId,
      outcome: now.state.outcome,
      waiting: now.state.waiting?.kind ?? null,
      halted: now.state.halt?.reason ?? null,
      question: now.question,
      says: now.state.messages.at(-1)?.text ?? '',
    };
  };

/** Outside of the graph that called the tool: what it lends its subgraphs, this one has of its own. */
const onItsOwn = <T>(work: () => Promise<T>): Promise<T> => AsyncLocalStorageProviderSingleton.runWithConfig<Promise<T>>({}, work, true);
