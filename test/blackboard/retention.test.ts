import Database from 'better-sqlite3';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { digestOf } from '../../src/blackboard/digest.js';
import { openSqliteStore } from '../../src/blackboard/sqlite-store.js';
import type { Store } from '../../src/blackboard/store.js';

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const keeps = { gates: [{ gate: 'security' as const, outcome: 'passed' as const, attempt: 1 }], deployments: [] };
const entry = (key: string, value: unknown, kind: 'evidence' | 'note' = 'note') => ({
  ...{ key, at: 1, agent: 'qa_tester', routine: 'performance-testing-routine', kind, name: 'run_load', value },
});

/** Two releases with a piece of evidence of their own each and one that both name; the first has an answer of a model besides. */
const filled = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'retention-'));
  folders.push(folder);
  const path = join(folder, 'journal.db');
  const store = openSqliteStore(path);
  const shared = await store.putEvidence({ of: 'both' });
  const own = { a: await store.putEvidence({ of: 'a' }), b: await store.putEvidence({ of: 'b' }) };
  for (const release of ['a', 'b'] as const)
    await store.append(release, [
      entry('1', { digest: own[release] }, 'evidence'),
      entry('2', { digest: shared }, 'evidence'),
      entry('3', { note: 'third' }),
    ]);
  await store.beginOperation({ id: 'o', release: 'a', name: 'model', at: 1, reservedCredits: 9 });
  const answer = await store.finishOperation({
    ...{ id: 'o', release: 'a', at: 2, value: { says: 'an answer' }, entries: [] },
    cost: { inputTokens: 2, outputTokens: 3, credits: 4 },
  });
  return { path, store, shared, own, answer };
};
const holds = async (store: Store, digest: string) =>
  store.evidence(digest).then(
    () => true,
    () => false,
  );

test('the working memory of a release goes, and what it cost and what its journal names stays', async () => {
  const { store, own, answer } = await filled();
  const spent = await store.spent('a');
  expect(await store.prune?.({ forget: ['a'], seal: [] })).toEqual({ operations: 1, rows: 0, evidence: 1 });
  expect([await holds(store, answer), await holds(store, own.a)]).toEqual([false, true]);
  expect(await store.spent('a')).toEqual(spent);
  expect(await store.verify('a')).toEqual([]);
});

test('a seal stands for the rows before it, the chain goes on behind it, and evidence that another release names stays', async () => {
  const { store, own, shared } = await filled();
  const last = (await store.journal('a')).at(-1)?.hash;
  expect(await store.prune?.({ forget: [], seal: [{ release: 'a', at: 9, keeps }] })).toEqual({ operations: 0, rows: 3, evidence: 1 });
  expect([await holds(store, own.a), await holds(store, shared)]).toEqual([false, true]);
  const [seal, ...rest] = await store.journal('a');
  expect(rest).toEqual([]);
  expect(seal).toMatchObject({ sequence: 4, name: 'sealed', previousHash: last, value: { rows: 3, hash: last, keeps } });
  await store.append('a', [entry('5', { note: 'after' })]);
  expect((await store.journal('a')).map(({ sequence }) => sequence)).toEqual([4, 5]);
  expect([await store.verify('a'), await store.verify('b')]).toEqual([[], []]);
});

test('what was sealed can be sealed again, and what it kept stays as it was', async () => {
  const { store } = await filled();
  await store.prune?.({ forget: [], seal: [{ release: 'a', at: 9, keeps }] });
  await store.append('a', [entry('5', { note: 'after' })]);
  await store.prune?.({ forget: [], seal: [{ release: 'a', at: 10, keeps }] });
  expect(await store.journal('a')).toMatchObject([{ sequence: 6, value: { rows: 5, keeps } }]);
  expect(await store.verify('a')).toEqual([]);
});

const hashed = (seal: object) => digestOf({ ...seal, hash: undefined });
test.each([
  ['a row behind the seal was changed', `UPDATE journal SET value = '{"note":"else"}' WHERE release = 'a' AND sequence = 5`, 'Row 5|row 5'],
  ['a row behind the seal is gone', `DELETE FROM journal WHERE release = 'a' AND sequence = 5`, 'Row 5 is missing'],
  [
    'the seal says something else',
    `UPDATE journal SET value = replace(value, '"rows":3', '"rows":2') WHERE release = 'a' AND sequence = 4`,
    'row 4',
  ],
  ['the seal is gone too', `DELETE FROM journal WHERE release = 'a' AND sequence = 4`, 'Rows 1 to 4 are missing'],
  ['rows were cut off where nothing was sealed', `DELETE FROM journal WHERE release = 'b' AND sequence = 1`, 'Row 1 is missing'],
])('%s, and verify says so', async (_, statement, problem) => {
  const { path, store } = await filled();
  await store.prune?.({ forget: [], seal: [{ release: 'a', at: 9, keeps }] });
  await store.append('a', [entry('5', { note: 'after' })]);
  await store.close();
  const db = new Database(path);
  db.exec(statement);
  db.close();
  const opened = openSqliteStore(path);
  expect([...(await opened.verify('a')), ...(await opened.verify('b'))].join(' ')).toMatch(new RegExp(problem));
});

test('a forged seal with a hash of its own does not fit what was written last', async () => {
  const { path, store } = await filled();
  const [, , third] = await store.journal('b');
  await store.close();
  const seal = { ...third, name: 'sealed', value: JSON.stringify({ rows: 2, hash: third?.previousHash, keeps }) };
  const db = new Database(path);
  db.exec(`DELETE FROM journal WHERE release = 'b' AND sequence < 3`);
  db.prepare('UPDATE journal SET name = ?, value = ?, hash = ? WHERE release = ? AND sequence = 3').run(
    'sealed',
    seal.value,
    hashed(seal),
    'b',
  );
  db.close();
  expect((await openSqliteStore(path).verify('b')).join(' ')).toContain('Row 3 is not the one that was written');
});
