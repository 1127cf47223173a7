import Database from 'better-sqlite3';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { ReleaseDocument } from '../../src/desk/document.js';
import { command } from '../support/command.js';
import { leftOver } from '../support/left-over.js';
import { tinyPair } from '../support/tiny-pair.js';
import { everything } from '../support/everything.js';

const ship = (payments: string): string => `ship tiny v1.1.0 and payments ${payments} to staging, promote it if it is healthy`;

/** The versions that take the traffic of an environment, by the record of each service. */
const servedIn = async (folder: string, environment: string): Promise<(string | undefined)[]> => {
  const read = async (...place: string[]) => {
    const text = await readFile(join(folder, '.staging', ...place, 'environments', environment, 'state.json'), 'utf8');
    const { activeSlot, weight, slots } = JSON.parse(text) as {
      activeSlot: 'blue' | 'green';
      weight: number;
      slots: Record<string, { version: string } | null>;
    };
    return weight === 0 ? slots[activeSlot]?.version : `${weight} % elsewhere`;
  };
  return [await read(), await read('services', 'payments')];
};

const release = async (folder: string, sentence: string) => {
  const { stdout, stderr } = await command(['release', sentence, '--approve-as', 'owner', '--json'], { cwd: folder });
  expect(String(stdout), String(stderr)).toContain('"release"');
  return JSON.parse(String(stdout)) as ReleaseDocument;
};

test('two services are promoted together, and one command takes both back', async () => {
  const { folder, payments } = await tinyPair();
  const { release: id, outcome, reason, blackboard, gates } = await release(folder, ship('v1.4.0'));
  expect([outcome, reason]).toEqual(['promoted', 'v1.1.0 with payments v1.4.0 serves production, tagged production/v1.1.0']);
  expect([await servedIn(folder, 'staging'), await servedIn(folder, 'production')]).toEqual([
    ['v1.1.0', 'v1.4.0'],
    ['v1.1.0', 'v1.4.0'],
  ]);
  const order = blackboard.deployment_plan?.release?.filter(({ step }) => step === 'traffic').map(({ service, back }) => [service, back]);
  expect(order).toEqual([
    ['payments', 'all of it to v1.3.0'],
    ['tiny', 'all of it to v1.0.0'],
  ]);
  expect(blackboard.deployment_history?.map(({ version, services }) => [version, services?.map((one) => one.version)])).toEqual([
    ['v1.1.0', ['v1.4.0']],
    ['v1.1.0', ['v1.4.0']],
  ]);
  expect(gates.flatMap(({ checks }) => checks).find(({ check }) => check === 'stability_period')?.reason).toContain('payments passed');
  expect((await payments('tag', '--list', 'production/*')).stdout).toBe('production/payments/v1.4.0');
  expect((await command(['verify', id], { cwd: folder })).exitCode).toBe(0);

  expect((await command(['rollback', id, '--as', 'grace'], { cwd: folder })).exitCode).toBe(0);
  expect([await servedIn(folder, 'staging'), await servedIn(folder, 'production')]).toEqual([
    ['v1.0.0', 'v1.3.0'],
    ['v1.0.0', 'v1.3.0'],
  ]);
  expect(await leftOver(folder)).toEqual([]);
});

test.runIf(everything)(
  'each service brings its own features: a companion is built, released and tagged with the branch that the request names',
  async () => {
    const { folder, payments } = await tinyPair();
    await payments('switch', '--quiet', '--create', 'feature/refunds', 'v1.4.0');
    await writeFile(join(folder, 'payments', 'refunds.mjs'), 'export const refunds = true;\n');
    await payments('add', '-A');
    await payments('commit', '--quiet', '-m', 'Refunds');
    await payments('switch', '--quiet', 'main');
    const { outcome, blackboard } = await release(folder, ship('v1.4.0 with refunds'));
    expect(outcome).toBe('promoted');
    expect(blackboard.feature_artifacts?.map(({ feature, branch }) => [feature, branch])).toEqual([['refunds', 'feature/refunds']]);
    expect((await payments('ls-tree', '--name-only', 'production/payments/v1.4.0')).stdout).toContain('refunds.mjs');
    expect((await payments('ls-tree', '--name-only', 'v1.4.0')).stdout).not.toContain('refunds.mjs');

    const unknown = await command(['release', ship('v1.4.0 with nothing-like-it'), '--approve-as', 'owner'], { cwd: folder });
    expect(unknown.exitCode).toBe(2);
    expect(String(unknown.stderr)).toContain('nothing-like-it');
    expect(await leftOver(folder)).toEqual([]);
  },
);

test('a breach in the second takes the traffic of both back in one movement', async () => {
  const { folder } = await tinyPair();
  const { release: id, outcome, rollout, blackboard, deploymentMetrics } = await release(folder, ship('v1.5.0'));
  expect(outcome).toBe('rolled_back');
  expect(rollout.map(({ weight, reason }) => [weight, reason])).toEqual([
    [50, 'step 1 of 1'],
    [0, expect.stringMatching(/^payments: .+ of its requests failed where 2 % is allowed$/)],
  ]);
  expect(deploymentMetrics.restoreMs).toBeLessThan(1_000);
  expect(await servedIn(folder, 'staging')).toEqual(['v1.0.0', 'v1.3.0']);
  expect(blackboard.deployment_history).toMatchObject([
    { version: 'v1.1.0', status: 'rollback', services: [{ service: 'payments', version: 'v1.5.0' }] },
  ]);
  expect((await command(['verify', id], { cwd: folder })).exitCode).toBe(0);
  expect(await leftOver(folder)).toEqual([]);
});

const reached = async (folder: string, tool: string): Promise<string> => {
  const file = join(folder, '.staging', 'journal.db');
  for (;;) {
    if (existsSync(file)) {
      const db = new Database(file, { readonly: true });
      const made = db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'operations'").get() !== undefined;
      const find = 'SELECT release FROM operations WHERE name = ?';
      const found = made ? db.prepare<[string], { release: string }>(find).get(tool) : undefined;
      db.close();
      if (found) return found.release;
    }
    await sleep(50);
  }
};

test.runIf(everything)(
  'killed in its rollout and resumed, a release of two that breaches in production is back on both everywhere',
  async () => {
    const { folder } = await tinyPair();
    const first = command(['release', ship('v1.6.0'), '--approve-as', 'owner'], { cwd: folder });
    const id = await reached(folder, 'run_rollout');
    await sleep(500);
    first.kill('SIGKILL');
    await first;
    await sleep(300);
    expect(await leftOver(folder)).toEqual([]);

    const { stdout, stderr } = await command(['resume', id, '--json'], { cwd: folder });
    expect(String(stdout), String(stderr)).toContain('"release"');
    const { outcome, rollout, reason } = JSON.parse(String(stdout)) as ReleaseDocument;
    expect([outcome, reason]).toEqual(['rolled_back', expect.stringMatching(/^in production: payments: .+ of its requests failed/)]);
    expect(rollout.filter(({ environment }) => environment === 'production').map(({ weight }) => weight)).toEqual([50, 0]);
    expect([await servedIn(folder, 'staging'), await servedIn(folder, 'production')]).toEqual([
      ['v1.0.0', 'v1.3.0'],
      ['v1.0.0', 'v1.3.0'],
    ]);
    expect((await command(['verify', id], { cwd: folder })).exitCode).toBe(0);
    expect(await leftOver(folder)).toEqual([]);
  },
);
