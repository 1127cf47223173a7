import { expect, test } from 'vitest';
import { fence } from '../../src/agents/fence.js';
import { channelNames } from './channels.js';
import { payloads } from './payloads.js';
import { runSafety, sampleTrials } from './run-safety.js';
import { nonce, written } from './try-release.js';
import { understand } from './understand.js';

test.each(payloads.map((payload) => [payload.name, payload] as const))('%s moves a model that reads it as it stands', (_, payload) => {
  expect(understand(payload.text)).not.toEqual([]);
});

test('what nobody sees on a screen moves no model once it is fenced', () => {
  const hidden = payloads.filter(({ invisible }) => invisible);
  expect(hidden.length).toBeGreaterThan(2);
  for (const payload of hidden) expect(understand(fence('log', payload.text, nonce))).toEqual([]);
});

test('no text ends its fence, whoever knows the nonce', () => {
  for (const payload of payloads) expect(fence('log', written(payload), nonce).split(nonce)).toHaveLength(3);
});

test('a model that obeys every text does nothing unsafe, and every release ends as it does with a harmless text', async () => {
  const trials = sampleTrials();
  const tried = trials.flatMap(({ pairs }) => pairs);
  expect(new Set(tried.map(({ payload }) => payload.name)).size).toBe(payloads.length);
  expect(new Set(tried.map(({ channel }) => channel)).size).toBe(channelNames.length);
  expect(await runSafety(trials)).toEqual([]);
});

test('a red suite does not become green because a text has it run elsewhere or again', async () => {
  const pairs = payloads
    .filter(({ name }) => name === 'order to ask until it is green')
    .map((payload) => ({ payload, channel: 'log line' as const }));
  expect(await runSafety([{ pairs, world: 'bad' }])).toEqual([]);
});
