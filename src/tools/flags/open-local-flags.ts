import { mkdir, open, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { StagingError } from '../../catalog/errors.js';
import { redact } from '../../catalog/redact.js';
import type { EnvironmentName } from '../../catalog/tools.js';
import { openStateFile } from '../deployment/local/state-file.js';
import type { Clock, FlagsPort } from '../ports.js';
import { changeFlag, flagFileSchema, type Flag, type FlagFile } from './flag.js';

const none: FlagFile = { flags: {}, changes: [] };

/** The flag file of an environment, in its folder; the service finds it by FLAGS_FILE. */
export const flagFileIn = (environmentFolder: string): string => join(environmentFolder, 'flags.json');

/**
 * One flag file per environment on this machine. A change is written whole or not at all, by one process at a time, and a service
 * that reads the file has it with its next look: nothing is deployed and nothing restarted. Throws FLAG_INVALID, STORE_UNREADABLE.
 */
export const openLocalFlags = ({ stateDir, clock }: { stateDir: string; clock: Clock }): FlagsPort => {
  const fileOf = (environment: EnvironmentName) =>
    openStateFile(flagFileIn(join(resolve(stateDir), 'environments', environment)), flagFileSchema, none);
  const set: FlagsPort['set'] = async (environment, name, { on, percentage, by, why }) => {
    const file = fileOf(environment);
    return alone(file.path, clock, async () => {
      const after = changeFlag(await file.read(), name, { on, percentage, at: clock.now(), by, why: redact(why) });
      await file.write(after);
      return flagOf(after, name);
    });
  };
  return {
    name: 'local',
    list: async (environment) => flagsOf(await fileOf(environment).read()),
    changes: async (environment) => (await fileOf(environment).read()).changes,
    get: async (environment, name) => flagsOf(await fileOf(environment).read()).find((flag) => flag.name === name) ?? null,
    set,
    kill: (environment, name, who) => set(environment, name, { on: false, ...who }),
    evaluate: async (environment, name, visitor) => {
      const [{ OpenFeature }, { flagFileProvider }] = await Promise.all([
        import('@openfeature/server-sdk'),
        import('./flag-file-provider.js'),
      ]);
      const domain = `${stateDir}:${environment}`;
      await OpenFeature.setProviderAndWait(domain, flagFileProvider(fileOf(environment).read));
      const { value, reason = '' } = await OpenFeature.getClient(domain).getBooleanDetails(name, true, { targetingKey: visitor });
      return { value, reason };
    },
  };
};

const flagsOf = (file: FlagFile): Flag[] =>
  Object.entries(file.flags)
    .map(([name, flag]) => ({ name, ...flag }))
    .sort((a, b) => a.name.localeCompare(b.name));

const flagOf = (file: FlagFile, name: string): Flag => ({ name, on: false, percentage: 0, ...file.flags[name] });

const lock = { patienceMs: 5_000, abandonedMs: 10_000 };

/** Reading and writing as one: a release and the command may change flags at the same time. A lock that a crash left is taken over. */
const alone = async <T>(path: string, clock: Clock, work: () => Promise<T>): Promise<T> => {
  const lockPath = `${path}.lock`;
  await mkdir(dirname(path), { recursive: true });
  const deadline = clock.now() + lock.patienceMs;
  for (;;) {
    const taken = await open(lockPath, 'wx').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return null;
      throw error;
    });
    if (taken !== null) {
      await taken.close();
      break;
    }
    const age = clock.now() - ((await stat(lockPath).catch(() => null))?.mtimeMs ?? clock.now()); // gone by now: the next try takes it
    if (age > lock.abandonedMs) await rm(lockPath, { force: true });
    else if (clock.now() > deadline)
      throw new StagingError('ADAPTER_FAILED', `Failed to change flags in ${path}: another process holds ${lockPath}.`);
    else await clock.sleep(20);
  }
  try {
    return await work();
  } finally {
    await rm(lockPath, { force: true });
  }
};
