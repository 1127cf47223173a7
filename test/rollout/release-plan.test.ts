import fc from 'fast-check';
import { expect, test } from 'vitest';
import { declaredKinds, type Migration, type MigrationKind } from '../../src/catalog/data.js';
import {
  kindOf,
  migrationRisks,
  objectionTo,
  pendingMigrations,
  planRelease,
  wantsSnapshot,
  wayBack,
  type Facts,
  type ServiceInPlan,
} from '../../src/rollout/release-plan.js';

const migration = (kind: Migration['kind'], id: string = kind): Migration => ({ id, kind, why: '' });
const kinds: MigrationKind[] = ['none', ...declaredKinds, 'undeclared'];

const service = (kind: MigrationKind, changes: Partial<ServiceInPlan> = {}): ServiceInPlan => ({
  service: 'shop',
  version: 'v2',
  previousVersion: 'v1',
  kind,
  migrations: kind === 'none' || kind === 'undeclared' ? [] : [migration(kind)],
  hasSnapshot: true,
  strategy: 'canary',
  ...changes,
});

test('pending is what the version before does not know, and nothing is known of a version that declares nothing', () => {
  const [one, two] = [migration('compatible', 'one'), migration('snapshot', 'two')];
  expect(pendingMigrations([one, two], [one])).toEqual([two]);
  expect(pendingMigrations([one], null)).toEqual([one]);
  expect(kindOf(pendingMigrations(null, [one]))).toBe('undeclared');
  expect(kindOf(pendingMigrations([one], [one]))).toBe('none');
});

const migrations = fc.array(
  fc.constantFrom(...declaredKinds).map((kind) => migration(kind)),
  { maxLength: 6 },
);

test('several migrations weigh as much as the heaviest, in whichever order they stand', () => {
  fc.assert(
    fc.property(migrations, migrations, (some, more) => {
      expect(kindOf([...some, ...more])).toBe(kindOf([...more, ...some]));
      if (some.some(({ kind }) => kind === 'forward-only')) expect(kindOf([...some, ...more])).toBe('forward-only');
    }),
  );
});

const means = { strategy: 'blue-green', hasDown: true, hasSnapshot: true, forwardOnly: 'accept' } as const;

test.each(['snapshot', 'forward-only'] as const)('a plan promises no snapshot of data that was not there before a %s migration', (kind) => {
  const planned = (hasSnapshot: boolean) => planRelease([service(kind, { hasSnapshot })]).find(({ step }) => step === 'migration')?.back;
  expect(planned(true)).toContain('the snapshot');
  expect(planned(false)).toBe('it stays: there was no data yet to take a snapshot of');
  if (kind === 'snapshot')
    expect(migrationRisks(service(kind, { hasSnapshot: false }), null)[0]?.risk).toContain('going back leaves snapshot as it is');
});

test.each([
  ['reversible', { hasDown: false }, 'service.migrate.down is not set'],
  ['snapshot', { hasSnapshot: false }, 'set data.sqlite'],
  ['forward-only', { forwardOnly: 'refuse' }, 'data.forwardOnly'],
  ['forward-only', { strategy: 'canary' }, 'rollout.strategy to "blue-green"'],
] as const)('a %s migration does not start with %o', (kind, missing, why) => {
  expect(objectionTo(kind, [migration(kind)], { ...means, ...missing })).toContain(why);
  expect(objectionTo(kind, [migration(kind)], means)).toBeNull();
});

const facts: fc.Arbitrary<Facts> = fc.record({
  kind: fc.constantFrom(...kinds),
  ran: fc.constantFrom('no' as const, 'in part' as const, 'whole' as const),
  tookTraffic: fc.boolean(),
  hasSnapshot: fc.boolean(),
  writtenRows: fc.option(fc.nat(3)),
  lostWrites: fc.constantFrom('accept' as const, 'hold' as const),
});

test('no way back restores over writes that the policy does not give up, or from a snapshot that is not there', () => {
  fc.assert(
    fc.property(facts, (known) => {
      if (wayBack(known).way !== 'restore') return;
      expect(known.hasSnapshot).toBe(true);
      expect(known.lostWrites === 'accept' || known.writtenRows === 0).toBe(true);
    }),
  );
});

test('a forward-only migration whose version has had traffic always freezes', () => {
  fc.assert(
    fc.property(facts, (known) => {
      const { way, reason } = wayBack({ ...known, kind: 'forward-only', ran: 'whole', tookTraffic: true });
      expect(way).toBe('freeze');
      expect(reason).toContain('fix it forward');
    }),
  );
});

test('what nobody declared is left as it is', () => {
  fc.assert(
    fc.property(facts, (known) => {
      expect(['leave', 'nothing']).toContain(wayBack({ ...known, kind: 'undeclared' }).way);
    }),
  );
});

