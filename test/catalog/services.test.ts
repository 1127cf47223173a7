import { expect, test } from 'vitest';
import { addressVariable, configOf, servicesInOrder } from '../../src/catalog/services.js';
import { parseConfig } from '../../src/graph/parse-config.js';

const start = { command: ['true'] };
const payments = { name: 'payments', stable: 'v1', start };
const parse = (changes: object) => parseConfig({ service: { name: 'shop', start }, approvers: ['ada'], ...changes });

test.each<[string, object, string]>([
  ['a name twice', { services: [payments, payments] }, '"services.1.name" "payments" stands there twice'],
  ['the name of the first', { services: [{ ...payments, name: 'shop' }] }, '"services.0.name" "shop" stands there twice'],
  ['no version before any release', { services: [{ name: 'payments', start }] }, '"services.0.stable" is missing'],
  ['a dependency that is not there', { services: [{ ...payments, dependsOn: ['bank'] }] }, '"bank" is no other service'],
  [
    'a circle',
    { service: { name: 'shop', start, dependsOn: ['payments'] }, services: [{ ...payments, dependsOn: ['shop'] }] },
    'depend on each other in a circle: shop, payments',
  ],
  [
    'a copy of data',
    { services: [{ ...payments, data: { copy: { from: 'production', seed: 'sixteen-letters-!', command: { command: ['true'] } } } }] },
    '"services.0.data.copy" is known for "service" alone',
  ],
  [
    'a route',
    { services: [payments], rollout: { route: { match: [{ headerName: 'x-beta', headerValue: { exact: '1' } }] } } },
    '"rollout.route" is known for one service alone',
  ],
  [
    'a suite of nobody',
    { suites: [{ name: 'api', kind: 'api', command: ['true'], service: 'bank' }] },
    '"suites.0.service" "bank" is no service of this configuration',
  ],
  [
    'two suites of one name',
    {
      services: [payments],
      suites: [
        { name: 'api', kind: 'api', command: ['true'] },
        { name: 'api', kind: 'api', command: ['true'], service: 'payments' },
      ],
    },
    '"suites.1.name" "api" stands there twice',
  ],
])('a configuration of several services with %s is refused by name', (_, changes, says) => {
  expect(() => parse(changes)).toThrow(says);
});

test('each service comes after those that it depends on, and the first last where nothing decides', () => {
  const search = { ...payments, name: 'search' };
  expect(servicesInOrder(parse({ services: [payments, search] }))).toEqual(['payments', 'search', 'shop']);
  expect(servicesInOrder(parse({ services: [{ ...payments, dependsOn: ['search'] }, search] }))).toEqual(['search', 'payments', 'shop']);
  expect(servicesInOrder(parse({ services: [{ ...payments, dependsOn: ['shop'] }] }))).toEqual(['shop', 'payments']);
});

test('a service sees its own paths, suites and checks, and nobody beside it', () => {
  const config = parse({
    services: [{ ...payments, criticalUserPaths: ['/pay'], off: { ui_tests: 'no page' } }],
    suites: [
      { name: 'shop-api', kind: 'api', command: ['true'] },
      { name: 'pay-api', kind: 'api', command: ['true'], service: 'payments' },
    ],
    criticalUserPaths: ['/cart'],
    gates: { off: { smoke_tests: 'none' } },
    load: { paths: ['/cart'] },
    traffic: { staging: { paths: ['/cart'] } },
  });
  const own = configOf(config, 'shop');
  expect([own.suites.map(({ name }) => name), own.gates.off, own.criticalUserPaths]).toEqual([
    ['shop-api'],
    { smoke_tests: 'none' },
    ['/cart'],
  ]);
  const its = configOf(config, 'payments');
  expect([its.service.name, its.services, its.suites.map(({ name }) => name)]).toEqual(['payments', [], ['pay-api']]);
  expect([its.gates.off, its.criticalUserPaths, its.load.paths, its.traffic.staging?.paths]).toEqual([
    { ui_tests: 'no page' },
    ['/pay'],
    undefined,
    undefined,
  ]);
});

test('the address of a service comes in a variable of its name', () => {
  expect(addressVariable('card-payments')).toBe('CARD_PAYMENTS_URL');
});
