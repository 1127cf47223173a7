import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Conversation } from './script.js';

type Message = { role: string; content?: unknown; tool_call_id?: string; tool_calls?: { function: { name: string } }[] };
type Answer = { content: string; calls: { id: string; name: string; args: unknown }[] };

/**
 * A model of its own process that answers from the script, after `delayMs`, and counts what it was sent. It finds its place by the system
 * message and by the results of its own calls, so that every contender may keep its messages as it likes. A system message that begins with
 * `Supervisor` hands over to one agent after the other.
 */
const state = { script: [] as Conversation[], delayMs: 0, calls: 0, characters: 0 };

const answerTo = (messages: readonly Message[]): Answer => {
  const system = textOf(messages.find(({ role }) => role === 'system'));
  if (system.startsWith('Supervisor')) return handOver(messages);
  const human = textOf(messages.find(({ role }) => role === 'user'));
  const conversation =
    state.script.find((one) => one.system === system && one.human === human) ?? state.script.find((one) => system.endsWith(one.human));
  if (!conversation) throw new Error(`no conversation begins with ${system.slice(0, 80)}`);
  const { id, turns, summary } = conversation;
  const turn = new Set(messages.flatMap(({ tool_call_id: call }) => (call?.startsWith(`${id}:`) ? [call.split(':')[1]] : []))).size;
  const calls = turns[turn]?.calls.map(({ name, args }, index) => ({ id: `${id}:${turn}:${index}`, name, args })) ?? [];
  return { content: calls.length > 0 ? '' : summary, calls };
};

const handOver = (messages: readonly Message[]): Answer => {
  const done = messages.flatMap(({ tool_calls: calls = [] }) =>
    calls.filter((call) => call.function.name.startsWith('transfer_to_c')),
  ).length;
  const next = state.script[done];
  return next === undefined
    ? { content: 'Done.', calls: [] }
    : { content: '', calls: [{ id: `s${done}`, name: `transfer_to_${next.id}`, args: {} }] };
};

const textOf = (message: Message | undefined): string => {
  const content = message?.content;
  if (Array.isArray(content)) return content.map((part: { text?: string }) => part.text ?? '').join('');
  return typeof content === 'string' ? content : '';
};

const completion = ({ content, calls }: Answer) => ({
  id: `chatcmpl-${state.calls}`, // a reducer of messages replaces those of the same id
  object: 'chat.completion',
  created: 1,
  model: 'bench',
  choices: [
    {
      index: 0,
      finish_reason: calls.length > 0 ? 'tool_calls' : 'stop',
      message: {
        role: 'assistant',
        content,
        ...(calls.length > 0 && {
          tool_calls: calls.map(({ id, name, args }) => ({ id, type: 'function', function: { name, arguments: JSON.stringify(args) } })),
        }),
      },
    },
  ],
  usage: { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 },
});

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
};

const handle = async (path: string, body: string): Promise<unknown> => {
  if (path === '/set') return Object.assign(state, JSON.parse(body));
  if (path === '/counts') {
    const counts = { calls: state.calls, characters: state.characters };
    Object.assign(state, { calls: 0, characters: 0 });
    return counts;
  }
  const { messages } = JSON.parse(body) as { messages: Message[] };
  state.calls += 1;
  state.characters += messages.reduce((sum, { content, tool_calls: calls }) => sum + JSON.stringify([content, calls]).length, 0);
  if (state.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, state.delayMs));
  return completion(answerTo(messages));
};

const server = createServer((request, response) => {
  void bodyOf(request)
    .then((body) => handle(request.url ?? '', body))
    .then(
      (answer) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer)),
      (error: unknown) => response.writeHead(400).end(String(error)),
    );
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port)); // listening on a port
process.on('disconnect', () => process.exit());
