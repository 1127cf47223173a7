import { isObject } from './conversation.js';
import type { Json, Reply } from './tape-file.js';

/** What a reply says, for a reader: the words, then the tools that it calls. */
export const answerText = (reply: Reply): string => {
  switch (reply.kind) {
    case 'network-error':
    case 'timeout':
      return `(${reply.kind}: ${reply.message})`;
    case 'text':
      return withStatus(reply.status, reply.text);
    case 'bytes':
      return withStatus(reply.status, `(${Buffer.from(reply.base64, 'base64').length} bytes)`);
    case 'json':
      return withStatus(reply.status, said(reply.body));
    case 'stream':
      return withStatus(reply.status, streamed(reply.events) + (reply.ends === 'dropped' ? ' (connection dropped)' : ''));
  }
};

const withStatus = (status: number, text: string): string => (status < 400 ? text : `(${status}) ${text}`);

const said = (body: Json): string => {
  if (!isObject(body)) return JSON.stringify(body);
  const message = first(body['choices'])?.['message'];
  if (isObject(message)) return lines(textOf(message['content']), calls(list(message['tool_calls']).map((call) => call['function'])));
  if (Array.isArray(body['output'])) {
    const items = list(body['output']);
    const words = items.flatMap((item) => list(item['content']).map((part) => textOf(part['text'])));
    return lines(words.join(''), calls(items.filter((item) => item['type'] === 'function_call')));
  }
  if (body['object'] === 'list') return `(${list(body['data']).length} embeddings)`;
  const error = body['error'];
  return isObject(error) ? textOf(error['message']) : JSON.stringify(body);
};

/** The pieces of a stream put together. The last event of the Responses protocol repeats them all and is left out. */
const streamed = (events: readonly string[]): string => {
  let words = '';
  const tools = new Map<string, { name: string; arguments: string }>();
  const tool = (key: string) => {
    const known = tools.get(key) ?? { name: '', arguments: '' };
    tools.set(key, known);
    return known;
  };
  for (const event of events.map(dataOf).filter(isObject)) {
    const delta = first(event['choices'])?.['delta'];
    if (isObject(delta)) {
      words += textOf(delta['content']);
      for (const call of list(delta['tool_calls'])) {
        const part = isObject(call['function']) ? call['function'] : {};
        const known = tool(JSON.stringify(call['index'] ?? 0));
        known.name += textOf(part['name']);
        known.arguments += textOf(part['arguments']);
      }
    }
    if (event['type'] === 'response.output_text.delta') words += textOf(event['delta']);
    if (event['type'] === 'response.output_item.done' && isObject(event['item']) && event['item']['type'] === 'function_call') {
      const known = tool(textOf(event['item']['call_id']));
      known.name = textOf(event['item']['name']);
      known.arguments = textOf(event['item']['arguments']);
    }
  }
  return lines(words, calls([...tools.values()]));
};

const dataOf = (event: string): Json => {
  const data = /^data: ?(\{.*\})\s*$/m.exec(event)?.[1];
  if (data === undefined) return null;
  try {
    return JSON.parse(data) as Json; // JSON.parse gives nothing else
  } catch {
    return null; // a broken event says nothing to a reader
  }
};

const calls = (made: readonly (Json | undefined)[]): string =>
  made
    .filter(isObject)
    .map((call) => `→ ${textOf(call['name'])}(${textOf(call['arguments'])})`)
    .join('\n');

const lines = (...parts: string[]): string => parts.filter((part) => part !== '').join('\n');
const list = (value: Json | undefined): Record<string, Json>[] => (Array.isArray(value) ? value.filter(isObject) : []);
const first = (value: Json | undefined): Record<string, Json> | undefined => list(value)[0];
const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
