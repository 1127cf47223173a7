import { expect, test } from 'vitest';
import type { ReleaseRequest } from '../../src/catalog/request.js';
import { createStagingGraph } from '../../src/graph/create.js';
import { parseRequest } from '../../src/graph/parse-request.js';
import { openSimulatedPorts } from '../../src/scenario/simulated-world.js';
import { simulatedConfig } from '../support/simulated-release.js';

const services = ['payments', 'search'].map((name) => ({ name, stable: 'v1.0.0', start: { command: ['true'] } }));
const config = simulatedConfig({ services });
const said = ({ service, version, features }: NonNullable<ReleaseRequest['services']>[number]) =>
  `${service} ${version}${features === undefined ? '' : ` with ${features.join(', ')}`}`;
const read = (text: string) => parseRequest(text, { config, preApprovedBy: null });

test.each<[string, string, string[], string[]]>([
  ['ship storefront v2.2.0 to staging', 'v2.2.0', [], []],
  ['ship storefront v2.2.0 and payments v1.4.0 to staging, promote it', 'v2.2.0', ['payments v1.4.0'], []],
  ['ship storefront 2.2.0, payments 1.4.0 and search v3.0.0 to staging', 'v2.2.0', ['payments v1.4.0', 'search v3.0.0'], []],
  ['ship payments v1.4.0 and storefront v2.2.0 to staging', 'v2.2.0', ['payments v1.4.0'], []],
  ['ship storefront and payments v2.2.0 to staging', 'v2.2.0', ['payments v2.2.0'], []],
  ['ship storefront v2.2.0 with wishlist and payments v1.4.0 to staging', 'v2.2.0', ['payments v1.4.0'], ['wishlist']],
  ['ship storefront v2.2.0 with payments v1.4.0 to staging', 'v2.2.0', ['payments v1.4.0'], []],
  ['ship storefront v2.2.0 with payments-page to staging', 'v2.2.0', [], ['payments-page']],
  ['ship storefront v2.2.0 and payments v1.4.0 with refunds to staging', 'v2.2.0', ['payments v1.4.0 with refunds'], []],
  [
    'ship storefront v2.2.0 with wishlist, payments v1.4.0 with refunds and the receipts, and search v3.0.0 to staging, promote it',
    'v2.2.0',
    ['payments v1.4.0 with refunds, receipts', 'search v3.0.0'],
    ['wishlist'],
  ],
  ['ship storefront v2.2.0 and payments v1.4.0 with refunds and promote it', 'v2.2.0', ['payments v1.4.0 with refunds'], []],
  ['ship storefront and payments v2.2.0 with wishlist to staging', 'v2.2.0', ['payments v2.2.0'], ['wishlist']],
])('%s', (text, version, together, features) => {
  const reading = read(text);
  if ('question' in reading) throw new Error(reading.question);
  const { request } = reading;
  expect([request.version, request.services?.map(said) ?? [], request.features, request.text]).toEqual([version, together, features, text]);
});

test.each([
  ['ship storefront v2.2.0 and payments to staging', 'Which version of payments?'],
  ['ship payments v1.4.0 to staging', 'Which version of storefront does payments go with?'],
  ['ship storefront and payments v1.4.0 or v1.5.0', 'One version at a time'],
  ['ship storefront v2.2.0 and bank v1.0.0', 'This configuration releases storefront, not "bank"'],
])('what is unclear is asked: %s', (text, question) => {
  const reading = read(text);
  expect('question' in reading ? reading.question : reading).toContain(question);
});

test('doors that know one service alone refuse a configuration of several by name', () => {
  expect(() => createStagingGraph({ config, ports: { ...openSimulatedPorts({ config }), services: {} }, simulated: true })).toThrow(
    'Failed to reach payments and search: the simulated environment knows one service, and "services" declares more.',
  );
});
