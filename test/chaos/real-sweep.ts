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

/** How long after its start each process of a release is killed, the first and those that go on with it; the one after them is left alone. */
export type Kills = {
  good: boolean;
  afterMs: readonly number[];
  /** That it fails under traffic though it is called good, to see that the sweep tells one from the other. */
  fails?: boolean;
};

/**
 * Killed while it goes on after a kill, again and again, whatever it is at. A good candidate must be promoted all the same, with its
 * migration in both environments; one that fails under traffic must be back, with the data of staging as it was before, and no production.
 */
export const sweepKills = async (all: readonly Kills[], tell: (line: string) => void = () => undefined) => {
  const swept = { tried: 0, wrong: [] as string[] };
  for (const { good, afterMs, fails = !good } of all) {
    const name = `${good ? 'good' : 'bad'}, killed after ${afterMs.join(', ')} ms`;
    const problems = await killAgainAndAgain(good, fails, afterMs).catch((error: unknown) => [String(error)]);
    swept.tried += 1;
    tell(`${name}: ${problems.length === 0 ? 'as it has to be' : problems.join('; ')}`);
    swept.wrong.push(...problems.map((problem) => `${name}: ${problem}`));
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
    return [...problems, ...(await wrongAtTheEnd(folder, { id, git, document, outcome: 'promoted' }))];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const killAgainAndAgain = async (good: boolean, fails: boolean, afterMs: readonly number[]): Promise<string[]> => {
  const { folder, git, commit, service } = await tinyService('node', { rollout, ...withData });
  const files = (version: string, source: string, migrations: readonly object[]) => ({
    'service.mjs': `${opensData}${source}`,
    'migrate.py': migrate,
    'migrations.json': JSON.stringify({ migrations }),
    'version.txt': version,
  });
  const failing = service.replace('const known', `${failsUnderTraffic}const known`);
  await commit('With data', files('1.2', service, []), 'v1.2.0');
  await commit('More data', files('1.3', fails ? failing : service, [{ id: 'more', kind: 'snapshot', why: 'a table' }]), 'v1.3.0');
  try {
    const sentence = 'ship tiny v1.3.0 to staging, promote it if it is healthy';
    const idOf = (): string | undefined => journalOf(folder)[0]?.release;
    const start = () => {
      const id = idOf();
      return command(id === undefined ? ['release', sentence, '--approve-as', 'owner', '--json'] : ['resume', id, '--json'], {
        cwd: folder,
      });
    };
    const problems: string[] = [];
    let kills = 0;
    for (const ms of [...afterMs, null]) {
      const process = start();
      const killing = ms === null ? undefined : setTimeout(() => process.kill('SIGKILL'), ms);
      const { exitCode } = await process;
      clearTimeout(killing);
      await sleep(500); // as above
      problems.push(...(await leftOver(folder)).map((line) => `left running: ${line}`));
      if (exitCode !== undefined) break;
      kills += 1;
    }
    if (kills === 0) problems.push('it ended before it was killed');
    const { stdout: document } = await command(['report'], { cwd: folder }); // the last process may have found it ended
    const outcome = good ? 'promoted' : 'rolled_back';
    problems.push(...(await wrongAtTheEnd(folder, { id: idOf() ?? '', git, document, outcome })));
    const migrated = ['staging', 'production'].filter((environment) => tablesOf(folder, environment).includes('more'));
    const wanted = good ? ['staging', 'production'] : [];
    if (String(migrated) !== String(wanted)) problems.push(`migrated are ${migrated.join(' and ') || 'none'}`);
    return problems;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const withData = {
  data: { sqlite: ['tiny.db'], lostWrites: { staging: 'accept', production: 'accept' } },
  service: { stable: 'v1.2.0', migrate: { command: ['python3', 'migrate.py'], manifest: 'migrations.json' } },
};
const openPython = `import json, os, sqlite3; db = sqlite3.connect(os.environ['DATA_DIR'] + '/tiny.db'); db.execute('CREATE TABLE IF NOT EXISTS base (x)'); db.commit()`;
const opensData = `import { spawnSync } from 'node:child_process';\nspawnSync('python3', ['-c', ${JSON.stringify(openPython)}]);\n`;
const migrate = `${openPython}
for one in json.load(open('migrations.json'))['migrations']: db.execute('CREATE TABLE IF NOT EXISTS ' + one['id'] + ' (x)')
db.commit()
`;
/** Through the proxy only: the tests of the candidate by itself find nothing. */
const failsUnderTraffic = `globalThis.asked = (globalThis.asked ?? 0) + ('x-forwarded-for' in request.headers ? 1 : 0);
  if (globalThis.asked > 30 && globalThis.asked % 3 === 0) return response.writeHead(500, headers).end();
  `;

const tablesOf = (folder: string, environment: string): string[] => {
  const file = join(folder, '.staging', 'environments', environment, 'data', 'tiny.db');
  return rowsOf<{ name: string }>(file, 'SELECT name FROM sqlite_master').map(({ name }) => name);
};

type End = {
  id: string;
  git: Awaited<ReturnType<typeof tinyService>>['git'];
  document: unknown;
  outcome: 'promoted' | 'rolled_back';
};

const wrongAtTheEnd = async (folder: string, { id, git, document, outcome: wanted }: End): Promise<string[]> => {
  const problems: string[] = [];
  const { outcome, reason } = JSON.parse(String(document)) as ReleaseDocument;
  if (outcome !== wanted) problems.push(`it ended as ${outcome}: ${reason}`);
  const tags = String((await git('tag')).stdout).match(/^production\/.*$/gm) ?? [];
  if (tags.length !== (wanted === 'promoted' ? 1 : 0)) problems.push(`there are ${tags.length} tags of production`);
  problems.push(...twice(folder));
  if ((await command(['verify', id], { cwd: folder })).exitCode !== 0) problems.push('its journal does not verify');
  return [...problems, ...(await leftOver(folder)).map((line) => `left running after the end: ${line}`)];
};

type Row = { release: string; kind: string; name: string; value: string };

const journalOf = (folder: string): Row[] =>
  rowsOf(join(folder, '.staging', 'journal.db'), 'SELECT release, kind, name, value FROM journal');

/** None where the file or the table is not made yet. */
const rowsOf = <T>(file: string, query: string): T[] => {
  if (!existsSync(file)) return [];
  const db = new Database(file, { readonly: true });
  try {
    return db.prepare<[], T>(query).all();
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('no such table')) return [];
    throw error;
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
