import assert from 'node:assert/strict';
import { digestOf } from '../blackboard/digest.js';
import type { JournalEntry, ReleaseRow, Store } from '../blackboard/store.js';
import { conformance, type ConformanceCase, type Skips } from './conformance.js';

export type StoreSubject = { store: Store; close: () => Promise<void> };

/** What every store promises: run each case as a test. `open` gives an empty store to each. */
export const storeConformance = (open: () => Promise<StoreSubject>, skips?: Skips): ConformanceCase[] =>
  conformance(
    open,
    {
      'a release is kept, and saving it again changes what may change': async ({ store }) => {
        await store.saveRelease(release('a', 1));
        await store.saveRelease({ ...release('a', 1), state: 'ended', outcome: 'promoted', reason: 'it serves production', updatedAt: 9 });
        assert.deepEqual(await store.release('a'), {
          ...release('a', 1),
          state: 'ended',
          outcome: 'promoted',
          reason: 'it serves production',
          updatedAt: 9,
        });
        assert.equal(await store.release('b'), null);
      },
      'releases come newest first': async ({ store }) => {
        for (const [id, at] of [
          ['a', 1],
          ['c', 3],
          ['b', 2],
        ] as const)
          await store.saveRelease(release(id, at));
        assert.deepEqual(
          (await store.releases()).map((row) => row.id),
          ['c', 'b', 'a'],
        );
      },
      'what changes of the state of a release is a row of its journal, once': async ({ store }) => {
        await store.saveRelease(release('a', 1));
        await store.append('a', [entry('1')]);
        await store.saveRelease({ ...release('a', 1), model: 'another', updatedAt: 5 });
        await store.saveRelease({ ...release('a', 1), state: 'ended', outcome: 'promoted', reason: 'healthy', updatedAt: 9 });
        await store.saveRelease({ ...release('a', 1), updatedAt: 10 });
        assert.deepEqual(
          (await store.journal('a')).filter(({ name }) => name === 'state').map(({ at, kind, value }) => ({ at, kind, value })),
          [
            { at: 1, kind: 'note', value: { state: 'running', outcome: null, reason: '' } },
            { at: 9, kind: 'note', value: { state: 'ended', outcome: 'promoted', reason: 'healthy' } },
            { at: 10, kind: 'note', value: { state: 'running', outcome: null, reason: '' } },
          ],
        );
        assert.deepEqual(await store.verify('a'), []);
      },
      'a reader reads every row once, from where it was opened first on': async ({ store }) => {
        const read = async (name: string, limit = 100) =>
          (await (await store.reader(name)).next(limit)).map(({ release: of, sequence }) => `${of} ${sequence}`);
        await store.append('a', [entry('1')]);
        const reader = await store.reader('one');
        assert.deepEqual(await reader.next(100), []);
        await store.append('b', [entry('1'), entry('2')]);
        await store.append('a', [entry('2')]);
        assert.deepEqual((await reader.next(100)).map(({ release: of, key, value }) => [of, key, value]).sort(), [
          ['a', '2', entry('2').value],
          ['b', '1', entry('1').value],
          ['b', '2', entry('2').value],
        ]);
        assert.equal((await reader.next(2)).length, 2);
        await reader.pass({ release: 'b', sequence: 1 });
        await reader.pass({ release: 'a', sequence: 2 });
        await reader.pass({ release: 'a', sequence: 1 });
        assert.deepEqual(
          (await reader.next(100)).map(({ release: of, sequence }) => [of, sequence]),
          [['b', 2]],
        );
        assert.deepEqual(await read('another'), []);
      },
      'journal rows are numbered and chained in the order in which they were appended': async ({ store }) => {
        await store.append('a', [entry('1'), entry('2')]);
        await store.append('b', [entry('1')]);
        await store.append('a', [entry('3')]);
        const rows = await store.journal('a');
        assert.deepEqual(
          rows.map((row) => [row.sequence, row.key]),
          [
            [1, '1'],
            [2, '2'],
            [3, '3'],
          ],
        );
        for (const [index, row] of rows.entries()) assert.equal(row.previousHash, rows[index - 1]?.hash ?? '');
        assert.deepEqual(await store.verify('a'), []);
      },
      'a row that was appended is there once, however often it comes': async ({ store }) => {
        await store.append('a', [entry('1'), entry('1')]);
        await store.append('a', [{ ...entry('1'), at: 9, value: 'changed' }]);
        assert.deepEqual(
          (await store.journal('a')).map(({ key, value }) => ({ key, value })),
          [{ key: '1', value: { text: 'äöü 1' } }],
        );
      },
      'evidence is stored once, under the digest of its content, whatever the order of its keys': async ({ store }) => {
        const digest = await store.putEvidence({ b: [1, null, 'x'], a: { c: true } });
        assert.equal(digest, digestOf({ a: { c: true }, b: [1, null, 'x'] }));
        assert.equal(await store.putEvidence({ a: { c: true }, b: [1, null, 'x'] }), digest);
        assert.deepEqual(await store.evidence(digest), { a: { c: true }, b: [1, null, 'x'] });
      },
      'evidence that is not there is an error, never nothing': async ({ store }) => {
        await assert.rejects(() => store.evidence('sha256:nothing'), { code: 'EVIDENCE_UNKNOWN' });
      },
      'an operation leaves its evidence, its completion and its rows together': async ({ store }) => {
        await store.beginOperation(operation('o', 10));
        assert.deepEqual(await store.operation('o'), {
          id: 'o',
          release: 'a',
          name: 'run_load',
          startedAt: 10,
          finishedAt: null,
          digest: null,
        });
        const digest = await store.finishOperation({ id: 'o', release: 'a', at: 25, value: { requests: 100 }, entries: [entry('1')] });
        assert.deepEqual(await store.operation('o'), { id: 'o', release: 'a', name: 'run_load', startedAt: 10, finishedAt: 25, digest });
        assert.deepEqual(await store.evidence(digest), { requests: 100 });
        assert.equal((await store.journal('a')).length, 1);
      },
      "an operation that was cut off begins anew, and the time between is nobody's work": async ({ store }) => {
        await store.beginOperation(operation('o', 10));
        await store.beginOperation(operation('o', 86_400_000));
        await store.finishOperation({ id: 'o', release: 'a', at: 86_400_005, value: {}, entries: [] });
        assert.equal(await store.activeMs('a', []), 5);
        await store.beginOperation(operation('o', 86_400_010));
        assert.equal((await store.operation('o'))?.startedAt, 86_400_000);
      },
      'a call that was cut off may have cost what was reserved for it: it stays counted beside the next try': async ({ store }) => {
        const begin = () => store.beginOperation({ ...operation('o', 1), reservedCredits: 40, maxCredits: 100 });
        assert.deepEqual([await begin(), await begin(), await begin()], [true, true, false]);
        assert.equal((await store.spent('a')).credits, 80);
        await store.finishOperation({
          ...{ id: 'o', release: 'a', at: 2, value: {}, entries: [] },
          cost: { inputTokens: 1, outputTokens: 1, credits: 5 },
        });
        assert.deepEqual(await store.spent('a'), { calls: 1, inputTokens: 1, outputTokens: 1, credits: 45 });
      },
      'credits are reserved from the beginning, and counted as they were in the end': async ({ store }) => {
        await store.beginOperation({ ...operation('o', 1), reservedCredits: 500 });
        assert.deepEqual(await store.spent('a'), { calls: 0, inputTokens: 0, outputTokens: 0, credits: 500 });
        await store.finishOperation({
          id: 'o',
          release: 'a',
          at: 2,
          value: {},
          cost: { inputTokens: 7, outputTokens: 3, credits: 40 },
          entries: [],
        });
        assert.deepEqual(await store.spent('a'), { calls: 1, inputTokens: 7, outputTokens: 3, credits: 40 });
        assert.deepEqual(await store.spent('b'), { calls: 0, inputTokens: 0, outputTokens: 0, credits: 0 });
      },
      'an operation that would go over the credits does not begin, not even beside another one': async ({ store }) => {
        const begin = (id: string) => store.beginOperation({ ...operation(id, 1), reservedCredits: 60, maxCredits: 100 });
        const begun = await Promise.all(['o', 'p', 'q'].map(begin));
        assert.equal(begun.filter(Boolean).length, 1);
        assert.equal((await store.spent('a')).credits, 60);
      },
      'active time is that of finished operations, without the named ones': async ({ store }) => {
        for (const [id, name] of [
          ['o', 'run_load'],
          ['p', 'run_rollout'],
        ] as const) {
          await store.beginOperation({ ...operation(id, 10), name });
          await store.finishOperation({ id, release: 'a', at: 40, value: id, entries: [] });
        }
        await store.beginOperation(operation('q', 40));
        assert.equal(await store.activeMs('a', ['run_rollout']), 30);
        assert.equal(await store.activeMs('a', []), 60);
      },
      'the working memory of a release goes, and what it cost and what its journal names stays': async ({ store }) => {
        if (store.prune === undefined) return; // it keeps everything
        const { own, answer } = await filled(store);
        const spent = await store.spent('a');
        assert.deepEqual(await store.prune({ forget: ['a'], seal: [] }), { operations: 1, rows: 0, evidence: 1 });
        assert.deepEqual([await holds(store, answer), await holds(store, own.a)], [false, true]);
        assert.deepEqual(await store.spent('a'), spent);
        assert.deepEqual(await store.verify('a'), []);
      },
      'a seal stands for the rows before it, the chain goes on behind it, and evidence that another release names stays': async ({
        store,
      }) => {
        if (store.prune === undefined) return;
        const { own, shared } = await filled(store);
        const last = (await store.journal('a')).at(-1)?.hash;
        const seal = [{ release: 'a', at: 9, keeps }];
        assert.deepEqual(await store.prune({ forget: [], seal }), { operations: 0, rows: 3, evidence: 1 });
        assert.deepEqual([await holds(store, own.a), await holds(store, shared)], [false, true]);
        const [only, ...rest] = await store.journal('a');
        assert.deepEqual(
          [only?.sequence, only?.name, only?.previousHash, only?.value, rest],
          [4, 'sealed', last, { rows: 3, hash: last, keeps }, []],
        );
        await store.append('a', [entry('5')]);
        assert.deepEqual(
          (await store.journal('a')).map(({ sequence }) => sequence),
          [4, 5],
        );
        await store.prune({ forget: [], seal });
        assert.deepEqual(
          (await store.journal('a')).map(({ sequence, value }) => [sequence, (value as { rows: number }).rows]),
          [[6, 5]],
        );
        assert.deepEqual([await store.verify('a'), await store.verify('b')], [[], []]);
      },
    },
    skips,
  );

