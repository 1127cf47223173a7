import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

/** As much of a Chat Completions request as these models read. */
export const chatRequestSchema = z.object({
  model: z.string(),
  messages: z.array(
    z.object({
      role: z.enum(['system', 'user', 'assistant', 'tool']),
      content: z
        .string()
        .nullish()
        .transform((content) => content ?? ''),
      tool_calls: z.array(z.object({ id: z.string(), function: z.object({ name: z.string(), arguments: z.string() }) })).default([]),
      tool_call_id: z.string().optional(),
    }),
  ),
});
export type ChatRequest = z.infer<typeof chatRequestSchema>;

export type Answer = { says: string; calls: { name: string; args: Record<string, unknown> }[] };

/** Who answers. It sees the request as the product sent it. */
export type Answerer = (request: ChatRequest) => Answer | Promise<Answer>;

export type Endpoint = { url: string; close: () => Promise<void> };

/**
 * A server on loopback that speaks Chat Completions, with any answerer behind it. Ids come from the question, so that a
 * recording repeats itself whatever order parallel agents ask in.
 */
export const openModelEndpoint = async (answer: Answerer): Promise<Endpoint> => {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const send = (status: number, body: object) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      void Promise.resolve()
        .then(() => chatRequestSchema.parse(JSON.parse(Buffer.concat(chunks).toString())))
        .then(async (asked) => send(200, completionOf(await answer(asked), asked)))
        .catch((error: unknown) => send(400, { error: { message: String(error), type: 'invalid_request_error' } }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on a port
  return {
    url: `http://127.0.0.1:${port}/v1`,
    close: () => new Promise((resolve) => (server.closeAllConnections(), server.close(() => resolve()))),
  };
};

const completionOf = ({ says, calls }: Answer, { model, messages }: ChatRequest) => {
  const id = createHash('sha256').update(JSON.stringify(messages)).digest('hex').slice(0, 12);
  const used = { prompt: tokens(messages.map((message) => message.content).join('')), completion: tokens(says + JSON.stringify(calls)) };
  return {
    id: `chatcmpl-${id}`,
    object: 'chat.completion',
    created: 1_767_225_600,
    model,
    choices: [
      {
        index: 0,
        finish_reason: calls.length > 0 ? 'tool_calls' : 'stop',
        message: {
          role: 'assistant',
          content: says,
          ...(calls.length > 0 && {
            tool_calls: calls.map(({ name, args }, at) => ({
              id: `call_${id}_${at}`,
              type: 'function',
              function: { name, arguments: JSON.stringify(args) },
            })),
          }),
        },
      },
    ],
    usage: { prompt_tokens: used.prompt, completion_tokens: used.completion, total_tokens: used.prompt + used.completion },
  };
};

/** About four characters each: these models count nothing themselves. */
const tokens = (text: string): number => Math.ceil(text.length / 4);
