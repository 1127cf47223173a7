import { waiverSchema, type Waiver } from '../../catalog/approval-config.js';
import { reason, StagingError } from '../../catalog/errors.js';
import { readWaivers, writeWaivers } from '../../desk/waivers.js';
import { openWorkspace } from '../../desk/workspace.js';
import { waiverRefused } from '../../gates/waive.js';
import { systemClock } from '../../tools/system-clock.js';
import { openOutput } from '../output.js';
import type { LookOptions } from './look.js';

type WaiveOptions = LookOptions & { as?: string; why?: string; until?: string; end?: boolean };

/** `waive CHECK --as NAME --why TEXT --until DATE`: one failed check passes for a while, in sight. `waive` alone lists what is waived. */
export const waive = async (check: string | undefined, options: WaiveOptions): Promise<number> => {
  const workspace = await openWorkspace(options);
  await workspace.close();
  const { config, stateDir } = workspace;
  const given = readWaivers(stateDir);
  const finish = (waivers: readonly Waiver[], text: string): number => {
    openOutput({ json: options.json ?? false, simulated: false }).result(options.json ? JSON.stringify(waivers, null, 2) : text);
    return 0;
  };
  if (check === undefined) return finish(config.waivers, config.waivers.map(line).join('\n') || 'Nothing is waived.');
  const others = given.filter((one) => one.check !== check);
  if (options.end === true) {
    if (others.length === given.length)
      throw new StagingError('WAIVER_REFUSED', `Failed to end the waiver: ${check} is not waived by command.`);
    writeWaivers(stateDir, others);
    return finish(others, `${check} is no longer waived.`);
  }
  const waiver = parse({ check, by: options.as, reason: options.why, until: options.until });
  if (!config.approvers.includes(waiver.by))
    throw new StagingError('NOT_AN_APPROVER', `Failed to waive ${check}: ${waiver.by} is not among ${config.approvers.join(', ')}.`);
  const refused = waiverRefused(waiver, config, systemClock.now());
  if (refused !== null) throw new StagingError('WAIVER_REFUSED', `Failed to waive ${check}: ${refused}.`);
  writeWaivers(stateDir, [...others, waiver]);
  return finish([...others, waiver], `${line(waiver)}\nReleases from now on show it; one that waits is asked about anew.`);
};

const parse = (given: Record<keyof Waiver, string | undefined>): Waiver => {
  const { success, data, error } = waiverSchema.safeParse(given);
  if (success) return data;
  const option = { check: 'the check', by: '--as', reason: '--why', until: '--until' }[String(error.issues[0]?.path[0])] ?? 'an option';
  throw new StagingError('WAIVER_REFUSED', `Failed to waive ${given.check}: ${option} is missing or wrong (${reason(error)}).`, {
    remedy: 'Name a check of `langgraph-staging catalog`, --as an approver, --why and --until a date.',
  });
};

const line = ({ check, by, reason: why, until }: Waiver): string => `${check} is waived by ${by} until ${until}: ${why}`;