const release = (id: string, at: number): ReleaseRow => ({
  id,
  request: { service: 'shop', version: 'v2', features: ['a'], target: 'production', text: 'ship it', preApprovedBy: null },
  state: 'running',
  outcome: null,
  reason: '',
  model: 'runbook',
  simulated: true,
  createdAt: at,
  updatedAt: at,
});

const entry = (key: string): JournalEntry => ({
  key,
  at: 1,
  agent: 'qa_tester',
  routine: 'performance-testing-routine',
  kind: 'note',
  name: 'note',
  value: { text: `äöü ${key}` },
});

const operation = (id: string, at: number) => ({ id, release: 'a', name: 'run_load', at, reservedCredits: 0 });

const keeps = { gates: [{ gate: 'security' as const, outcome: 'passed' as const, attempt: 1 }], deployments: [] };

/** Two releases with a piece of evidence of their own each and one that both name; the first has an answer of a model besides. */
const filled = async (store: Store) => {
  const shared = await store.putEvidence({ of: 'both' });
  const own = { a: await store.putEvidence({ of: 'a' }), b: await store.putEvidence({ of: 'b' }) };
  const names = (digest: string): JournalEntry => ({ ...entry(digest), kind: 'evidence', name: 'run_load', value: { digest } });
  for (const id of ['a', 'b'] as const) await store.append(id, [names(own[id]), names(shared), entry('3')]);
  await store.beginOperation({ ...operation('o', 1), name: 'model', reservedCredits: 9 });
  const answer = await store.finishOperation({
    ...{ id: 'o', release: 'a', at: 2, value: { says: 'an answer' }, entries: [] },
    cost: { inputTokens: 2, outputTokens: 3, credits: 4 },
  });
  return { shared, own, answer };
};

const holds = (store: Store, digest: string): Promise<boolean> =>
  store.evidence(digest).then(
    () => true,
    () => false,
  );
