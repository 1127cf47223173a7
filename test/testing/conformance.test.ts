import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, describe, expect, test } from 'vitest';
import { openPostgres } from '../../src/blackboard/postgres.js';
import { openPostgresStore } from '../../src/blackboard/postgres-store.js';
import { prepareTables } from '../../src/blackboard/postgres-tables.js';
import { openSqliteStore } from '../../src/blackboard/sqlite-store.js';
import { configSchema, type SuiteConfig } from '../../src/catalog/config.js';
import { openSimulatedPorts, VirtualClock, type FaultInput } from '../../src/scenario/public.js';
import {
  deploymentConformance,
  monitoringConformance,
  sourceConformance,
  storeConformance,
  testingConformance,
  type ConformanceCase,
} from '../../src/testing/public.js';
import { conformance } from '../../src/testing/conformance.js';
import { simulatedConfig } from '../support/simulated-release.js';
import { clock, localEnvironment } from '../tools/deployment/local/fixtures/local-environment.js';
import { observation, ok, openObserved, serve } from '../tools/monitoring/fixtures/observed.js';
import { makeTestRepository, openTestSource } from '../tools/source/fixtures/repository.js';
import { artifactOf, openTesting, serve as serveTested } from '../tools/testing/fixtures/local-testing.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';

const close = () => Promise.resolve();
const suites = configSchema.shape.suites.parse([
  { name: 'green', kind: 'unit', command: ['node', 'runner.mjs', '{report}', 'green.xml'] },
  { name: 'red', kind: 'regression', command: ['node', 'runner.mjs', '{report}', 'red.xml'] },
  { name: 'broken', kind: 'unit', command: ['node', 'runner.mjs', '{report}', 'missing.xml'] },
]) as [SuiteConfig, SuiteConfig, SuiteConfig]; // three were given
const [green, red, broken] = suites;

const simulated = (faults: FaultInput[] = []) => openSimulatedPorts({ config: simulatedConfig(), faults, clock: new VirtualClock() });
const stable = { version: 'v1', digest: 'sha256:stable', path: '' };
const candidate = { version: 'v2', digest: 'sha256:candidate', path: '' };

const everyVersion = 'the simulated repository has every version and every feature';
let server: TestPostgres | undefined;
let databases = 0;
afterAll(() => server?.stop());
const emptyDatabase = async () => {
  server ??= await startPostgres();
  const postgres = openPostgres(new pg.Pool({ connectionString: await server.createDatabase(`store_${++databases}`) }));
  await postgres.transaction(prepareTables);
  return postgres;
};

const rows: { adapter: string; cases: ConformanceCase[] }[] = [
  {
    adapter: 'simulated deployment',
    cases: deploymentConformance(async () => ({ port: simulated().deployment, stable, candidate, close })),
  },
  {
    adapter: 'local deployment',
    cases: deploymentConformance(async () => {
      const { open, artifact } = await localEnvironment();
      const port = open();
      return { port, stable: await artifact('v1'), candidate: await artifact('v2'), close: () => port.close() };
    }),
  },
  {
    adapter: 'simulated monitoring',
    cases: monitoringConformance(async () => {
      const ports = simulated();
      await ports.deployment.provision('staging', stable);
      return {
        port: ports.monitoring,
        clock: ports.clock,
        sampleMs: 60_000,
        occupied: 'blue',
        empty: 'green',
        service: 'storefront',
        close,
      };
    }),
  },
  {
    adapter: 'local monitoring',
    cases: monitoringConformance(async () => {
      const url = await serve(ok);
      const { monitoring } = openObserved(() => [observation(url)], { proxyUrl: url });
      return { port: monitoring, clock, sampleMs: 100, occupied: 'green', empty: 'blue', service: 'shop', close: () => monitoring.close() };
    }),
  },
  {
    adapter: 'simulated testing',
    cases: testingConformance(async () => {
      const { deployment, testing: port } = simulated([{ kind: 'red_test' }]);
      await deployment.provision('staging', stable);
      const { url } = await deployment.deployIdle('staging', candidate);
      const broken = { port: simulated([{ kind: 'testing_down' }]).testing, suite: green };
      return { port, artifact: candidate, url, suites: { green, red }, broken, close };
    }),
  },
  {
    adapter: 'local testing',
    cases: testingConformance(async () => {
      const port = await openTesting({ load: { connections: 2, durationMs: 300 } });
      const artifact = await artifactOf({
        'runner.mjs': `import { copyFileSync } from 'node:fs';\ncopyFileSync(process.argv[3], process.argv[2]);\n`,
        'green.xml': '<testsuite name="a"><testcase name="b"/></testsuite>',
        'red.xml': '<testsuite name="a"><testcase name="b"><failure>no</failure></testcase><testcase name="c"/></testsuite>',
      });
      return { port, artifact, url: await serveTested(ok), suites: { green, red }, broken: { port, suite: broken }, close };
    }),
  },
  {
    adapter: 'simulated source',
    cases: sourceConformance(
      async () => ({
        port: simulated().source,
        version: 'v2.2.0',
        feature: 'wishlist',
        unknown: { version: 'v9', feature: 'nothing' },
        close,
      }),
      { 'a version that is not there is VERSION_UNKNOWN': everyVersion, 'a feature that is not there is FEATURE_UNKNOWN': everyVersion },
    ),
  },
  {
    adapter: 'git source',
    cases: sourceConformance(async () => {
      const repository = makeTestRepository();
      repository.branch('feature/wishlist', 'v1.1.0', { 'wishlist.js': 'wishes\n' });
      const port = openTestSource(repository);
      return { port, version: 'v1.1.0', feature: 'wishlist', unknown: { version: 'v9.9.9', feature: 'nothing' }, close };
    }),
  },
  {
    adapter: 'SQLite store in this process',
    cases: storeConformance(async () => {
      const store = openSqliteStore(':memory:');
      return { store, close: () => store.close() };
    }),
  },
  {
    adapter: 'PostgreSQL store',
    cases: storeConformance(async () => {
      const postgres = await emptyDatabase();
      return { store: openPostgresStore(postgres), close: () => postgres.close() };
    }),
  },
  {
    adapter: 'SQLite store in a file',
    cases: storeConformance(async () => {
      const folder = mkdtempSync(join(tmpdir(), 'store-'));
      const store = openSqliteStore(join(folder, 'journal.db'));
      const forget = () => rmSync(folder, { recursive: true, force: true });
      return { store, close: async () => (await store.close(), forget()) };
    }),
  },
];

describe.each(rows)('$adapter', ({ cases }) => {
  for (const { title, run, skip } of cases)
    test.skipIf(skip !== undefined)(skip === undefined ? title : `${title} (skipped: ${skip})`, run);
});

test('an adapter that breaks a promise fails its case', async () => {
  const port = { ...simulated().deployment, setWeight: () => Promise.resolve() };
  const cases = deploymentConformance(async () => ({ port, stable, candidate, close }));
  const broke = cases.find(({ title }) => title.startsWith('a weight is seen at once'));
  await expect(broke?.run()).rejects.toThrow();
});

test('a subject is closed although its case fails, and a skip must name a promise', async () => {
  let closed = 0;
  const open = async () => ({ close: async () => void (closed += 1) });
  const [failing] = conformance(open, { fails: () => Promise.reject(new Error('no')) });
  await expect(failing?.run()).rejects.toThrow('no');
  expect(closed).toBe(1);
  expect(() => conformance(open, {}, { nothing: 'why' })).toThrow('There is no promise "nothing" to skip.');
});