test.each<[string, Partial<Facts>, string]>([
  ['a compatible migration stays', { kind: 'compatible' }, 'leave'],
  ['a reversible one is undone by its down command', { kind: 'reversible' }, 'down'],
  ['a reversible one that broke off goes back by the snapshot', { kind: 'reversible', ran: 'in part', writtenRows: 3 }, 'restore'],
  ['a snapshot one is restored', { kind: 'snapshot' }, 'restore'],
  ['a snapshot one with writes that must not be lost is held', { kind: 'snapshot', writtenRows: 2, lostWrites: 'hold' }, 'hold'],
  ['an unknown number of writes is not none', { kind: 'snapshot', writtenRows: null, lostWrites: 'hold' }, 'hold'],
  ['a forward-only one before any traffic is restored', { kind: 'forward-only' }, 'restore'],
  [
    'a forward-only one before any traffic, with writes to keep, freezes',
    { kind: 'forward-only', writtenRows: 1, lostWrites: 'hold' },
    'freeze',
  ],
  ['a failed one that changed nothing needs nothing', { kind: 'snapshot', ran: 'in part' }, 'nothing'],
])('%s', (_, known, way) => {
  const usual: Facts = { kind: 'none', ran: 'whole', tookTraffic: false, hasSnapshot: true, writtenRows: 0, lostWrites: 'accept' };
  expect(wayBack({ ...usual, ...known }).way).toBe(way);
});

test('a plan says of every step how it goes back, one service after the other', () => {
  const plan = planRelease([service('snapshot'), service('none', { service: 'search' })]);
  expect(plan.map(({ service: name, step, reversal }) => `${name} ${step} ${reversal}`)).toEqual([
    'shop snapshot reversible',
    'shop migration snapshot',
    'shop configuration reversible',
    'shop deployment reversible',
    'shop traffic reversible',
    'search configuration reversible',
    'search deployment reversible',
    'search traffic reversible',
  ]);
});

test('a plan names the configuration of a version, what it changes beside the one before, and the flags that change with it', () => {
  const configuration = {
    digest: 'sha256:0123456789ab',
    previousDigest: 'sha256:ba9876543210',
    added: ['A', 'B'],
    changed: ['C'],
    removed: ['D'],
  };
  const flag = { environment: 'staging', name: 'wishlist', on: true, percentage: 10, before: { on: false, percentage: 50 } } as const;
  const stepsOf = (changes: Partial<ServiceInPlan>) =>
    planRelease([service('none', changes)])
      .filter(({ step }) => step === 'configuration' || step === 'flag')
      .map(({ what, back }) => [what, back]);
  expect(stepsOf({ configuration, flags: [flag] })).toEqual([
    [
      'v2 starts with configuration 01234567 (new: A, B; changed: C; gone: D)',
      'v1 keeps configuration ba987654, also when it is started again',
    ],
    ['wishlist is on for 10 % in staging', 'off for everybody, as before, unless somebody has changed it since'],
  ]);
  expect(stepsOf({ configuration: { ...configuration, previousDigest: configuration.digest } })[0]?.[0]).toContain('(the same as before)');
  expect(stepsOf({ configuration: { ...configuration, previousDigest: null } })[0]).toEqual([
    'v2 starts with configuration 01234567 (nobody knows the one before)',
    'v1 keeps what it was started with',
  ]);
});

test('what goes together with a forward-only migration has no way back either', () => {
  const plan = planRelease([service('none', { service: 'search', version: 'v9', previousVersion: 'v8' }), service('forward-only')]);
  const traffic = plan.filter(({ step }) => step === 'traffic');
  expect(traffic.map(({ service: name, reversal }) => [name, reversal])).toEqual([
    ['search', 'forward-only'],
    ['shop', 'forward-only'],
  ]);
  expect(traffic[0]?.back).toMatch(/^none: shop .+ can't live with the migrated data, so a breach freezes .+ with the traffic on v9$/);
});

test('with a forward-only migration the traffic has no way back either, and the plan says so', () => {
  const traffic = planRelease([service('forward-only')]).at(-1);
  expect(traffic).toMatchObject({ step: 'traffic', reversal: 'forward-only' });
  expect(traffic?.back).toContain('freezes');
});

test.each(kinds)('the risk of %s is blocking only when somebody objects', (kind) => {
  expect(migrationRisks(service(kind), 'it must not')).toEqual([{ risk: 'it must not', blocking: true }]);
  const risks = migrationRisks(service(kind), null);
  expect(risks.map(({ blocking }) => blocking)).toEqual(kind === 'none' ? [] : [false]);
});

test('a migration that the old version lives with is not worth a snapshot; one of which nothing is known is', () => {
  expect(kinds.filter(wantsSnapshot)).toEqual(['reversible', 'snapshot', 'forward-only', 'undeclared']);
});
