import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Ledger } from '../../src/replay/ledger.js';
import { normaliser, questionDigest, rulesOf } from '../../src/replay/rules.js';
import { shareParts, unshareParts } from '../../src/replay/share-parts.js';
import { tapeFormat, tapeVersion, type Json, type Tape, type TapeFile } from '../../src/replay/tape-file.js';
import { splitEvents } from '../../src/replay/wire.js';
import { wordDiff } from '../../src/replay/word-diff.js';

const tapeWith = (bodies: readonly Json[]): Tape => ({
  format: tapeFormat,
  version: tapeVersion,
  header: {
    source: 'authored',
    program: 'laws',
    recordedAt: '2026-01-01T00:00:00.000Z',
    endpoints: [],
    models: [],
    packages: {},
    prompts: {},
    rules: [],
  },
  calls: bodies.map((body, at) => ({
    lane: '',
    ordinal: at + 1,
    request: { method: 'POST', target: 'responses', body },
    reply: { kind: 'timeout', message: 'late' },
  })),
  values: [],
});

const eventText = fc
  .array(fc.constantFrom('data: a', '\n', '\r\n', '\r', ': note', 'é👋', '\n\n'), { maxLength: 30 })
  .map((pieces) => pieces.join(''));

test('the pieces of a stream, joined, are the stream', () => {
  fc.assert(fc.property(eventText, (text) => void expect(splitEvents(text).join('')).toBe(text)));
});

test('normalising twice is normalising once, and the order of keys makes no difference', () => {
  const { json } = normaliser(rulesOf(['iso-time', 'unix-ms', 'uuid', 'temp-path', 'port', 'duration']));
  const words = fc.constantFrom(
    '2026-01-02T03:04:05Z',
    '1767225600000',
    '/tmp/x/y.txt',
    'http://localhost:80/',
    '12 ms',
    'plain',
    '5f0c3a54-7b1e-4c7e-9d3a-0f8e6a1b2c3d',
  );
  const text = fc.array(words, { maxLength: 6 }).map((list) => list.join(' '));
  fc.assert(
    fc.property(fc.dictionary(fc.string(), text), (value) => {
      const once = json(value);
      expect(json(once)).toEqual(once);
      const reversed = Object.fromEntries(Object.entries(value).reverse());
      expect(questionDigest(json(reversed))).toBe(questionDigest(once));
    }),
  );
});

test('what several requests repeat is written once, and every request is read whole', () => {
  const long = fc.constantFrom('a', 'b').map((letter) => letter.repeat(300));
  const body = fc.letrec<{ json: Json }>((tie) => ({
    json: fc.oneof(
      { depthSize: 'small' },
      long,
      fc.integer(),
      fc.record({ $part: fc.constantFrom('0123456789abcdef', 'other') }),
      fc.array(tie('json'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('messages', 'tools', '$part'), tie('json')),
    ),
  })).json;
  fc.assert(
    fc.property(fc.array(body, { maxLength: 4 }), (bodies) => {
      const tape = tapeWith(bodies);
      const file = JSON.parse(JSON.stringify(shareParts(tape))) as TapeFile;
      expect(unshareParts(file, 'one.tape.json')).toEqual(tape);
    }),
  );
  const twice = JSON.stringify(shareParts(tapeWith([{ messages: ['a'.repeat(300), 1] }, { messages: ['a'.repeat(300), 2] }])));
  expect(twice.split('a'.repeat(300))).toHaveLength(2);
});

test('a word diff is empty exactly where the words are the same', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', ' ', '\n'), { maxLength: 20 }).map((pieces) => pieces.join(' '));
  const words = (value: string) => value.split(/\s+/).filter(Boolean).join(' ');
  fc.assert(fc.property(text, text, (a, b) => void expect(wordDiff(a, b) === '').toBe(words(a) === words(b))));
});

test('whatever the interleaving of lanes, each lane gets its own recordings in their order', () => {
  const asks = fc.array(fc.record({ lane: fc.constantFrom('a', 'b', 'c'), digest: fc.constantFrom('x', 'y') }), { maxLength: 30 });
  fc.assert(
    fc.property(asks, fc.infiniteStream(fc.nat()), (asked, order) => {
      const recorded = asked.map((ask, at) => ({ ...ask, item: at }));
      const ledger = new Ledger<number>(recorded, () => true);
      const lanes = new Map(['a', 'b', 'c'].map((lane) => [lane, recorded.filter((entry) => entry.lane === lane)]));
      for (let left = asked.length; left > 0; left--) {
        const open = [...lanes.values()].filter((entries) => entries.length > 0);
        const next = open[(order.next().value ?? 0) % open.length]!.shift()!;
        const place = { lane: next.lane, visit: next.lane, attempt: 1 };
        expect(ledger.take(place, next.digest)).toBe(next.item);
      }
      expect(ledger.unused()).toEqual([]);
    }),
  );
});
