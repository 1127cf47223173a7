import type { Tape } from './tape-file.js';

export type FoundSecret = { where: string; what: string };

/** Shapes that providers give their keys. Sources: GitHub secret scanning's public list of patterns, and the providers' documentation. */
const shapes: readonly [what: string, pattern: RegExp][] = [
  ['an OpenAI or Anthropic key', /\bsk-(?:[a-z]+-)*[A-Za-z0-9_-]{20,}/],
  ['a GitHub token', /\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,})/],
  ['a GitLab token', /\bglpat-[A-Za-z0-9_-]{18,}/],
  ['an AWS access key', /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/],
  ['a Google API key', /\bAIza[A-Za-z0-9_-]{30,}/],
  ['a Slack token', /\bxox[abprs]-[A-Za-z0-9-]{10,}/],
  ['an npm token', /\bnpm_[A-Za-z0-9]{30,}/],
  ['a Hugging Face token', /\bhf_[A-Za-z0-9]{30,}/],
  ['a Stripe key', /\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}/],
  ['a signed token (JWT)', /\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/],
  ['a private key', /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/],
  ['an Authorization header', /\b(?:Bearer|Basic)\s+(?=[^\s"']*[0-9+/=])[A-Za-z0-9._~+/-]{16,}=*/],
  ['credentials in an address', /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]+:[^\s/@]{3,}@/],
];

/** Fields in which providers put long random text that opens nothing. A key of a known shape is one here, too. */
const harmless =
  /^(?:id|item_id|call_id|tool_call_id|response_id|previous_response_id|system_fingerprint|encrypted_content|obfuscation|embedding|base64|signature|logprobs)$/;
/** Bits per character; base64 of random bytes is near 5 at this length, hex at most 4, English below 4. */
const randomAbove = 4.3;
const candidate = /[A-Za-z0-9+/_-]{32,}={0,2}/g;

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
    for (const [key, item] of Object.entries(value)) walk(item, `${where}.${key}`, found, mayBeRandom || harmless.test(key));
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
      if (harmless.test(key)) walk(item, `${where}${path}.${key}`, found, true);
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

const secretIn = (text: string, mayBeRandom: boolean): string | null => {
  const shape = shapes.find(([, pattern]) => pattern.test(text));
  if (shape) return shape[0];
  if (mayBeRandom) return null;
  const random = (text.match(candidate) ?? []).some(
    (word) => /[a-z]/.test(word) && /[A-Z]/.test(word) && /\d/.test(word) && entropy(word) > randomAbove,
  );
  return random ? 'a long random text' : null;
};

/** Shannon entropy, in bits per character. */
const entropy = (word: string): number => {
  const counts = new Map<string, number>();
  for (const letter of word) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / word.length) * Math.log2(count / word.length), 0);
};
