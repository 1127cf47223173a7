import { HumanMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { createStagingGraph } from './create.js';

/** The graph as a tool of another agent: a sentence in, what became of the release out. */
export const createStagingTool = (graph: ReturnType<typeof createStagingGraph>) =>
  tool(
    async ({ request }: { request: string }) => {
      const thread = randomBytes(4).toString('hex');
      const state = await graph.invoke(
        { messages: [new HumanMessage(request)] },
        { configurable: { thread_id: thread }, recursionLimit: 10_000 },
      );
      const said = state.messages.at(-1)?.text ?? '';
      return JSON.stringify({ release: state.releaseId, outcome: state.outcome, waiting: state.waiting?.kind ?? null, says: said });
    },
    {
      name: 'request_release',
      description: 'Takes a release through staging, and to production if the sentence asks for it and every gate opens.',
      schema: z.object({ request: z.string().describe('for example: ship storefront v2.2.0 to staging, promote it if it is healthy') }),
    },
  );
