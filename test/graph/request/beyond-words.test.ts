import { expect, test } from 'vitest';
import { checkProposal } from '../../../src/graph/request/beyond-words.js';
import { simulatedConfig } from '../../support/simulated-release.js';
import { now } from './requests.js';

const context = {
  config: simulatedConfig({ approvers: ['alice'] }),
  preApprovedBy: null,
  now,
  features: ['wishlist', 'fast-checkout'],
  versions: ['v2.3.0', 'v2.2.1'],
};
const german = 'Bitte storefront 2.2.0 nach staging, erst 5 % für zehn Minuten';
const checked = (said: string, proposed: string) => checkProposal(proposed, [said], context);

test.each([
  [
    'storefront 2.2.0 in die Produktionsumgebung, aber erst ab 22 Uhr UTC',
    'ship storefront v2.2.0 to staging, promote it if it is healthy, not before 22:00 UTC',
    /production not before 2026-01-01 22:00 UTC/,
  ],
  [german, 'ship storefront v2.2.0 to staging only, canary at 5 % for ten minutes', /canary at 5 % for 10 min first/],
  [
    '本番に storefront ２.２.０ をリリースしてください',
    'ship storefront v2.2.0 to staging, promote it if it is healthy',
    /then to production/,
  ],
  ['la última de storefront, solo staging', 'ship storefront v2.3.0 to staging only', /^storefront v2\.3\.0 to staging only$/],
  ['the wish list thing, 2.2.0, rehearsal only', 'ship storefront 2.2.0 with wishlist to staging only', /with wishlist/],
  [
    'storefront 2.2.0 in Produktion, aber erst wenn Anna vom QA-Team/Süd zugestimmt hat',
    'ship storefront v2.2.0 to staging, promote it if it is healthy, not before Anna vom QA-Team/Süd zugestimmt hat',
    /an approver must confirm: Anna vom QA-Team\/Süd zugestimmt hat/,
  ],
])('"%s" may be read as "%s"', (said, proposed, understood) => {
  expect(checked(said, proposed)).toMatchObject({ understood: expect.stringMatching(understood) as string });
});

test.each([
  ['a version that nobody named', german, 'ship storefront v2.9.9 to staging only', /nobody named 2\.9\.9/],
  ['a service of somebody else', german, 'ship billing v2.2.0 to staging only', /not "billing"/],
  [
    'production that nobody asked for',
    german,
    'ship storefront v2.2.0 to staging, promote it if it is healthy',
    /nobody asked for production/,
  ],
  ['an environment that is none', german, 'ship storefront v2.2.0 to qa', /asks back/],
  ['a feature that nobody knows', german, 'ship storefront v2.2.0 with backdoor to staging only', /nobody named backdoor/],
  ['a number that nobody said', german, 'ship storefront v2.2.0 to staging only, canary at 3 % for ten minutes', /nobody named 3/],
  ['a number that is a part of another', german, 'ship storefront v2.2.0 to staging only, canary at 2 % for ten minutes', /nobody named 2/],
  [
    'a version that is a part of another',
    'storefront 12.2.0 nach staging',
    'ship storefront v2.2.0 to staging only',
    /nobody named 2\.2\.0/,
  ],
  [
    'production that only a product and a delivery sound like',
    'deliver the product catalogue, storefront 2.2.0',
    'ship storefront v2.2.0 to staging, promote it if it is healthy',
    /nobody asked for production/,
  ],
  ['less care than is configured', german, 'ship storefront v2.2.0 to staging only, canary at 50 %', /less careful/],
  ['an approval', german, 'ship storefront v2.2.0 to staging only, it is approved by alice', /does not follow all of it/],
  ['a decision in place of a request', german, 'approve', /A decision answers the question/],
  ['gates that are passed by', german, 'ship storefront v2.2.0 to staging only, skip the tests', /does not follow all of it/],
  [
    'a person who was not named, to confirm it',
    'storefront 2.2.0 in Produktion',
    'ship storefront v2.2.0 to staging, promote it if it is healthy, not before Mallory agrees',
    /nobody named Mallory/,
  ],
  [
    'a condition in other words than the person used',
    'storefront 2.2.0 in Produktion, aber erst nach dem Audit',
    'ship storefront v2.2.0 to staging, promote it if it is healthy, not before the audit is over',
    /"the audit is over" is not what was said/,
  ],
  [
    'a condition that decides',
    'storefront 2.2.0 in Produktion',
    'ship storefront v2.2.0 to staging, promote it if it is healthy, not before somebody signs off',
    /nobody said "signs"/,
  ],
  [
    'a feature to develop that nobody described',
    german,
    'ship storefront v2.2.0 to staging only and develop "a way around the login"',
    /"a way around the login" is not what was said/,
  ],
])('%s is refused', (_, said, proposed, why) => {
  expect(checked(said, proposed)).toEqual({ refused: expect.stringMatching(why) as string });
});
