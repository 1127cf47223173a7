import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { runCommand, signalGroup } from '../../processes.js';
import type { Clock } from '../../ports.js';
import type { Running } from './state-file.js';

/**
 * Ends what an earlier run left behind. Pids are reused, so a process is ended only when it still shows the recorded
 * port or command. Returns the pids that it ended.
 */
export const endOrphans = async (recorded: Running, clock: Clock): Promise<number[]> => {
  const orphans = [];
  for (const entry of recorded) if (isOurs(entry, await describeProcess(entry.pid))) orphans.push(entry.pid);
  for (const pid of orphans) signalGroup(pid, 'SIGKILL');
  for (const pid of orphans) for (let waits = 0; waits < 100 && (await describeProcess(pid)) !== ''; waits++) await clock.sleep(20);
  return orphans;
};

const isOurs = ({ port, command }: Running[number], description: string): boolean =>
  description !== '' && (description.includes(command.join(' ')) || new RegExp(`\\b${port}\\b`).test(description));

/** Command line, and on Linux the PORT of its environment; '' when there is no such process. */
const describeProcess = async (pid: number): Promise<string> => {
  if (process.platform !== 'linux') {
    const { exitCode, output } = await runCommand({
      command: ['ps', '-o', 'command=', '-p', String(pid)],
      cwd: tmpdir(),
      timeoutMs: 5_000,
    });
    return exitCode === 0 ? output : '';
  }
  const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => ''); // gone, or another user's: then it is not ours to end
  const [commandLine, environment] = await Promise.all([read('cmdline'), read('environ')]);
  const port = environment.split('\0').find((entry) => entry.startsWith('PORT='));
  return [...commandLine.split('\0'), port ?? ''].join(' ').trim();
};
