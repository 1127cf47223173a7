import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { command } from '../support/command.js';
import { leftOver } from '../support/left-over.js';
import { tinyService } from '../support/tiny-service.js';
import { everything, sampled } from '../support/everything.js';

const sentence = 'ship tiny v1.1.0 to staging, promote it if it is healthy';
const rollout = { steps: [{ weightPercent: 25, pauseMs: 1_500 }], watchMs: 1_500, sampleMs: 250, drainMs: 1_000, minRequests: 5 };

const servedIn = async (folder: string, environment: string): Promise<string | undefined> => {
  const text = await readFile(join(folder, '.staging', 'environments', environment, 'state.json'), 'utf8');
  const { activeSlot, slots } = JSON.parse(text) as { activeSlot: 'blue' | 'green'; slots: Record<string, { version: string } | null> };
  return slots[activeSlot]?.version;
};
const idIn = (stderr: unknown): string => /\b([0-9a-f]{8})\b/.exec(String(stderr))?.[1] ?? '';

test('a promoted release goes back with one command inside its window, and the history says who', async () => {
  const { folder } = await tinyService('node', { rollout });
  const { stdout } = await command(['release', sentence, '--approve-as', 'owner', '--json'], { cwd: folder });
  const { release, outcome } = JSON.parse(String(stdout)) as { release: string; outcome: string };
  expect([outcome, await servedIn(folder, 'production')]).toEqual(['promoted', 'v1.1.0']);

  const back = await command(['rollback', release, '--as', 'grace', '--json'], { cwd: folder });
  expect(back.exitCode).toBe(0);
  expect(JSON.parse(String(back.stdout))).toMatchObject({
    outcome: 'rolled_back',
    back: [
      { environment: 'production', version: 'v1.0.0' },
      { environment: 'staging', version: 'v1.0.0' },
    ],
  });
  expect([await servedIn(folder, 'production'), await servedIn(folder, 'staging')]).toEqual(['v1.0.0', 'v1.0.0']);

  const history = await command(['history', '--json'], { cwd: folder });
  expect(JSON.parse(String(history.stdout))).toMatchObject({
    deployments: [
      { environment: 'production', version: 'v1.1.0', status: 'rollback', by: 'grace', reason: 'rolled back by grace' },
      { environment: 'staging', status: 'rollback', by: 'grace' },
    ],
    dora: { changeFailureRate: { value: 1, of: 1 }, deploymentFrequencyPerDay: { value: 'unknown' } },
  });
  expect((await command(['history'], { cwd: folder })).stdout).toMatch(/Change failure rate +100 % +1 of 1 deployments failed/);
  expect(await command(['verify', release], { cwd: folder })).toMatchObject({ exitCode: 0 });
  expect((await command(['rollback', release], { cwd: folder })).exitCode).toBe(2);
  expect(await leftOver(folder)).toEqual([]);
});

