import { expect, test } from 'vitest';
import { parseRequest } from '../../../src/graph/parse-request.js';
import { simulatedConfig } from '../../support/simulated-release.js';
import { now, requests, type Expected } from './requests.js';

const context = {
  config: simulatedConfig(),
  preApprovedBy: null,
  now,
  last: {
    service: 'storefront',
    version: 'v2.1.1',
    features: ['gift-cards', 'loyalty'],
    target: 'production' as const,
    text: 'ship storefront v2.1.1 with gift-cards and loyalty to production',
    preApprovedBy: 'owner',
  },
  features: ['wishlist', 'fast-checkout', 'gift-wrap', 'gift-cards', 'loyalty'],
  versions: ['v2.3.0', 'v2.2.1', 'v2.2.0', 'v2.1.1'],
};

const rows = Object.entries(requests).flatMap(([kind, table]) => table.map(([sentence, expected]) => ({ kind, sentence, expected })));

test('the table holds at least 150 sentences, each once', () => {
  expect(new Set(rows.map((row) => row.sentence)).size).toBe(rows.length);
  expect(rows.length).toBeGreaterThanOrEqual(150);
});

test.each(rows)('$kind: $sentence', ({ sentence, expected }) => {
  const reading = parseRequest(sentence, context);
  if ('asks' in expected) return asksBack(reading, expected);
  if ('question' in reading) throw new Error(`asked back (${reading.point}): ${reading.question}`);
  const { service, text, preApprovedBy, ...read } = reading.request;
  expect(read).toEqual(expected.reads);
  expect({ service, text, preApprovedBy }).toEqual({ service: 'storefront', text: sentence, preApprovedBy: null });
  expect(reading.notes).toEqual(expected.notes.map((note) => expect.stringMatching(note) as string));
});

const asksBack = (reading: ReturnType<typeof parseRequest>, expected: Extract<Expected, { asks: string }>) => {
  if (!('question' in reading)) throw new Error(`understood: ${reading.understood} ${reading.notes.join(' ')}`);
  expect(reading.point).toBe(expected.asks);
  expect(reading.question).toMatch(expected.question);
  if (expected.choices) expect(reading.choices).toEqual(expected.choices);
};
