import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { verifyRelease } from '../../src/agents/verify-release.js';
import { outcomes, type ReleaseRow } from '../../src/blackboard/store.js';
import type { ReleaseRequest } from '../../src/catalog/request.js';
import { sizesOf } from '../../src/desk/disk-use.js';
import { releaseDocument } from '../../src/desk/document.js';
import { begin, drive } from '../../src/desk/drive.js';
import { explainRelease } from '../../src/desk/explain-release.js';
import { prune } from '../../src/desk/prune.js';
import { releasesToPrune } from '../../src/desk/retention.js';
import { historyView } from '../../src/desk/view/history-view.js';
import { openActiveWorkspace } from '../../src/desk/active-workspace.js';
import { openSimulatedPorts } from '../../src/scenario/simulated-world.js';
import { folderWith, simulatedService } from '../support/command.js';
import { simulatedConfig } from '../support/simulated-release.js';

const dayMs = 86_400_000;
const request: ReleaseRequest = {
  ...{ service: 'storefront', version: 'v2.2.0', features: ['wishlist'], target: 'production' },
  ...{ text: 'ship storefront v2.2.0 with wishlist', preApprovedBy: 'owner' },
};

/** A workspace in the simulated world after so many releases, one behind the other. */
const after = async (releases: number, retention: object) => {
  const folder = await folderWith({ ...simulatedService, retention });
  const ports = openSimulatedPorts({ config: simulatedConfig() });
  const workspace = await openActiveWorkspace({ config: join(folder, 'staging.config.json'), ports, progress: () => undefined });
  const run = (id: string) => drive(workspace, id, begin(request), () => Promise.resolve(null));
  for (let nth = 1; nth <= releases; nth += 1) await run(`r${nth}`);
  return { workspace, run, ports };
};

/** Bytes of a database with what it has in its log. */
const pagesOf = (folder: string, name: string): number => {
  const db = new Database(join(folder, name), { readonly: true });
  const bytes = Number(db.pragma('page_count', { simple: true })) * Number(db.pragma('page_size', { simple: true }));
  db.close();
  return bytes;
};

test('sealed releases keep their place in the history, and everything that looks at one still answers', async () => {
  const { workspace, ports } = await after(3, { workingDays: 0, journalDays: 1, keepReleases: 0 });
  const { store, config } = workspace;
  const now = ports.clock.now() + 400 * dayMs;
  const before = await historyView(store, now);
  const result = await prune(workspace, now);
  expect(result).toMatchObject({ forgotten: ['r3', 'r2', 'r1'], sealed: ['r2', 'r1'] }); // r3 is what production serves
  expect(await historyView(store, now)).toEqual(before);
  for (const row of await store.releases()) {
    expect((await verifyRelease(store, row)).problems).toEqual([]);
    const document = await releaseDocument(row, store, config);
    expect(document).toMatchObject({ outcome: 'promoted' });
    expect(document.gates.map(({ gate, outcome }) => `${gate} ${outcome}`)).toContain('stability passed');
    expect(document.sealed === null).toBe(row.id === 'r3');
    await explainRelease(row, store, config);
  }
  expect(await prune(workspace, now)).toMatchObject({ sealed: [], operations: 0, rows: 0, evidence: 0 });
  await workspace.close();
});

test('a release that waits for its approval goes on after a prune, whatever its age', async () => {
  const { workspace, ports } = await after(0, { workingDays: 0, journalDays: 0, keepReleases: 0 });
  const unsigned = begin({ ...request, preApprovedBy: null });
  expect((await drive(workspace, 'r1', unsigned, () => Promise.resolve(null))).kind).toBe('waiting');
  expect(await prune(workspace, ports.clock.now() + 999 * dayMs)).toMatchObject({ forgotten: [], sealed: [], evidence: 0 });
  await workspace.close();
});

test('the size on disk grows by the same for every release, and a prune gives most of it back', async () => {
  const { workspace, run, ports } = await after(2, { workingDays: 0, journalDays: 0, keepReleases: 0 });
  const size = () => pagesOf(workspace.stateDir, 'journal.db') + pagesOf(workspace.stateDir, 'checkpoints.db');
  const sizes = [size()];
  for (const batch of [1, 2, 3]) {
    for (const nth of [1, 2, 3]) await run(`${batch}-${nth}`);
    sizes.push(size());
  }
  const grown = sizes.slice(1).map((bytes, place) => bytes - (sizes[place] ?? 0));
  expect(Math.max(...grown) / Math.min(...grown)).toBeLessThan(1.1);
  await prune(workspace, ports.clock.now() + 999 * dayMs);
  expect(size()).toBeLessThan(0.35 * (sizes.at(-1) ?? 0));
  expect((await sizesOf(workspace)).database).toBeLessThan(1.5 * size()); // on the disk too
  await workspace.close();
});

test('whatever the policy, nothing is pruned of a release that has not ended, nor the journal of what production serves', () => {
  const row = fc.record({
    id: fc.uuid(),
    state: fc.constantFrom('queued', 'running', 'waiting', 'ended' as const),
    outcome: fc.constantFrom(...outcomes),
    updatedAt: fc.integer({ min: 0, max: 2_000 * dayMs }),
  });
  const policy = fc.record({
    workingDays: fc.nat(400),
    journalDays: fc.option(fc.nat(900)),
    keepReleases: fc.nat(5),
  });
  fc.assert(
    fc.property(fc.uniqueArray(row, { selector: ({ id }) => id }), policy, (given, retention) => {
      const rows = given.map((one): ReleaseRow => ({ ...one, request, reason: '', model: 'runbook', simulated: false, createdAt: 0 }));
      const now = 2_000 * dayMs;
      const { forget, seal } = releasesToPrune(rows, { ...simulatedConfig(), retention }, now);
      const of = (id: string) => rows.find((one) => one.id === id);
      for (const id of [...forget, ...seal]) expect(of(id)?.state).toBe('ended');
      const promoted = rows.filter(({ state, outcome }) => state === 'ended' && outcome === 'promoted');
      const newest = Math.max(...promoted.map(({ updatedAt }) => updatedAt));
      if (promoted.length > 0) expect(promoted.some((one) => one.updatedAt === newest && !seal.includes(one.id))).toBe(true);
      const kept = rows.filter(({ id, state }) => state === 'ended' && !seal.includes(id));
      expect(kept.length).toBeGreaterThanOrEqual(Math.min(retention.keepReleases, kept.length + seal.length));
      if (retention.journalDays === null) expect(seal).toEqual([]);
    }),
  );
});
