import { hash } from 'node:crypto';

/** JSON with sorted keys, so that equal values have equal text (the idea of RFC 8785, for the values that JSON itself can hold). */
export const canonicalJson = (value: unknown): string => JSON.stringify(sorted(value));

/** `sha256:` and the hex digest of the canonical JSON. */
export const digestOf = (value: unknown): string => digestOfText(canonicalJson(value));

/** The same, of canonical JSON that is at hand already. */
export const digestOfText = (text: string): string => `sha256:${hash('sha256', text)}`;

/** Every digest that stands in a text. */
export const digestsIn = (text: string): string[] => text.match(/sha256:[0-9a-f]{64}/g) ?? [];

const sorted = (value: unknown): unknown => {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(sorted);
  const given = value as Record<string, unknown>; // any object is one
  const inOrder: typeof given = {};
  for (const key of Object.keys(given).sort()) {
    const item = given[key];
    if (item === undefined) continue;
    if (key === '__proto__')
      Object.defineProperty(inOrder, key, { value: sorted(item), enumerable: true }); // a name like any other
    else inOrder[key] = sorted(item);
  }
  return inOrder;
};
