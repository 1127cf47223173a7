import type { z } from 'zod';
import { StagingError } from '../catalog/errors.js';
import { whyDenied, type Actor } from '../catalog/permission.js';
import { routines, type RoutineName } from '../catalog/routines.js';
import { rateOf, type ToolPolicyConfig } from '../catalog/tool-policy-config.js';
import { tools, type ToolName } from '../catalog/tools.js';
import { formatDuration } from '../gates/words.js';

/** Who wants a call, in which routine, and since when. */
export type Caller = Actor & {
  routine: RoutineName;
  /** When it was asked for. */
  at: number;
  /** When this release had the tool before. */
  earlier: (tool: ToolName) => readonly number[];
};

export type Call = { tool: string; args: unknown; caller: Caller };

/** Why the call is not let through, or null. Default deny: the routine lists the tool, its arguments fit, the policy allows them, and not too often. */
export const refusalOf = ({ tool, args, caller }: Call, policy: ToolPolicyConfig): string | null => {
  const row = routines[caller.routine];
  const listed: ToolName[] = [...row.requires, ...row.may];
  const name = listed.find((known) => known === tool);
  if (name === undefined) return `${caller.routine} has no tool "${plain(tool)}"`;
  const parsed = tools[name].args.safeParse(args);
  if (!parsed.success) return `its arguments do not fit: ${parsed.error.issues.slice(0, 1).map(describe).join('')}`;
  return whyDenied(caller, name, parsed.data, policy.deny) ?? tooOften(name, caller, policy);
};

/** The last thing before the effect. Throws TOOL_REFUSED. */
export const admit = (call: Call, policy: ToolPolicyConfig): void => {
  const refused = refusalOf(call, policy);
  if (refused !== null) throw new StagingError('TOOL_REFUSED', `Failed to call ${plain(call.tool)}: ${refused}.`);
};

/** What a model made up is told back in letters only: it is read outside the fence. */
export const plain = (tool: string): string => tool.replaceAll(/[^\w-]+/g, ' ').slice(0, 60);

const describe = ({ code, path, message }: z.core.$ZodIssue): string =>
  code === 'unrecognized_keys' ? 'there is one that it does not take' : `${path.join('.')} ${message}`;

/** A model only: what code requires is bounded by the routine itself, and a rate must not keep evidence from a gate. */
const tooOften = (tool: ToolName, { by, at, earlier }: Caller, policy: ToolPolicyConfig): string | null => {
  if (by === 'code') return null;
  const { calls, perMs } = rateOf(tool, policy);
  const recent = earlier(tool).filter((time) => time > at - perMs).length;
  return recent < calls ? null : `${tool} was called ${recent} times in ${formatDuration(perMs)}, and ${calls} are allowed`;
};
