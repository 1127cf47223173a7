import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export type Received = { path: string; headers: IncomingMessage['headers']; body: Record<string, unknown> };
type Handle = (received: Received, response: ServerResponse, count: number) => void | Promise<void>;

/** A server on loopback that speaks as much of the OpenAI protocol as the test lets it. It counts what reached it. */
export const modelServer = async (handle: Handle) => {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      received.push({
        path: request.url ?? '',
        headers: request.headers,
        body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
      });
      void handle(received.at(-1)!, response, received.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/v1`, port, received };
};

export const sendJson = (response: ServerResponse, body: unknown, status = 200, headers: Record<string, string> = {}) =>
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

export const sendEvents = (response: ServerResponse, text: string) =>
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' }).end(text);

let made = 0;

export const completion = (content: string, toolCalls: { id: string; name: string; args: string }[] = []) => ({
  id: `chatcmpl-${++made}`,
  object: 'chat.completion',
  created: 1_790_000_000,
  model: 'gpt-test',
  choices: [
    {
      index: 0,
      finish_reason: toolCalls.length > 0 ? 'tool_calls' : 'stop',
      message: {
        role: 'assistant',
        content,
        ...(toolCalls.length > 0 && {
          tool_calls: toolCalls.map(({ id, name, args }) => ({ id, type: 'function', function: { name, arguments: args } })),
        }),
      },
    },
  ],
  usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
});

/** Server-sent events of one streamed answer; `end` is the line ending that the provider uses. */
export const streamed = (pieces: string[], end = '\n') => {
  const chunk = (delta: object, finish: string | null) =>
    `data: ${JSON.stringify({ id: 'chatcmpl-s', object: 'chat.completion.chunk', created: 1, model: 'gpt-test', choices: [{ index: 0, delta, finish_reason: finish }] })}${end}${end}`;
  return [
    chunk({ role: 'assistant', content: '' }, null),
    ...pieces.map((content) => chunk({ content }, null)),
    chunk({}, 'stop'),
    `data: [DONE]${end}${end}`,
  ].join('');
};

export const textOf = (body: Record<string, unknown>): string => {
  const messages = (body['messages'] ?? body['input']) as { content: string }[]; // what ChatOpenAI sends
  return messages.at(-1)!.content;
};
