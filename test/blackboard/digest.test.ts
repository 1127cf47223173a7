import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../src/blackboard/digest.js';

/** The values of each object in the order of their names, said another way than in the code. */
const reordered = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reordered);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).toReversed().map(([key, item]) => [key, reordered(item)])); // prettier-ignore
};

test('equal values have equal text, in whatever order their names came, and nothing of them is lost', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value);
      expect(canonicalJson(reordered(value))).toBe(text);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('names are in order, what is undefined is left out, and __proto__ is a name like any other', () => {
  const odd: unknown = JSON.parse('{"b":1,"__proto__":{"z":2,"a":[{"d":3,"c":null}]},"10":4,"9":5}');
  expect(canonicalJson(odd)).toBe('{"9":5,"10":4,"__proto__":{"a":[{"c":null,"d":3}],"z":2},"b":1}');
  expect(canonicalJson({ a: undefined, b: [undefined, 1] })).toBe('{"b":[null,1]}');
});
