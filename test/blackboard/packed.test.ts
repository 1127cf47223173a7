import { deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { pack, unpack } from '../../src/blackboard/packed.js';

test.each([
  ['a short text as it is', '{"ok":true}', true],
  ['a longer one in fewer bytes', JSON.stringify({ text: 'ä€🙂 '.repeat(1_000) }), false],
])('%s, and back', (_, text, isText) => {
  const packed = pack(text);
  expect(typeof packed === 'string').toBe(isText);
  expect(packed.length).toBeLessThanOrEqual(text.length);
  expect(unpack(packed)).toBe(text);
});

test.each([
  ['are none', Buffer.from('no such bytes')],
  ['would fill the memory', deflateRawSync(Buffer.alloc(2 ** 28 + 1))],
])('bytes that %s are no text', (_, bytes) => {
  expect(unpack(bytes)).toBe('');
});
