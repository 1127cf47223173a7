/** Chance that depends on a seed alone (mulberry32, Tommy Ettinger): the same input can be made again. */
export type Chance = {
  /** 0 <= x < below. */
  under: (below: number) => number;
  one: <T>(of: readonly T[]) => T;
};

export const chanceOf = (seed: number): Chance => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const under = (below: number): number => Math.floor(next() * below);
  return { under, one: (of) => of[under(of.length)] as (typeof of)[number] }; // no list here is empty
};

/** What parsers stumble over. */
const awkward = ['', '\0', '\ud800', '\udfff', '\u202e', '\ufeff', '\r\n', '\u2028', '"', "'", '`', '\\', '{', '}', '[', ']', '<', '>', '&', '%', '#', ':', '- ', '*', '!!', '&a', '*a', '<<: ', '|', '\t', ' ', '-', '+', '.', 'e', '0x', '1e999', '-0', '9007199254740993', 'NaN', 'Infinity', 'null', 'true', '__proto__', 'constructor', 'toString', '<![CDATA[', ']]>', '<!ENTITY x "y">', '&x;', '<!--', '${', '{{', '/*', '(?:', '((((((((', '[[[[[[[[', '𝒳', 'ß', 'İ', '🙂', 'é', 'v1.2.3', '../', '\u0000\u0000']; // prettier-ignore

/** The bytes of a text changed in one to six places: cut, doubled, swapped, flipped, overgrown. */
export const mutateBytes = (sample: string, chance: Chance): string => {
  let bytes = Buffer.from(sample);
  for (let round = 1 + chance.under(6); round > 0; round -= 1) {
    const at = chance.under(bytes.length + 1);
    const until = Math.min(bytes.length, at + 1 + chance.under(chance.one([1, 4, 32, 256])));
    const some = bytes.subarray(at, until);
    bytes = Buffer.concat(
      chance.one<() => Uint8Array[]>([
        () => [bytes.subarray(0, at), bytes.subarray(until)],
        () => [bytes.subarray(0, at)],
        () => [bytes.subarray(0, until), ...Array<Uint8Array>(chance.one([1, 2, 40])).fill(some), bytes.subarray(until)],
        () => [bytes.subarray(0, at), Buffer.from([chance.under(256)]), bytes.subarray(Math.min(bytes.length, at + 1))],
        () => [bytes.subarray(0, at), Buffer.from(chance.one(awkward)), bytes.subarray(at)],
        () => [bytes.subarray(0, at), Buffer.from(chance.one(awkward)), bytes.subarray(until)],
        () => [bytes.subarray(0, at), Buffer.from(chance.one(awkward).repeat(chance.one([2, 50, 2_000]))), bytes.subarray(at)],
        () => [some, bytes],
      ])(),
    ).subarray(0, 100_000);
  }
  return bytes.toString(chance.under(20) === 0 ? 'latin1' : 'utf8');
};

const strange: readonly (() => unknown)[] = [
  () => null,
  () => undefined,
  () => true,
  () => 0,
  () => -1,
  () => -0,
  () => 1e308,
  () => NaN,
  () => Infinity,
  () => 2 ** 53,
  () => '',
  () => 'x'.repeat(50_000),
  () => [],
  () => ({}),
  () => [[[[[[[[[[]]]]]]]]]],
  () => JSON.parse('{"__proto__":{"polluted":true}}') as unknown,
  () => nested(2_000),
  () => Array.from({ length: 2_000 }, (_, index) => index),
];

const nested = (depth: number): unknown => {
  let value: unknown = 'deep';
  for (let level = 0; level < depth; level += 1) value = [value];
  return value;
};

/** A value changed in one to four places of its tree. */
export const mutateTree = (sample: unknown, chance: Chance): unknown => {
  let value = structuredClone(sample);
  for (let round = 1 + chance.under(4); round > 0; round -= 1) value = changedAt(value, chance, 1 + chance.under(6));
  return value;
};

const changedAt = (value: unknown, chance: Chance, depth: number): unknown => {
  if (typeof value === 'string' && chance.under(3) === 0) return mutateBytes(value, chance);
  if (typeof value === 'number' && chance.under(3) === 0) return value * chance.one([-1, 0, 0.5, 1e9, 1e-9]);
  if (depth === 0 || typeof value !== 'object' || value === null) return chance.one(strange)();
  const entries: [string, unknown][] = Object.entries(value);
  const at = chance.under(entries.length + 1);
  const [key, inner] = entries[at] ?? [chance.one(['new', '__proto__', 'constructor', 'length', 'toJSON', '0', '']), null];
  const change = chance.under(6);
  if (Array.isArray(value)) {
    if (change === 0) return value.filter((_, index) => index !== at);
    if (change === 1) return [...(value as unknown[]), inner, inner];
    return (value as unknown[]).map((one, index) => (index === at ? changedAt(one, chance, depth - 1) : one));
  }
  if (change === 0) return Object.fromEntries(entries.filter((_, index) => index !== at));
  if (change === 1) return Object.fromEntries([...entries, [`${key}${chance.one(awkward)}`, inner]]);
  return Object.fromEntries([...entries.filter(([name]) => name !== key), [key, changedAt(inner, chance, depth - 1)]]);
};
