import { alwaysSecret, isValue, longWord, looksRandom, namedSecret, secretShapes, secretVariable } from './secret-shapes.js';

const redacted = '[redacted]';
/** Shorter ones are words, and striking them out would tell more than it hides. */
const shortest = 8;

/**
 * The secrets that this process knows by their value. They are a fact of the process, like its environment, so that an error that is
 * thrown anywhere can be told without them.
 */
const known = new Set<string>();
const spared = new Set(['production']);
let knownPattern: RegExp | null = null;

/**
 * From now on these values are struck out wherever text leaves this process or is kept: as they are, and as JSON and addresses write
 * them. Of an address with a password in it, the password too.
 */
export const hide = (values: Iterable<string | undefined>): void => {
  const before = known.size;
  for (const value of values) {
    for (const secret of [value ?? '', ...passwordsIn(value ?? '')]) {
      if (secret.length < shortest) continue;
      for (const written of [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]) known.add(written);
    }
  }
  if (known.size > before) compile();
};

/**
 * Names that a release is about, of services and people: a secret that is spelled like one of them is no secret, and struck out it would
 * take the name out of every request and row.
 */
export const spare = (names: Iterable<string>): void => {
  const before = spared.size;
  for (const name of names) spared.add(name);
  if (spared.size > before) compile();
};

/** Goes up whenever this process learns what is secret, or what is not: what was looked through before is looked through again. */
export const secretsKnown = (): number => timesLearned;
let timesLearned = 0;

const compile = (): void => {
  timesLearned += 1;
  cache.clear();
  clean = new WeakSet();
  const longestFirst = [...known].filter((value) => !spared.has(value)).sort((a, b) => b.length - a.length);
  const alternatives = longestFirst.map((value) => value.replaceAll(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`));
  knownPattern = alternatives.length === 0 ? null : new RegExp(alternatives.join('|'), 'g');
};

/** As it stands in the address, and as it is. */
const passwordsIn = (address: string): string[] => {
  const [, password = ''] = /^[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:([^\s/@]+)@/i.exec(address) ?? [];
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password]; // a lone % is one of its own letters
  }
};

/** Hides what stands in the environment under a name that only a secret has, and under the names given. */
export const hideEnvironment = (environment: Readonly<Record<string, string | undefined>>, names: readonly string[] = []): void =>
  hide(Object.entries(environment).flatMap(([name, value]) => (names.includes(name) || secretVariable.test(name) ? [value] : [])));

/** Text without secrets: those that are known, those with a provider's shape, those that follow a telling name, and long random words. */
export const redact = (text: string): string => strike(text, true);

/** Any JSON-like value without secrets; what holds none is given back as it is. It is not changed afterwards: it is looked through once. */
export const redactAll = <T>(value: T): T => {
  const done = walk(value, '', true);
  if (typeof done === 'object' && done !== null) clean.add(done);
  return done as T; // the same shape, with other texts in it
};

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
  const shape = secretShapes.find(({ marks, pattern }) => marks.some((mark) => text.includes(mark)) && text.search(pattern) >= 0);
  if (shape !== undefined) return shape.what;
  return !mayBeRandom && (text.match(longWord) ?? []).some(looksRandom) ? 'a long random text' : null;
};

/** Fields in which providers put long random text that opens nothing. A key of a known shape is one here, too. */
export const harmlessName =
  /^(?:id|item_id|call_id|tool_call_id|response_id|previous_response_id|system_fingerprint|encrypted_content|obfuscation|embedding|base64|signature|logprobs)$/;

/** What texts became, as the same ones come by at every step of a release. */
const cache = new Map<string, string>();
const mostCached = 2_000;
const longestCached = 8_000;

const strike = (text: string, random: boolean): string => {
  if (text.length < shortest - 2) return text;
  if (text.length > longestCached || !random) return search(text, random);
  const found = cache.get(text);
  if (found !== undefined) return found;
  if (cache.size >= mostCached) cache.clear();
  const done = search(text, random);
  cache.set(text, done);
  return done;
};

const search = (text: string, random: boolean): string => {
  let done = knownPattern === null ? text : text.replace(knownPattern, redacted);
  for (const { marks, pattern } of secretShapes) if (marks.some((mark) => text.includes(mark))) done = done.replace(pattern, redacted);
  done = done.replace(namedSecret, (whole, name: string, joint: string, value: string) =>
    isValue(joint, value) ? `${name}${joint}${redacted}` : whole,
  );
  return random ? done.replace(longWord, (word) => (looksRandom(word) ? redacted : word)) : done;
};

/** What was looked through already, and is not changed afterwards. */
let clean = new WeakSet<object>();

const walk = (value: unknown, name: string, random: boolean): unknown => {
  if (typeof value === 'string') return alwaysSecret.test(name) && value !== '' ? redacted : strike(value, random);
  if (typeof value !== 'object' || value === null || clean.has(value)) return value;
  if (Array.isArray(value)) return each(value, (item: unknown) => walk(item, name, random));
  const inside = (key: string, item: unknown): unknown =>
    typeof item === 'string' || typeof item === 'object' ? walk(item, key, random && !harmlessName.test(key)) : item;
  for (const [key, item] of Object.entries(value))
    if (inside(key, item) !== item || strike(key, true) !== key)
      return Object.fromEntries(Object.entries(value).map(([one, held]) => [strike(one, true), inside(one, held)]));
  return value;
};

const each = (items: readonly unknown[], change: (item: unknown) => unknown): unknown => {
  let changed: unknown[] | null = null;
  for (const [at, item] of items.entries()) {
    const after = change(item);
    if (after !== item) (changed ??= [...items])[at] = after;
  }
  return changed ?? items;
};
