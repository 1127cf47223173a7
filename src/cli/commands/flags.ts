import { randomBytes } from 'node:crypto';
import { StagingError } from '../../catalog/errors.js';
import type { EnvironmentName } from '../../catalog/tools.js';
import type { Flag } from '../../tools/flags/flag.js';
import type { FlagsPort } from '../../tools/ports.js';
import { clockTime, openOutput } from '../output.js';
import { environmentOf as serviceEnvironment } from '../../desk/shared/environment-of.js';
import { holdEnvironment } from '../../desk/shared/hold-environment.js';
import { openWorkspace, type Workspace } from '../../desk/workspace.js';
import type { LookOptions } from './look.js';

type FlagOptions = LookOptions & { environment?: string; for?: string; as?: string; why?: string; percentage?: string; on?: boolean };

/** `flags list`: every flag of an environment, what a visitor gets with `--for`, and the newest changes. */
export const listFlags = (options: FlagOptions): Promise<number> =>
  withFlags(options, async ({ flags, environment }) => {
    const visitor = options.for;
    const listed = await Promise.all(
      (await flags.list(environment)).map(async (flag) => ({
        ...flag,
        ...(visitor !== undefined && { visitor, ...(await flags.evaluate(environment, flag.name, visitor)) }),
      })),
    );
    const changes = await flags.changes(environment);
    const lines = listed.map(
      (flag) => `${line(flag)}${'value' in flag ? `  ${visitor}: ${flag.value ? 'on' : 'off'} (${flag.reason})` : ''}`,
    );
    const newest = changes.slice(-10).map((one) => `  ${clockTime(one.at)}  ${line(one)}  by ${one.by}: ${one.why}`);
    return {
      json: { environment, flags: listed, changes },
      text: [lines.join('\n') || `No flag is set in ${environment}; a feature that asks for one is on.`, ...newest].join('\n'),
    };
  });

/**
 * `flags set NAME --percentage N`, `--on`: takes effect with the next look of the running service. On a shared database it is refused while a
 * release has the environment; the kill switch never is.
 */
export const setFlag = (name: string, options: FlagOptions): Promise<number> => {
  if (options.percentage === undefined && options.on === undefined)
    throw new StagingError('FLAG_INVALID', `Failed to set flag ${name}: say --on or --percentage N.`);
  const change = {
    ...(options.on !== undefined && { on: options.on }),
    ...(options.percentage !== undefined && { percentage: options.percentage.trim() === '' ? Number.NaN : Number(options.percentage) }),
  };
  return changed(options, async (flags, environment, who, { shared, config }) => {
    const letGo = shared === null ? null : await holdEnvironment(shared, serviceEnvironment(config), who.by);
    try {
      return await flags.set(environment, name, { ...change, ...who });
    } finally {
      await letGo?.();
    }
  });
};

/** `flags off NAME`: the kill switch. No deployment, no restart. */
export const killFlag = (name: string, options: FlagOptions): Promise<number> =>
  changed(options, (flags, environment, who) => flags.kill(environment, name, who));

type Change = (flags: FlagsPort, environment: EnvironmentName, who: { by: string; why: string }, workspace: Workspace) => Promise<Flag>;

const changed = (options: FlagOptions, change: Change): Promise<number> =>
  withFlags(options, async ({ flags, environment, workspace }) => {
    const who = { by: options.as ?? 'nobody', why: options.why ?? 'no reason given' }; // the command line insists on --as
    const flag = await change(flags, environment, who, workspace);
    const at = (await flags.changes(environment)).at(-1)?.at ?? 0;
    const key = `${at}:${flag.name}:${randomBytes(4).toString('hex')}`;
    await workspace.store.append(`flags:${environment}`, [
      { key, at, agent: who.by, routine: '', kind: 'note', name: `flag ${flag.name}`, value: { environment, ...flag, ...who } },
    ]);
    return { json: { environment, flag, ...who }, text: `${environment}: ${line(flag)}, by ${who.by}: ${who.why}` };
  });

const line = ({ name, on, percentage }: Flag): string => `${name.padEnd(24)} ${on ? `on for ${percentage} %` : 'off for everybody'}`;

type Given = { workspace: Workspace; flags: FlagsPort; environment: EnvironmentName };

const withFlags = async (options: FlagOptions, work: (given: Given) => Promise<{ json: unknown; text: string }>): Promise<number> => {
  const environment = environmentOf(options.environment ?? 'staging');
  const workspace = await openWorkspace(options);
  try {
    const [{ openLocalFlags }, { systemClock }] = await Promise.all([
      import('../../tools/flags/open-local-flags.js'),
      import('../../tools/system-clock.js'),
    ]);
    const flags = openLocalFlags({ stateDir: workspace.stateDir, clock: systemClock });
    const { json, text } = await work({ workspace, flags, environment });
    openOutput({ json: options.json ?? false, simulated: false }).result(options.json ? JSON.stringify(json, null, 2) : text);
    return 0;
  } finally {
    await workspace.close();
  }
};

const environmentOf = (name: string): EnvironmentName => {
  if (name === 'staging' || name === 'production') return name;
  throw new StagingError('FLAG_INVALID', `Failed to find environment ${JSON.stringify(name)}: there are staging and production.`);
};
