import { alwaysSecret, isValue, longWord, looksRandom, namedSecret, secretShapes, secretVariable } from './secret-shapes.js';

const redacted = '[redacted]';
/** Shorter ones are words, and striking them out would tell more than it hides. */
const shortest = 8;

/**
 * The secrets that this process knows by their value. They are a fact of the process, like its environment, so that an error that is
 * thrown anywhere can be told without them.
 */
const known = new Set<string>();
let knownPattern: RegExp | null = null;

/** From now on these values are struck out wherever text leaves this process or is kept: as they are, and as JSON and addresses write them. */
export const hide = (values: Iterable<string | undefined>): void => {
  const before = known.size;
  for (const value of values) {
    if (value === undefined || value.length < shortest) continue;
    for (const written of [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)]) known.add(written);
  }
  if (known.size === before) return;
  const longestFirst = [...known].sort((a, b) => b.length - a.length);
  knownPattern = new RegExp(longestFirst.map((value) => value.replaceAll(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`)).join('|'), 'g');
};

/** Hides what stands in the environment under a name that only a secret has, and under the names given. */
export const hideEnvironment = (environment: Readonly<Record<string, string | undefined>>, names: readonly string[] = []): void =>
  hide(Object.entries(environment).flatMap(([name, value]) => (names.includes(name) || secretVariable.test(name) ? [value] : [])));

/** Text without secrets: those that are known, those with a provider's shape, those that follow a telling name, and long random words. */
export const redact = (text: string): string => strike(text, true);

/** Any JSON-like value without secrets; what holds none is given back as it is. */
export const redactAll = <T>(value: T): T => walk(value, '', true) as T; // the same shape, with other texts in it

/** A JSON document without secrets; it stays JSON. */
export const redactDocument = (text: string): string => {
  if (redact(text) === text) return text;
  try {
    return JSON.stringify(redactAll(JSON.parse(text) as unknown));
  } catch {
    return redact(text); // not JSON after all
  }
};

/** What a text gives away, by its shape; null where nothing is seen. */
export const secretIn = (text: string, mayBeRandom = false): string | null => {
  const shape = secretShapes.find(({ pattern }) => text.search(pattern) >= 0);
  if (shape !== undefined) return shape.what;
  return !mayBeRandom && (text.match(longWord) ?? []).some(looksRandom) ? 'a long random text' : null;
};

/** Fields in which providers put long random text that opens nothing. A key of a known shape is one here, too. */
export const harmlessName =
  /^(?:id|item_id|call_id|tool_call_id|response_id|previous_response_id|system_fingerprint|encrypted_content|obfuscation|embedding|base64|signature|logprobs)$/;

const strike = (text: string, random: boolean): string => {
  if (text.length < shortest - 2) return text;
  let done = knownPattern === null ? text : text.replace(knownPattern, redacted);
  for (const { pattern } of secretShapes) done = done.replace(pattern, redacted);
  done = done.replace(namedSecret, (whole, name: string, joint: string, value: string) =>
    isValue(joint, value) ? `${name}${joint}${redacted}` : whole,
  );
  return random ? done.replace(longWord, (word) => (looksRandom(word) ? redacted : word)) : done;
};

const walk = (value: unknown, name: string, random: boolean): unknown => {
  if (typeof value === 'string') return alwaysSecret.test(name) && value !== '' ? redacted : strike(value, random);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items: unknown[] = value.map((item) => walk(item, name, random));
    return items.every((item, at) => item === value[at]) ? value : items;
  }
  const entries = Object.entries(value).map(([key, item]) => [key, item, walk(item, key, random && !harmlessName.test(key))] as const);
  return entries.every(([, before, after]) => before === after) ? value : Object.fromEntries(entries.map(([key, , after]) => [key, after]));
};
