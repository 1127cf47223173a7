import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HumanMessage, type AIMessage, type BaseMessage } from '@langchain/core/messages';
import { expect, onTestFinished, test } from 'vitest';
import { openSqliteStore } from '../../src/blackboard/sqlite-store.js';
import type { ReleaseRequest } from '../../src/catalog/request.js';
import { releaseDocument } from '../../src/desk/document.js';
import { createStagingGraph } from '../../src/graph/create.js';
import { parseConfig } from '../../src/graph/parse-config.js';
import { openLocalPorts } from '../../src/tools/open-local-ports.js';
import { calling, ScriptedModel } from '../support/scripted-model.js';
import { tinyService } from '../support/tiny-service.js';
import { everything } from '../support/everything.js';

const described = 'a path that tells which version answers';

/** What is not this test's matter must not fail it on a busy machine. */
const patient = {
  load: { connections: 2, durationMs: 1_000 },
  performanceTargets: { throughputRps: 5, responseTimeMs: 5_000 },
  rollout: {
    steps: [{ weightPercent: 25, pauseMs: 1_500 }],
    ...{ watchMs: 1_500, sampleMs: 500, drainMs: 1_000, minRequests: 3 },
    breach: { latencyP95Ms: 20_000, failedHealthChecks: 10 },
  },
};

/** Runs every test in tests/, each a module whose default export says whether it holds. */
const runner = `import { readdirSync, writeFileSync } from 'node:fs';
const cases = [];
for (const name of readdirSync('tests').sort()) {
  const held = await import('./tests/' + name).then((test) => test.default(), () => false);
  cases.push('<testcase classname="tests" name="' + name + '">' + (held ? '' : '<failure message="no">no</failure>') + '</testcase>');
}
writeFileSync(process.argv[2], '<testsuite name="unit">' + cases.join('') + '</testsuite>');
`;
const oldTest = `import { readFileSync } from 'node:fs';\nexport default () => readFileSync('service.mjs', 'utf8').includes('/healthz');\n`;
const version = 'export const version = "v1.1.0";\n';
const newTest = `import { version } from '../version.mjs';\nexport default () => version === 'v1.1.0';\n`;
const emptyTest = 'export default () => true;\n';

const edit = (path: string, replace: string, find = '') => ({ name: 'edit_file', args: { path, find, replace } });
const code = [
  edit('version.mjs', version),
  edit('service.mjs', "import { version } from './version.mjs';\nimport { createServer }", 'import { createServer }'),
  edit('service.mjs', "['/', '/healthz', '/version']", "['/', '/healthz']"),
  edit('service.mjs', "known ? (request.url === '/version' ? version : 'fine')", "known ? 'fine'"),
];
const words = [
  edit('README.md', '# tiny\n\n`/version` tells which version answers.\n'),
  edit('CHANGELOG.md', '- `/version` tells which version answers.\n'),
];
const check = { name: 'check_development', args: {} };
const integrate = { name: 'integrate_features', args: {} };
const build = { name: 'build_artifact', args: {} };

type Developer = (attempt: number, turn: number, messages: BaseMessage[]) => AIMessage | string;

/** A release with a feature that its request only describes, on a real repository and real processes. */
const released = async (developer: Developer | 'runbook') => {
  const tiny = await tinyService('node', {
    ...patient,
    suites: [{ name: 'unit', kind: 'unit', command: ['node', 'run-tests.mjs', '{report}'] }],
  });
  await tiny.commit('Tests', { 'run-tests.mjs': runner, 'tests/a-health.mjs': oldTest });
  await tiny.git('tag', '--force', 'v1.1.0');
  const raw = JSON.parse(readFileSync(join(tiny.folder, 'staging.config.json'), 'utf8')) as { gates: { off: Record<string, string> } };
  const { unit_tests: _tested, ...off } = raw.gates.off;
  const config = parseConfig({ ...raw, gates: { off, minUptimePercent: 50 } });
  const stateDir = join(tiny.folder, '.staging');
  const ports = openLocalPorts({ config, configDir: tiny.folder, stateDir });
  const store = openSqliteStore(join(stateDir, 'journal.db'));
  onTestFinished(async () => {
    await ports.monitoring.close();
    await ports.deployment.close();
    await store.close();
  });
  let attempt = 0;
  let turn = 0;
  const model = new ScriptedModel((messages) => {
    if (messages[0]?.text.includes('check_development') !== true) return 'Seen.';
    if (messages.length === 2) [attempt, turn] = [attempt + 1, 0];
    turn += 1;
    return developer === 'runbook' ? '' : developer(attempt, turn, messages);
  });
  const graph = createStagingGraph({ config, ports, store, model: developer === 'runbook' ? 'runbook' : model, nonce: 'nonce' });
  const request: ReleaseRequest = {
    service: 'tiny',
    version: 'v1.1.0',
    features: [],
    develop: described,
    target: 'production',
    text: `ship tiny v1.1.0 and add ${described}`,
    preApprovedBy: 'owner',
  };
  const state = await graph.invoke(
    { request, messages: [new HumanMessage(request.text)] },
    { configurable: { thread_id: 'r1' }, recursionLimit: 1_000 },
  );
  const row = await store.release('r1');
  if (!row) throw new Error('no release was recorded');
  return { state, document: await releaseDocument(row, store, config), ports, tiny };
};

