import type { Json } from './tape-file.js';

/** One message of a request, whichever of the two protocols it is in. */
type Turn = { role: string; text: string; tool?: string };

/** A request to a model as both protocols have it: who said what, which tools there are, and everything else. */
export type Conversation = { turns: Turn[]; tools: Map<string, Json>; parameters: Record<string, Json> };

/** Null where the body is no request to a chat model. */
export const conversationOf = (body: Json): Conversation | null => {
  if (!isObject(body)) return null;
  const { messages, input, instructions, tools, ...parameters } = body;
  const said = messages ?? input;
  if (!Array.isArray(said) && !(typeof said === 'string' && messages === undefined)) return null;
  const list = typeof said === 'string' ? [{ role: 'user', content: said }] : said;
  const before = typeof instructions === 'string' ? [{ role: 'system', text: instructions }] : [];
  const names = toolNames(list);
  return { turns: [...before, ...list.map((message) => turnOf(message, names))], tools: toolsOf(tools), parameters };
};

const turnOf = (message: Json, names: Map<string, string>): Turn => {
  if (!isObject(message)) return { role: 'user', text: textOf(message) };
  const id = textOf(message['tool_call_id'] ?? message['call_id'] ?? '');
  if (message['role'] === 'tool' || message['type'] === 'function_call_output')
    return { role: 'tool', text: textOf(message['content'] ?? message['output']), tool: names.get(id) ?? id };
  if (message['type'] === 'function_call') return { role: 'assistant', text: callText(message) };
  const calls = Array.isArray(message['tool_calls'])
    ? message['tool_calls'].map((call) => callText(isObject(call) ? call['function'] : call))
    : [];
  return { role: textOf(message['role'] ?? message['type']), text: [textOf(message['content']), ...calls].filter(Boolean).join('\n') };
};

const callText = (call: Json | undefined): string => (isObject(call) ? `${textOf(call['name'])}(${textOf(call['arguments'])})` : '');

/** Which tool each call id belongs to. */
const toolNames = (messages: readonly Json[]): Map<string, string> => {
  const names = new Map<string, string>();
  for (const message of messages.filter(isObject)) {
    if (message['type'] === 'function_call') names.set(textOf(message['call_id']), textOf(message['name']));
    for (const call of Array.isArray(message['tool_calls']) ? message['tool_calls'].filter(isObject) : []) {
      const called = call['function'];
      names.set(textOf(call['id']), isObject(called) ? textOf(called['name']) : '');
    }
  }
  return names;
};

const toolsOf = (tools: Json | undefined): Map<string, Json> =>
  new Map(
    (Array.isArray(tools) ? tools : []).map((tool, at) => {
      const inner = isObject(tool) && isObject(tool['function']) ? tool['function'] : tool;
      return [isObject(inner) && typeof inner['name'] === 'string' ? inner['name'] : `tool ${at}`, inner];
    }),
  );

/** Content in parts is joined; what is no text is shown as JSON. */
const textOf = (content: Json | undefined): string => {
  if (content === undefined || content === null) return '';
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return JSON.stringify(content);
  return content.map((part) => (isObject(part) && typeof part['text'] === 'string' ? part['text'] : JSON.stringify(part))).join('\n');
};

export const isObject = (value: Json | undefined): value is Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
