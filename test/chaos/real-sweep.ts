import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import type { ReleaseDocument } from '../../src/desk/document.js';
import { command } from '../support/command.js';
import { leftOver } from '../support/left-over.js';
import { tinyService } from '../support/tiny-service.js';

/** How it is disturbed: its process ends, or the clock of its machine is set again and again while it goes on. */
type Disturbance = 'SIGKILL' | 'SIGTERM' | 'clock forward' | 'clock back';
export type RealOptions = {
  /** After so many rows of the journal, release by release. */
  rows: readonly number[];
  by?: readonly Disturbance[];
  /** Switches off what lets a process end in peace, or the clock that nobody sets, to see that the sweep finds it. */
  without?: 'ears for SIGTERM' | 'monotonic clock';
  tell?: (line: string) => void;
};

/**
 * The same on real things: the command as a process, a service that serves on loopback, a git repository. It is disturbed at some rows,
 * resumed by the command where it was cut off, and must be promoted with one tag, one row of evidence for each thing done, and no process
 * left behind.
 */
export const sweepReal = async ({ rows, by = ['SIGKILL', 'SIGTERM'], without, tell = () => undefined }: RealOptions) => {
  const swept = { tried: 0, wrong: [] as string[] };
  for (const how of by)
    for (const row of rows) {
      const programs = [
        ...(how in setByMs ? [settable(setByMs[how] ?? 0)] : []),
        ...(without === 'ears for SIGTERM' ? [deafened] : []),
        ...(without === 'monotonic clock' ? [monotonicAsTheWall] : []),
      ];
      const problems = await disturbAt(row, how, preloaded(programs)).catch((error: unknown) => [String(error)]);
      swept.tried += 1;
      tell(`${how} after row ${row}: ${problems.length === 0 ? 'as it has to be' : problems.join('; ')}`);
      swept.wrong.push(...problems.map((problem) => `${how} after row ${row}: ${problem}`));
    }
  return swept;
};

/** Gentle: a machine that is busy with something else is no fault of the candidate. */
const rollout = { steps: [{ weightPercent: 50, pauseMs: 2_000 }], watchMs: 1_500, sampleMs: 250, drainMs: 1_000, minRequests: 1 };

/** A process in which nobody can listen to SIGTERM. */
const deafened = `const { on } = process; process.on = (name, heard) => (name === 'SIGTERM' ? process : on.call(process, name, heard));`;

const setByMs: Partial<Record<Disturbance, number>> = { 'clock forward': 6 * 3_600_000, 'clock back': -6 * 3_600_000 };
/** A process whose wall clock is set again and again once it is told to, so that each of its waits meets it. */
const settable = (byMs: number): string => `
  const { now } = Date;
  let aheadMs = 0;
  globalThis.Date = class extends Date {
    static now = () => now() + aheadMs;
    constructor(...given) { given.length === 0 ? super(now() + aheadMs) : super(...given); }
  };
  process.on('SIGUSR2', () => setInterval(() => { aheadMs += ${byMs}; }, 700).unref());`;
/** A process whose other clock is set with it. */
const monotonicAsTheWall = `performance.now = () => Date.now() - performance.timeOrigin;`;
const preloaded = (programs: readonly string[]): Record<string, string> => ({
  NODE_OPTIONS: programs.map((program) => `--import data:text/javascript,${encodeURIComponent(program)}`).join(' '),
});

const disturbAt = async (row: number, how: Disturbance, env: Record<string, string>): Promise<string[]> => {
  const { folder, git } = await tinyService('node', { rollout });
  try {
    const first = command(['release', 'ship tiny v1.1.0 to staging, promote it if it is healthy', '--approve-as', 'owner', '--json'], {
      cwd: folder,
      env,
    });
    let isOver = false;
    void first.finally(() => (isOver = true));
    while (!isOver && journalOf(folder).length < row) await sleep(20);
    if (isOver) return [`it ended by itself before row ${row}`];
    const isCut = how === 'SIGKILL' || how === 'SIGTERM';
    first.kill(isCut ? how : 'SIGUSR2');
    const { exitCode, stdout } = await first;
    const problems = how === 'SIGTERM' && exitCode !== 143 ? [`it was asked to end and ended with ${exitCode ?? 'no code'}`] : [];
    const id = journalOf(folder)[0]?.release ?? '';
    if (isCut) {
      await sleep(500); // whoever holds the other end of the pipe ends what ran
      problems.push(...(await leftOver(folder)).map((line) => `left running: ${line}`));
    }
    const document = isCut ? (await command(['resume', id, '--json'], { cwd: folder })).stdout : stdout;
    const { outcome, reason } = JSON.parse(String(document)) as ReleaseDocument;
    if (outcome !== 'promoted') problems.push(`it ended as ${outcome}: ${reason}`);
    const tags = String((await git('tag')).stdout).match(/^production\/.*$/gm) ?? [];
    if (tags.length !== 1) problems.push(`there are ${tags.length} tags of production`);
    problems.push(...twice(folder));
    if ((await command(['verify', id], { cwd: folder })).exitCode !== 0) problems.push('its journal does not verify');
    problems.push(...(await leftOver(folder)).map((line) => `left running after the end: ${line}`));
    return problems;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

type Row = { release: string; kind: string; name: string; value: string };

const journalOf = (folder: string): Row[] => {
  const file = join(folder, '.staging', 'journal.db');
  if (!existsSync(file)) return [];
  const db = new Database(file, { readonly: true });
  try {
    const isMade = db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'journal'").get() !== undefined;
    return isMade ? db.prepare<[], Row>('SELECT release, kind, name, value FROM journal').all() : [];
  } finally {
    db.close();
  }
};

/** What was done more than once, but for the looks at the health, which are asked for again after each soak. */
const twice = (folder: string): string[] => {
  const counts = new Map<string, number>();
  for (const { kind, name, value } of journalOf(folder)) {
    if (kind !== 'evidence' || name === 'check_health') continue;
    const key = `${name} ${JSON.stringify((JSON.parse(value) as { args: unknown }).args)}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].flatMap(([key, count]) => (count > 1 ? [`${key} was done ${count} times`] : []));
};