const told = (messages: BaseMessage[]): string => messages.at(-1)?.text ?? '';

test('a feature that is only described is developed with a test, documentation and a changelog entry, and goes through every gate', async () => {
  const seen: string[] = [];
  const { document, state, ports, tiny } = await released((_attempt, turn, messages) => {
    seen.push(told(messages));
    const moves = [
      calling(integrate, { name: 'read_file', args: { path: 'service.mjs' } }),
      calling(...code, build), // no test yet: not built
      calling(edit('tests/b-version.mjs', emptyTest), check), // a test that shows nothing
      calling(edit('tests/b-version.mjs', newTest, emptyTest), ...words, check),
      calling(build),
    ];
    return moves[turn - 1] ?? 'The path is there, with its test.';
  });
  expect(seen[0]).toContain(`"develop":"${described}"`);
  expect(seen[2]).toContain(
    'the described feature is not whole: no test was added; no documentation was changed; no changelog entry was written',
  );
  expect(seen[3]).toContain('the added tests pass without the feature too, so they show nothing of it');
  expect(seen[4]).toContain('"missing":[]');
  expect({ outcome: document.outcome, attempt: state.attempt }).toEqual({ outcome: 'promoted', attempt: 1 });
  expect(document.blackboard.development_changes?.detail).toMatch(
    /and "a path that tells which version answers" at .*, patched by ScriptedModel in version\.mjs, service\.mjs, tests\/b-version\.mjs, README\.md, CHANGELOG\.md \(1 of them tests\)/,
  );
  expect(document.blackboard.feature_artifacts).toMatchObject([{ feature: described }]);
  expect(document.patches.map(({ by, path }) => `${by} ${path}`)).toContain('ScriptedModel CHANGELOG.md');
  expect(document.blackboard.integration_test_results).toMatchObject([{ suite: 'unit', passed: 2, failed: 0 }]);
  const { proxyUrl } = await ports.deployment.status('production');
  expect(await (await fetch(`${proxyUrl}/version`)).text()).toBe('v1.1.0');
  expect((await tiny.git('log', '-1', '--format=%an', 'production/v1.1.0')).stdout).toBe('ScriptedModel');
  expect((await tiny.git('ls-tree', '--name-only', 'v1.1.0')).stdout).not.toContain('version.mjs');
}, 120_000);

test.runIf(everything)(
  'what an attempt has left unfinished the next one finishes',
  async () => {
    const { document, state } = await released((attempt, turn) => {
      const moves =
        attempt === 1
          ? [calling(integrate), calling(...code)]
          : [calling(integrate), calling(edit('tests/b-version.mjs', newTest), ...words), calling(check, build)];
      return moves[turn - 1] ?? 'That is all for now.';
    });
    expect(state.messages.map(({ text }) => text).join('\n')).toContain(`"${described}" is not integrated: no test was added`);
    expect({ outcome: document.outcome, attempt: state.attempt }).toEqual({ outcome: 'promoted', attempt: 2 });
  },
  120_000,
);

test('a feature without a test is not integrated, and nothing of it is deployed', async () => {
  const { document, ports } = await released((attempt, turn) =>
    turn === 1 ? calling(integrate, ...(attempt === 1 ? [...code, ...words] : [])) : 'Done.',
  );
  expect(document.outcome).toBe('rejected');
  expect(document.reason).toContain('nothing was changed since the attempt before');
  expect(document.blackboard.development_changes).toMatchObject({ status: 'not_developed' });
  expect(document.blackboard.development_changes?.detail).toContain('no test was added');
  const { slots } = await ports.deployment.status('staging');
  expect(slots.map((slot) => slot.version)).toEqual(['v1.0.0', null]);
}, 120_000);

test('the runbook says at once that it cannot, and what to do', async () => {
  await expect(released('runbook')).rejects.toThrow(
    /"a path that tells which version answers" is only described, no branch holds it, and the runbook writes no code/,
  );
});
