import Database from 'better-sqlite3';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openSqliteStore } from '../../src/blackboard/sqlite-store.js';

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const filled = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'journal-'));
  folders.push(folder);
  const path = join(folder, 'journal.db');
  const store = openSqliteStore(path);
  const digest = await store.putEvidence({ requests: 100 });
  const entry = (key: string, value: unknown) => ({
    key,
    at: 1,
    agent: 'qa_tester',
    routine: 'performance-testing-routine',
    kind: 'evidence' as const,
    name: 'run_load',
    value,
  });
  await store.append('r', [entry('1', { digest }), entry('2', { note: 'second' }), entry('3', { note: 'third' })]);
  return { path, store, digest };
};
const tampered = async (statement: string) => {
  const { path, store } = await filled();
  await store.close();
  const db = new Database(path);
  db.exec(statement);
  db.close();
  return openSqliteStore(path).verify('r');
};

test('an untouched journal is sound', async () => {
  expect(await (await filled()).store.verify('r')).toEqual([]);
});

test('a changed row is found and named', async () => {
  expect(await tampered(`UPDATE journal SET value = '{"note":"changed"}' WHERE sequence = 2`)).toEqual([
    expect.stringMatching(/^row 2 .* was changed/),
  ]);
});

test.each([
  ['in the middle', 2],
  ['at the end', 3],
])('a missing row %s is found and named', async (_, sequence) => {
  expect(await tampered(`DELETE FROM journal WHERE sequence = ${sequence}`)).toEqual([`Row ${sequence} is missing.`]);
});

test('changed evidence is found and named', async () => {
  const { digest } = await filled();
  expect(await tampered(`UPDATE evidence SET value = '{"requests":1}'`)).toEqual([`Evidence ${digest} was changed.`]);
});

test('missing evidence is found and named', async () => {
  const { digest } = await filled();
  expect(await tampered('DELETE FROM evidence')).toEqual([`Evidence ${digest} is missing.`]);
});

test('appending the same key again changes nothing', async () => {
  const { store } = await filled();
  const before = await store.journal('r');
  await store.append('r', [{ key: '2', at: 9, agent: 'x', routine: 'y', kind: 'note', name: 'z', value: 1 }]);
  expect(await store.journal('r')).toEqual(before);
});

test('a store of a newer format is refused and left alone', async () => {
  const { path, store } = await filled();
  await store.close();
  const db = new Database(path);
  db.pragma('user_version = 99');
  db.close();
  expect(() => openSqliteStore(path)).toThrow(expect.objectContaining({ code: 'STORE_NEWER' }));
});

test('a disk that is full is one clear error, and what was there stays readable', async () => {
  const { path, store } = await filled();
  await store.close();
  const file = openSqliteStore(path);
  const full = openSqliteStore(path, { maxPages: 12 });
  const fill = async () => {
    for (let i = 0; i < 1_000; i += 1) await full.putEvidence({ i, text: 'x'.repeat(4_000) });
  };
  await expect(fill()).rejects.toMatchObject({ code: 'JOURNAL_WRITE_FAILED' });
  expect(await file.verify('r')).toEqual([]);
});

test('credits that were reserved for a call that never came back stay counted', async () => {
  const { store } = await filled();
  await store.beginOperation({ id: 'a', release: 'r', name: 'model', at: 1, reservedCredits: 70 });
  await store.beginOperation({ id: 'b', release: 'r', name: 'model', at: 1, reservedCredits: 50 });
  await store.finishOperation({
    id: 'b',
    release: 'r',
    at: 2,
    value: {},
    cost: { inputTokens: 10, outputTokens: 5, credits: 20 },
    entries: [],
  });
  expect(await store.spent('r')).toEqual({ calls: 1, inputTokens: 10, outputTokens: 5, credits: 90 });
});
