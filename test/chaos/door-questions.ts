import type { doorRows } from '../../src/tools/door-rows.js';
import type { Artifact, Ports } from '../../src/tools/ports.js';
import type { FaultyDoor } from './faulty-doors.js';

/** Brings a world to where the question makes sense, through its own doors, and gives the question. */
export type Question = { prepare: (world: Ports) => Promise<(ports: Ports) => Promise<unknown>> };

const version = (name: string): Artifact => ({ version: name, digest: name, path: name });
const who = { by: 'anna', why: 'a try' };
const suite = { name: 'unit', kind: 'unit' as const, command: ['true'], format: 'junit' as const, timeoutMs: 1_000 };
const artifact = { target: 'artifact' as const, artifact: version('v2.2.0'), url: null };

const ask = (question: (ports: Ports) => Promise<unknown>): Question => ({ prepare: () => Promise.resolve(question) });
/** Both slots of staging occupied, ten minutes ago. */
const staged = (question: (ports: Ports, since: number) => Promise<unknown>): Question => ({
  prepare: async ({ deployment, clock }) => {
    await deployment.provision('staging', version('v2.1.1'));
    await deployment.deployIdle('staging', version('v2.2.0'));
    const since = clock.now();
    await clock.sleep(600_000);
    return (ports) => question(ports, since);
  },
});
const open = (ports: Ports) => ports.source.workspace('worktree');

/** One question for every method of every door. */
export const questions: { [D in FaultyDoor]: Record<keyof (typeof doorRows)[D], Question> } = {
  deployment: {
    provision: ask(({ deployment }) => deployment.provision('staging', version('v2.1.1'))),
    deployIdle: staged(({ deployment }) => deployment.deployIdle('staging', version('v2.2.0'))),
    setWeight: staged(({ deployment }) => deployment.setWeight('staging', 10)),
    shapeTraffic: staged(async ({ deployment }) => deployment.shapeTraffic?.('staging', { weightPercent: 10, mirrorPercent: 10 })),
    switchActive: staged(({ deployment }) => deployment.switchActive('staging', 'green')),
    retireIdle: staged(({ deployment }) => deployment.retireIdle('staging', 1_000)),
    status: staged(({ deployment }) => deployment.status('staging')),
    configuration: staged(async ({ deployment }) => deployment.configuration?.('staging')),
    snapshot: staged(({ deployment }) => deployment.snapshot('staging', version('v2.2.0'), 'operation')),
    migrate: staged(({ deployment }) => deployment.migrate('staging', version('v2.2.0'), 'operation')),
    migration: staged(({ deployment }) => deployment.migration('staging', 'operation')),
    undoMigration: staged(({ deployment }) => deployment.undoMigration('staging', 'operation', 'down')),
    dataHold: staged(({ deployment }) => deployment.dataHold('staging', 'v2.2.0')),
    copyData: staged(({ deployment }) => deployment.copyData('staging', 'operation')),
    logs: staged(({ deployment }) => deployment.logs('staging', 'blue', 5)),
    logsBetween: staged(async ({ deployment }, since) => deployment.logsBetween?.('staging', 'blue', since, since + 1)),
    counters: staged(({ deployment }) => deployment.counters('staging')),
    close: staged(({ deployment }) => deployment.close()),
  },
  monitoring: {
    watch: staged(({ monitoring }) => monitoring.watch('staging')),
    samples: staged(({ monitoring }, since) => monitoring.samples('staging', 'blue', since, since + 300_000)),
    next: staged(({ monitoring }, since) => monitoring.next('staging', since)),
    health: staged(({ monitoring }) => monitoring.health('staging')),
    close: ask(({ monitoring }) => monitoring.close()),
  },
  testing: {
    runSuite: ask(({ testing }) => testing.runSuite(suite, artifact)),
    runLoad: ask(({ testing }) => testing.runLoad('simulated://staging/green', () => Promise.resolve(null))),
    visit: ask(({ testing }) => testing.visit('simulated://staging/green', { ratePerSecond: 5, connections: 1, paths: ['/'] }, 1_000)),
    auditDependencies: ask(({ testing }) => testing.auditDependencies(version('v2.2.0'))),
    scanCode: ask(({ testing }) => testing.scanCode(version('v2.2.0'))),
    scanHttp: ask(({ testing }) => testing.scanHttp('simulated://staging/green')),
  },
  source: {
    heads: ask(({ source }) => source.heads('v2.2.0', ['wishlist'])),
    versions: ask(({ source }) => source.versions()),
    integrate: ask(({ source }) => source.integrate({ releaseId: 'release-1', attempt: 1, version: 'v2.2.0', features: ['wishlist'] })),
    workspace: ask(open),
    build: ask(({ source }) => source.build({ commit: 'c', worktree: 'worktree' })),
    artifactOf: ask(({ source }) => source.artifactOf('v2.1.1')),
    changes: ask(({ source }) => source.changes('v2.1.1', 'v2.2.0')),
    tag: ask(({ source }) => source.tag({ version: 'v2.2.0', commit: 'c', releaseId: 'release-1', digest: 'd' })),
    clean: ask(({ source }) => source.clean('release-1')),
  },
  workspace: {
    read: ask(async (ports) => (await open(ports)).read({ path: 'a.ts', fromLine: 1, lines: 10 })),
    search: ask(async (ports) => (await open(ports)).search({ text: 'a', folder: '.' })),
    edit: ask(async (ports) =>
      (await open(ports)).edit(
        { path: 'a.ts', find: 'a', replace: 'b' },
        {
          by: 'model',
          releaseId: 'release-1',
        },
      ),
    ),
    editedSince: ask(async (ports) => (await open(ports)).editedSince('c')),
    tryBuild: ask(async (ports) => (await open(ports)).tryBuild()),
  },
  flags: {
    list: ask(({ flags }) => flags.list('staging')),
    changes: ask(({ flags }) => flags.changes('staging')),
    get: ask(({ flags }) => flags.get('staging', 'wishlist')),
    set: ask(({ flags }) => flags.set('staging', 'wishlist', { on: true, ...who })),
    kill: ask(({ flags }) => flags.kill('staging', 'wishlist', who)),
    evaluate: ask(({ flags }) => flags.evaluate('staging', 'wishlist', 'visitor')),
  },
  interventions: {
    ask: ask(async ({ interventions }) =>
      interventions?.ask({ kind: 'person', by: 'anna', at: 1, reason: 'no', environment: null, release: null }),
    ),
    pending: ask(async ({ interventions }) => interventions?.pending({ environment: 'staging', release: 'release-1', sinceAt: 0 })),
  },
};