test('flags and configuration are steps of the plan, and go back with the release', async () => {
  const { folder, commit } = await tinyService('node', { rollout });
  const flags = {
    flags: [
      { name: 'wishlist', percentage: 10 },
      { name: 'hints', on: false, environment: 'staging' },
    ],
  };
  await commit('Third', { 'flags.json': JSON.stringify(flags) }, 'v1.2.0');
  const listed = async (environment: string): Promise<object[]> => {
    const { stdout } = await command(['flags', 'list', '--environment', environment, '--json'], { cwd: folder });
    return (JSON.parse(String(stdout)) as { flags: object[] }).flags;
  };
  const request = sentence.replace('v1.1.0', 'v1.2.0');
  const { stdout } = await command(['release', request, '--approve-as', 'owner', '--json'], { cwd: folder });
  const { release, outcome, plan, blackboard } = JSON.parse(String(stdout)) as {
    release: string;
    outcome: string;
    plan: { step: string; what: string; back: string }[];
    blackboard: { deployment_history: { configuration?: string }[] };
  };
  expect(outcome).toBe('promoted');
  expect(plan.map(({ step, what }) => `${step} ${what.replace(/[0-9a-f]{8}/, 'DIGEST')}`)).toEqual([
    'configuration v1.2.0 starts with configuration DIGEST (the same as before)',
    'flag wishlist is on for 10 % in staging',
    'flag hints is off for everybody in staging',
    'flag wishlist is on for 10 % in production',
    'deployment v1.2.0 in the idle slot',
    'traffic canary to v1.2.0',
  ]);
  expect(blackboard.deployment_history.map(({ configuration }) => configuration?.slice(0, 7))).toEqual(['sha256:', 'sha256:']);
  expect(await listed('production')).toEqual([{ name: 'wishlist', on: true, percentage: 10 }]);
  for (const words of [
    ['status', release],
    ['explain', release],
  ])
    expect((await command(words, { cwd: folder })).stdout).toMatch(
      /flag +reversible +wishlist is on for 10 % in production; back: on for 100 %/,
    );

  await command(['flags', 'off', 'hints', '--as', 'ada', '--why', 'a word of a person'], { cwd: folder });
  const back = await command(['rollback', release, '--as', 'grace', '--json'], { cwd: folder });
  expect(JSON.parse(String(back.stdout))).toMatchObject({
    flags: [
      { environment: 'production', name: 'wishlist', undone: true },
      { environment: 'staging', name: 'hints', undone: false, detail: 'hints stays as ada has set it since' },
      { environment: 'staging', name: 'wishlist', undone: true, detail: 'wishlist is on for 100 % again' },
    ],
  });
  expect(await listed('production')).toEqual([{ name: 'wishlist', on: true, percentage: 100 }]);
});

test.runIf(everything)('after its window a promoted release stays, and the command says so', async () => {
  const { folder } = await tinyService('node', { rollout: { ...rollout, rollbackWindowMs: 0 } });
  const { stdout } = await command(['release', sentence, '--approve-as', 'owner', '--json'], { cwd: folder });
  const { release } = JSON.parse(String(stdout)) as { release: string };
  const { exitCode, stderr } = await command(['rollback', release, '--as', 'grace'], { cwd: folder });
  expect(exitCode).toBe(2);
  expect(String(stderr)).toContain('Failed to go back from v1.1.0 in production: the window of 0 s after its deployment is over.');
  expect(await servedIn(folder, 'production')).toBe('v1.1.0');
});

const ways: [string, (id: string) => string[], RegExp][] = [
  ['a person with rollback ID', (id: string) => ['rollback', id, '--as', 'grace'], /^grace: /],
  ['an alert', () => ['alert', 'CheckoutFailures', '--detail', 'orders are missing'], /^CheckoutFailures: orders are missing/],
];
test.each(sampled(ways, 2))('%s ends a rollout that another process is at work on', async (_, words, reason) => {
  const { folder, commit } = await tinyService('node', { rollout: { ...rollout, steps: [{ weightPercent: 25, pauseMs: 60_000 }] } });
  await commit('Third', { 'flags.json': JSON.stringify({ flags: [{ name: 'wishlist', percentage: 10 }] }) }, 'v1.2.0');
  const running = command(['release', sentence.replace('v1.1.0', 'v1.2.0'), '--approve-as', 'owner', '--json'], { cwd: folder });
  let stderr = '';
  running.stderr?.on('data', (chunk) => (stderr += String(chunk)));
  while (!stderr.includes('staging: 25 %')) await sleep(50);
  const status = await command(['status'], { cwd: folder });
  expect((await command(words(idIn(status.stdout)), { cwd: folder })).exitCode).toBe(0);
  const document = JSON.parse(String((await running).stdout)) as { outcome: string; rollout: { weight: number; reason: string }[] };
  expect(document.outcome).toBe('rolled_back');
  expect(document.rollout.at(-1)).toMatchObject({ weight: 0, reason: expect.stringMatching(reason) as string });
  expect(stderr).toContain('In staging wishlist is on for 100 % again.');
  const flags = await command(['flags', 'list', '--json'], { cwd: folder });
  expect(JSON.parse(String(flags.stdout))).toMatchObject({
    flags: [{ name: 'wishlist', percentage: 100 }],
    changes: [{ percentage: 10 }, {}],
  });
  expect(await leftOver(folder)).toEqual([]);
});
