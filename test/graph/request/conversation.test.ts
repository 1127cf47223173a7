import { expect, test } from 'vitest';
import { readConversation } from '../../../src/graph/request/read-conversation.js';
import { simulatedConfig } from '../../support/simulated-release.js';
import { now } from './requests.js';

const context = {
  config: simulatedConfig(),
  preApprovedBy: null,
  now,
  features: ['wishlist', 'fast-checkout'],
  versions: ['v2.3.0', 'v2.2.1', 'v2.2.0'],
};
const talk = (...said: string[]) => readConversation(said, context);

test.each([
  ['a version is added', ['ship storefront with wishlist', '2.2.0'], { version: 'v2.2.0', features: ['wishlist'] }],
  ['a number chooses', ['ship storefront 2.2 to production', '2'], { version: 'v2.2.0', target: 'production' }],
  ['"yes" takes the one that is offered', ['ship storfront v2.2.0 to production', 'yes'], { version: 'v2.2.0', target: 'production' }],
  [
    'a misspelt feature is replaced',
    ['ship storefront v2.2.0 with wishlst and fast-checkout', 'wishlist'],
    { features: ['wishlist', 'fast-checkout'] },
  ],
  ['a word that is confirmed stays as it is', ['ship storefront v2.2.0 with wishlst', 'wishlst'], { features: ['wishlst'] }],
  ['one of two versions is taken', ['ship storefront v2.2.0 or v2.3.0 to staging', 'v2.3.0'], { version: 'v2.3.0' }],
  [
    'two unclear points are two questions',
    ['ship storefront with wishlst', 'v2.2.0', 'the first one'],
    { version: 'v2.2.0', features: ['wishlist'] },
  ],
  [
    'a less careful wish gives way',
    ['ship storefront v2.2.0 to staging, canary at 50 % for a minute', 'as configured'],
    { care: undefined, target: 'staging' },
  ],
  [
    'a condition brings the promotion it needs',
    ['ship storefront v2.2.0 to staging, not before the audit', '1'],
    { target: 'production', conditions: ['the audit'] },
  ],
  [
    'a condition is left out only when a person says so',
    ['ship storefront v2.2.0 to staging, not before the audit', 'leave it out'],
    { target: 'staging', conditions: undefined },
  ],
  ['a time gets its zone', ['ship storefront v2.2.0 to production tonight at 10', '1'], { notBeforeAt: Date.UTC(2026, 0, 1, 22) }],
  [
    'what was not understood is left out',
    ['ship storefront v2.2.0 to staging but never during the sale', 'leave it out'],
    { version: 'v2.2.0' },
  ],
  [
    'a sentence in another language is confirmed in English',
    ['Bitte storefront v2.2.0 nach staging ausrollen und freigeben wenn gesund', '2'],
    { version: 'v2.2.0', target: 'production' },
  ],
  [
    'a whole new sentence takes the place of the old one',
    ['ship storefront with gift-wrap', 'ship storefront v2.3.0 to staging only'],
    { version: 'v2.3.0', features: [] },
  ],
])('%s', (_, said, wanted) => {
  const { reading, open } = talk(...said);
  if ('question' in reading) throw new Error(reading.question);
  const { request } = reading;
  expect(Object.fromEntries(Object.entries(request).filter(([key]) => key in wanted))).toEqual(
    Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined)),
  );
  expect(request.text.endsWith(said.at(-1) ?? '')).toBe(true);
  expect(open).toBeNull();
});

test('the completed sentence says it all at once', () => {
  const { sentence, reading } = talk('ship storfront with wishlst to production', 'storefront', 'v2.2.0', 'wishlist');
  const again = talk(sentence).reading;
  if ('question' in reading || 'question' in again) throw new Error('asked back');
  expect({ ...again.request, text: '' }).toEqual({ ...reading.request, text: '' });
});

test('nothing is asked about twice: an answer that leaves it unclear begins nothing, and says so', () => {
  const { reading, open } = talk('ship storefront v2.2.0 to staging but never during the sale', 'but never during the sale, I said');
  expect(reading).toMatchObject({ question: expect.stringMatching(/^That is still not clear to me, so nothing begins/) as string });
  expect(open).toBeNull();
});

test.each(['no', 'never mind', 'forget it'])('"%s" ends the matter', (answer) => {
  const { reading, open } = talk('ship storefront', answer);
  expect(reading).toMatchObject({ question: 'Nothing begins.' });
  expect(open).toBeNull();
});
