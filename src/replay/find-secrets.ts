import { harmlessName, secretIn } from '../catalog/redact.js';
import type { Tape } from './tape-file.js';

export type FoundSecret = { where: string; what: string };

/** Every place of the tape that still looks like a secret. The secret itself is never part of what is said. */
export const findSecrets = (tape: Tape): FoundSecret[] => {
  const found: FoundSecret[] = [];
  for (const [at, call] of tape.calls.entries()) {
    const { reply, ...rest } = call;
    walk(rest, `calls.${at}`, found);
    if (reply.kind === 'stream') searchStream(reply.events, `calls.${at}.reply.events`, found);
    else walk(reply, `calls.${at}.reply`, found);
  }
  walk(tape.header.note, 'header.note', found);
  walk(tape.header.endpoints, 'header.endpoints', found);
  walk(tape.values, 'values', found);
  return found;
};

const walk = (value: unknown, where: string, found: FoundSecret[], mayBeRandom = false): void => {
  if (typeof value === 'string') {
    const what = secretIn(value, mayBeRandom);
    if (what !== null) found.push({ where, what });
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) walk(item, `${where}.${key}`, found, mayBeRandom || harmlessName.test(key));
  }
};

/** A streamed secret is spread over events: each kind of piece is put together before it is searched. */
const searchStream = (events: readonly string[], where: string, found: FoundSecret[]): void => {
  const pieces = new Map<string, string>();
  for (const [at, event] of events.entries()) {
    const data = dataOf(event);
    if (data === null) walk(event, `${where}.${at}`, found);
    else collect(data, `${where}.${at}`, '', pieces, found);
  }
  for (const [key, text] of pieces) walk(text, `${where} (${key})`, found);
};

const collect = (value: unknown, where: string, path: string, pieces: Map<string, string>, found: FoundSecret[]): void => {
  if (typeof value === 'string') {
    walk(value, `${where}${path}`, found);
    pieces.set(path, (pieces.get(path) ?? '') + value);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      if (harmlessName.test(key)) walk(item, `${where}${path}.${key}`, found, true);
      else collect(item, where, `${path}.${key}`, pieces, found);
    }
  }
};

const dataOf = (event: string): unknown => {
  const data = event.replace(/\r\n?/g, '\n').match(/^data: ?(.*)$/gm);
  if (!data) return null;
  try {
    return JSON.parse(data.map((line) => line.replace(/^data: ?/, '')).join('\n')) as unknown;
  } catch {
    return null; // `[DONE]`, or an event that is not JSON: searched as text
  }
};
