import { dirname, join } from 'node:path';
import { HumanMessage, type AIMessage, type BaseMessage } from '@langchain/core/messages';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { openSqliteStore } from '../../src/blackboard/sqlite-store.js';
import { explainRelease } from '../../src/desk/explain-release.js';
import { releaseDocument } from '../../src/desk/document.js';
import { createStagingGraph } from '../../src/graph/create.js';
import { parseConfig } from '../../src/graph/parse-config.js';
import { openLocalPorts } from '../../src/tools/open-local-ports.js';
import { readFileSync } from 'node:fs';
import { calling, ScriptedModel } from '../support/scripted-model.js';
import { tinyService } from '../support/tiny-service.js';

/** Adds up, and is wrong. */
const wrong = 'export const sum = (a, b) => a - b;\n';
const runner = `import { writeFileSync } from 'node:fs';
import { sum } from './sum.mjs';
const good = sum(2, 3) === 5;
const failure = good ? '' : '<failure message="expected 5">expected 5, got ' + sum(2, 3) + ' at sum (sum.mjs:1:32)</failure>';
writeFileSync(process.argv[2], '<testsuites><testsuite name="sum"><testcase classname="sum.test" name="two and three are five">' + failure + '</testcase></testsuite></testsuites>');
process.exit(good ? 0 : 1);
`;

/** A release of a feature whose unit test is red, with a model that plays the developer in the second attempt. */
const released = async (developer: (turn: number, messages: BaseMessage[]) => AIMessage | string) => {
  const tiny = await tinyService('node', { suites: [{ name: 'unit', kind: 'unit', command: ['node', 'run-tests.mjs', '{report}'] }] });
  await tiny.git('switch', '--quiet', '--create', 'feature/sums');
  await tiny.commit('Add up', { 'sum.mjs': wrong, 'run-tests.mjs': runner });
  await tiny.git('switch', '--quiet', 'main');
  const raw = JSON.parse(readFileSync(join(tiny.folder, 'staging.config.json'), 'utf8')) as { gates: { off: Record<string, string> } };
  const { unit_tests: _tested, ...off } = raw.gates.off;
  const config = parseConfig({ ...raw, gates: { off } });
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
    const opening = messages.slice(0, 2).map((message) => message.text);
    if (!opening[0]?.includes('Integrate the requested features')) return 'Seen.';
    if (messages.length === 2) attempt += 1;
    return attempt < 2 ? 'Seen.' : developer((turn += 1), messages);
  });
  const graph = createStagingGraph({ config, ports, store, model, nonce: 'nonce' });
  const request = {
    service: 'tiny',
    version: 'v1.1.0',
    features: ['sums'],
    target: 'production' as const,
    text: 'ship tiny v1.1.0 with sums',
    preApprovedBy: 'owner',
  };
  const state = await graph.invoke(
    { request, messages: [new HumanMessage(request.text)] },
    { configurable: { thread_id: 'r1' }, recursionLimit: 1_000 },
  );
  const row = await store.release('r1');
  if (!row) throw new Error('no release was recorded');
  const refs = state.evidence.filter((ref) => ref.tool === 'edit_file' || ref.tool === 'run_tests' || ref.tool === 'read_file');
  const evidence = await Promise.all(
    refs.map(async (ref) => ({ tool: ref.tool, data: (await store.evidence(ref.digest)) as Record<string, unknown> })),
  );
  return {
    state,
    document: await releaseDocument(row, store, config),
    explained: await explainRelease(row, store, config),
    evidence,
    tiny,
  };
};

const told = (messages: BaseMessage[]): string => messages.at(-1)?.text ?? '';

test('a model that is given the failing evidence edits the file, sees the test pass, and its patch is promoted through every gate', async () => {
  const seen: string[] = [];
  const { document, state, evidence, tiny } = await released((turn, messages) => {
    seen.push(told(messages));
    const moves = [
      calling({ name: 'integrate_features', args: {} }, { name: 'search_files', args: { text: 'a - b' } }),
      calling({ name: 'run_tests', args: { suite: 'unit' } }),
      calling({ name: 'edit_file', args: { path: 'sum.mjs', find: 'a - b', replace: 'a + b' } }),
      calling({ name: 'run_tests', args: { suite: 'unit' } }),
    ];
    return moves[turn - 1] ?? 'The sum was a difference.';
  });
  expect(seen[0]).toContain('two and three are five'); // the failing evidence, in the opening message
  expect(seen[2]).toContain('expected 5');
  expect(evidence.map(({ tool, data }) => [tool, data['status'], data['failed'] ?? data['path']])).toEqual([
    ['run_tests', 'completed', 1],
    ['edit_file', 'done', 'sum.mjs'],
    ['run_tests', 'completed', 0],
  ]);
  expect({ outcome: document.outcome, attempt: state.attempt }).toEqual({ outcome: 'promoted', attempt: 2 });
  expect(document.gates.every((gate) => gate.attempt === 2)).toBe(true);
  expect(document.patches).toMatchObject([{ by: 'ScriptedModel', path: 'sum.mjs' }]);
  expect(document.patches[0]?.diff).toContain('+export const sum = (a, b) => a + b;');
  expect(document.blackboard.development_changes?.detail).toContain('patched by ScriptedModel in sum.mjs');
  expect((await tiny.git('show', 'production/v1.1.0:sum.mjs')).stdout).toContain('a + b');
  expect((await tiny.git('log', '-1', '--format=%an', 'production/v1.1.0')).stdout).toBe('ScriptedModel');
  expect((await tiny.git('show', 'feature/sums:sum.mjs')).stdout).toContain('a - b');
});

test('a model that reaches out of its worktree is refused each time, and a release that it does not fix ends', async () => {
  const secret = '../../../../repository/service.mjs';
  const { document, explained, evidence, tiny } = await released((turn) => {
    const moves = [
      calling({ name: 'edit_file', args: { path: 'sum.mjs', find: 'a - b', replace: 'a + b' } }), // nothing is integrated yet
      calling({ name: 'integrate_features', args: {} }),
      calling(
        { name: 'read_file', args: { path: secret } },
        { name: 'read_file', args: { path: '/etc/passwd' } },
        { name: 'edit_file', args: { path: '.git/hooks/pre-commit', find: '', replace: '#!/bin/sh' } },
        { name: 'edit_file', args: { path: secret, find: 'fine', replace: 'mine' } },
        { name: 'run_tests', args: { suite: 'unit; rm -rf /' } },
      ),
    ];
    return moves[turn - 1] ?? 'I could not.';
  });
  expect(evidence.map(({ data }) => data['status'])).toEqual(['refused', 'refused', 'refused', 'refused', 'refused', 'not_run']);
  expect(document.outcome).toBe('rejected');
  expect(document.reason).toContain('nothing was changed since the attempt before');
  expect(document.patches).toEqual([]);
  expect(explained.json.failures[0]).toMatchObject({
    failure: { what: '1 tests of the unit suite failed', environment: null },
    commits: [{ subject: 'Add up', features: ['sums'] }],
    features: [{ feature: 'sums' }],
    reading: { model: 'ScriptedModel', summary: 'Seen.' },
  });
  expect(explained.text).toContain('sum.mjs stands in the stack of the red test "two and three are five"');
  expect(explained.text).toContain("a model's reading of it, which decides nothing (ScriptedModel): Seen.");
  const { stdout } = await execa('git', ['status', '--porcelain'], { cwd: tiny.repository });
  expect({ status: stdout, folder: dirname(tiny.repository) }).toEqual({ status: '', folder: tiny.folder });
});
