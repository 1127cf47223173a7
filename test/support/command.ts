import { readdirSync, statSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa, type Options } from 'execa';

const changedAt = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** The arguments of Node that start the command. What was built, where that is newer than every source: it starts in a third of the time. Otherwise the sources themselves. */
export const entry = readdirSync('src', { recursive: true, encoding: 'utf8' }).every(
  (path) => changedAt(join('src', path)) < changedAt('dist/cli/main.js'),
)
  ? [resolve('dist/cli/main.js')]
  : ['--import', import.meta.resolve('tsx'), resolve('src/cli/main.ts')];

/** The command as a process of its own, without any key in its environment. */
export const command = (args: readonly string[], options: Options = {}) => {
  const { PATH, HOME, TMPDIR } = process.env;
  return execa(process.execPath, [...entry, ...args], {
    reject: false,
    stdin: 'ignore',
    extendEnv: false,
    ...options,
    env: { PATH, HOME, TMPDIR, ...options.env },
  });
};

/** A folder with a configuration in it. */
export const folderWith = async (config: unknown): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'staging-'));
  await writeFile(join(folder, 'staging.config.json'), JSON.stringify(config));
  return folder;
};

export const simulatedService = {
  service: { name: 'storefront', stable: 'v2.1.1', start: { command: ['true'] } },
  suites: ['unit', 'integration', 'api', 'ui', 'regression', 'smoke'].map((kind) => ({ name: kind, kind, command: ['true'] })),
  criticalUserPaths: ['/'],
  rollout: { sampleMs: 60_000, steps: [{ weightPercent: 10, pauseMs: 600_000 }], watchMs: 600_000 },
  approvers: ['owner'],
};
