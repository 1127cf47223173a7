import Database from 'better-sqlite3';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { digestOf } from '../../src/blackboard/digest.js';
import { openSqliteStore } from '../../src/blackboard/sqlite-store.js';

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const keeps = { gates: [{ gate: 'security' as const, outcome: 'passed' as const, attempt: 1 }], deployments: [] };
const entry = (key: string, value: unknown, kind: 'evidence' | 'note' = 'note') => ({
  ...{ key, at: 1, agent: 'qa_tester', routine: 'performance-testing-routine', kind, name: 'run_load', value },
});

/** Two releases with a piece of evidence of their own each and one that both name. */
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
  return { path, store };
};

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
