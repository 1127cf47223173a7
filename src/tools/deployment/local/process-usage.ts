import { readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { runCommand } from '../../processes.js';

/** What one process group holds: every process that the service started, together. */
export type GroupUsage = { pids: number[]; cpuSeconds: number; memoryBytes: number };
export type ProcessRow = { pid: number; group: number; cpuSeconds: number; memoryBytes: number };

/** Reads the process table once and sums it up by group. */
export const readGroupUsage = async (): Promise<Map<number, GroupUsage>> => {
  const groups = new Map<number, GroupUsage>();
  for (const row of process.platform === 'linux' ? await readProc() : await readPs()) {
    const group = groups.get(row.group) ?? { pids: [], cpuSeconds: 0, memoryBytes: 0 };
    group.pids.push(row.pid);
    group.cpuSeconds += row.cpuSeconds;
    group.memoryBytes += row.memoryBytes;
    groups.set(row.group, group);
  }
  return groups;
};

export type Resources = { cpuCores: number; memoryBytes: number };

/** Turns totals into cores used since the last reading; two readings within 100 ms give the same answer. */
export const createUsageMeter = () => {
  let last: { pid: number; cpuSeconds: number; atMs: number; resources: Resources } | null = null;
  return (pid: number, usage: GroupUsage, livedMs: number): Resources => {
    const atMs = performance.now();
    const before = last?.pid === pid ? last : { cpuSeconds: 0, atMs: atMs - Math.max(livedMs, 1), resources: null };
    if (before.resources !== null && atMs - before.atMs < 100) return before.resources;
    const cpuCores = Math.max(0, usage.cpuSeconds - before.cpuSeconds) / ((atMs - before.atMs) / 1_000); // a child that ended takes its seconds along
    last = { pid, cpuSeconds: usage.cpuSeconds, atMs, resources: { cpuCores, memoryBytes: usage.memoryBytes } };
    return last.resources;
  };
};

/** USER_HZ: what the kernel shows to programs counts in hundredths, on every architecture that Node runs on. */
const ticksPerSecond = 100;

/** The kernel answers from memory, so nothing is waited for: a turn through the thread pool for each file would cost ten times the reading. */
const readProc = async (): Promise<ProcessRow[]> => {
  const bytes = await pageBytes();
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => readProcess(pid, bytes) ?? []);
};

/** proc(5): after the name, which may hold spaces and brackets, field 5 is the group, 14 and 15 are user and system ticks. */
const readProcess = (pid: string, bytes: number): ProcessRow | null => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const field = (number: number) => Number(fields[number - 3]);
    const group = field(5);
    if (group === 0) return null; // the kernel's own
    return { pid: Number(pid), group, cpuSeconds: (field(14) + field(15)) / ticksPerSecond, memoryBytes: field(24) * bytes };
  } catch {
    return null; // it ended while we looked
  }
};

let pages: Promise<number> | undefined;
const pageBytes = (): Promise<number> =>
  (pages ??= runCommand({ command: ['getconf', 'PAGESIZE'], cwd: tmpdir(), timeoutMs: 5_000 }).then(
    ({ output }) => Number(output) || 4_096,
    () => 4_096, // no getconf on this system: the usual size
  ));

/** For systems without /proc. */
export const readPs = async (): Promise<ProcessRow[]> => {
  const { output } = await runCommand({ command: ['ps', '-A', '-o', 'pid=,pgid=,rss=,time='], cwd: tmpdir(), timeoutMs: 5_000 });
  return output.split('\n').flatMap((line) => {
    const [pid, group, kibibytes, time] = line.trim().split(/\s+/);
    return time === undefined
      ? []
      : [{ pid: Number(pid), group: Number(group), cpuSeconds: secondsOf(time), memoryBytes: Number(kibibytes) * 1_024 }];
  });
};

/** `[[days-]hours:]minutes:seconds` */
export const secondsOf = (time: string): number => {
  const [clock = '', days = '0'] = time.split('-').reverse();
  return Number(days) * 86_400 + clock.split(':').reduce((seconds, part) => seconds * 60 + Number(part), 0);
};
