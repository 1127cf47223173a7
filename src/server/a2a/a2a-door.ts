import { formatSSEErrorEvent, formatSSEEvent, SSE_HEADERS, A2A_VERSION_HEADER, AgentCard } from '@a2a-js/sdk';
import { z } from 'zod';
import { JsonRpcTransportHandler, validateVersion } from '@a2a-js/sdk/server';
import type { Caller, ReleaseDesk } from '../../desk/desk-contract.js';
import { agentCard } from './agent-card.js';
import { contextFor } from './call-context.js';
import { releaseTasks } from './release-tasks.js';

export const a2aPath = '/a2a';

/** The JSON-RPC binding of the Agent2Agent protocol on a desk, without a web framework: a request in, a response out. */
export const openA2aDoor = (desk: ReleaseDesk, report: (id: string) => Promise<string>) => {
  const card = agentCard(desk.config, a2aPath);
  const rpc = new JsonRpcTransportHandler(releaseTasks(desk, card, report));
  return {
    /** Names the address under which it was asked for. */
    card: (request: Request): Response => Response.json(AgentCard.toJSON(agentCard(desk.config, new URL(a2aPath, request.url).href))),
    handle: async (request: Request, caller: Caller): Promise<Response> => {
      const body = await request.text();
      try {
        const context = contextFor(caller, request.headers.get(A2A_VERSION_HEADER) ?? undefined);
        validateVersion(context.requestedVersion, card, 'JSONRPC');
        const answer = await rpc.handle(body, context);
        if (!(Symbol.asyncIterator in answer)) return Response.json(answer);
        const first = await answer.next(); // what fails before it is an error like any other
        return new Response(eventStream(first, answer, body), { headers: SSE_HEADERS });
      } catch (error) {
        return Response.json(failure(error, body));
      }
    },
  };
};

type Answer = IteratorResult<object, void>;

const eventStream = (first: Answer, rest: AsyncGenerator<object, void, undefined>, body: string): ReadableStream<Uint8Array> => {
  const encoder = new TextEncoder();
  let begun = false;
  return new ReadableStream<Uint8Array>({
    pull: async (stream) => {
      try {
        const { value, done } = begun ? await rest.next() : first;
        begun = true;
        if (done || value === undefined) return stream.close();
        stream.enqueue(encoder.encode(formatSSEEvent(value)));
      } catch (error) {
        stream.enqueue(encoder.encode(formatSSEErrorEvent(failure(error, body))));
        stream.close();
      }
    },
    cancel: () => void rest.return(undefined),
  });
};

const failure = (error: unknown, body: string) => ({
  jsonrpc: '2.0',
  id: idIn(body),
  error: JsonRpcTransportHandler.mapToJSONRPCError(error),
});

const withId = z.looseObject({ id: z.union([z.string(), z.number()]) });

/** Null where the request has none, or is no JSON: the library has answered that. */
const idIn = (body: string): string | number | null => {
  try {
    return withId.parse(JSON.parse(body)).id;
  } catch {
    return null;
  }
};
