import { keepHeaders, redactJson, redactText, redactUrl } from './redact.js';
import type { normaliser } from './rules.js';
import type { Asked, Json, Reply } from './tape-file.js';

/** Operations of a model. They are the same whichever host serves them, so that a tape outlives the address it was recorded at. */
const operations = /\/(chat\/completions|responses|embeddings|completions|messages)\/?$/;

/** A request as the tape holds it: redacted, then normalised. Neither its headers nor the host of a model belong to the question. */
export const askedOf = (
  request: Request,
  url: URL,
  body: Uint8Array,
  secrets: readonly string[],
  normalise: ReturnType<typeof normaliser>,
): Asked => {
  const operation = request.method === 'POST' ? operations.exec(url.pathname)?.[1] : undefined;
  const content = bodyOf(body, request.headers.get('content-type') ?? '');
  return {
    method: request.method,
    target: operation ?? normalise.text(redactUrl(url)),
    body: normalise.json(redactJson(content, secrets)),
  };
};

const bodyOf = (bytes: Uint8Array, contentType: string): Json => {
  if (bytes.length === 0) return null;
  const text = decode(bytes);
  if (text === null) return { base64: Buffer.from(bytes).toString('base64') };
  const boundary = /boundary="?([^";]+)/.exec(contentType)?.[1];
  return parse(text) ?? (boundary === undefined ? text : text.replaceAll(boundary, '<boundary>'));
};

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const decode = (bytes: Uint8Array): string | null => {
  try {
    return utf8.decode(bytes);
  } catch {
    return null; // not text: kept as base64
  }
};

/** Undefined where the text is no JSON. */
const parse = (text: string): Json | undefined => {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Json; // JSON.parse gives nothing else
  } catch {
    return undefined;
  }
};

/** Reads a real answer to its end. */
export const replyOf = async (response: Response, secrets: readonly string[]): Promise<Reply> => {
  const { bytes, ends } = await readAll(response);
  const whole = { status: response.status, headers: keepHeaders(response.headers) };
  const decoded = decode(bytes);
  if (decoded === null) return { kind: 'bytes', ...whole, base64: Buffer.from(bytes).toString('base64') };
  const text = redactText(decoded, secrets);
  if ((response.headers.get('content-type') ?? '').startsWith('text/event-stream'))
    return { kind: 'stream', ...whole, events: splitEvents(text), ends };
  if (ends === 'dropped') return { kind: 'network-error', message: 'the connection was dropped within the answer' };
  const json = parse(text);
  return json === undefined ? { kind: 'text', ...whole, text } : { kind: 'json', ...whole, body: redactJson(json, secrets) };
};

/** Each piece ends with its blank line; joined again they are the same bytes. */
export const splitEvents = (text: string): string[] => text.match(/[\s\S]*?(?:\r\n\r\n|\n\n|\r\r)|[\s\S]+$/g) ?? [];

const readAll = async (response: Response): Promise<{ bytes: Uint8Array; ends: 'complete' | 'dropped' }> => {
  const chunks: Uint8Array[] = [];
  const reader = (response.body as ReadableStream<Uint8Array> | null)?.getReader(); // a body is bytes
  try {
    for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) chunks.push(next.value);
  } catch {
    return { bytes: Buffer.concat(chunks), ends: 'dropped' }; // how it ended is part of the recording
  }
  return { bytes: Buffer.concat(chunks), ends: 'complete' };
};

/** What a call that got no answer leaves on the tape. */
export const failureOf = (error: unknown, gaveUp: boolean): Reply => {
  const cause = error instanceof Error ? error.cause : undefined;
  const message = cause instanceof Error ? cause.message : error instanceof Error ? error.message : String(error);
  return gaveUp ? { kind: 'timeout', message: 'Request timed out' } : { kind: 'network-error', message };
};
