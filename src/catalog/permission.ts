import type { AgentName } from './agents.js';
import { places, toolPolicy, type ActionClass, type Place } from './policy.js';
import { wayBack, type Denial } from './tool-policy-config.js';
import { tools, type ToolName } from './tools.js';

/** Who would act: an agent, because its model proposes it or because code requires it. */
export type Actor = { agent: AgentName; by: 'model' | 'code' };

type Args = Readonly<Record<string, unknown>>;
type Step = { place: Place; action: ActionClass };

/** Where some tools act, by their arguments. */
const placesBy: Partial<Record<ToolName, (args: Args) => Place>> = {
  run_suite: ({ target }) => (target === 'artifact' ? 'repository' : 'staging'),
};

/** Why this call is not allowed, by the table of roles and by what a configuration denies; null where it is. */
export const whyDenied = (actor: Actor, tool: ToolName, args: Args, denials: readonly Denial[]): string | null => {
  const { agent, by } = actor;
  const ungranted = stepsOf(tool, args).find((step) => !isGranted(actor, step));
  if (ungranted !== undefined)
    return `no row of the tool policy lets ${by === 'model' ? `the model of ${agent}` : agent} do ${ungranted.action} in ${ungranted.place}`;
  const index = denials.findIndex((denial) => isDenied(denial, actor, tool, args));
  const why = denials[index]?.why;
  return index < 0 ? null : `toolPolicy.deny[${index}] denies ${tool} to ${agent}${why === undefined ? '' : `: ${why}`}`;
};

/** Whether a model of the agent may propose the tool, with some arguments. */
export const isOffered = (agent: AgentName, tool: ToolName, denials: readonly Denial[]): boolean =>
  variantsOf(tool).some((args) => whyDenied({ agent, by: 'model' }, tool, args, denials) === null);

/** Whether a denial takes away what code would do by the table. */
export const takesAway = (denial: Denial, agent: AgentName, tool: ToolName): boolean =>
  variantsOf(tool).some(
    (args) => whyDenied({ agent, by: 'code' }, tool, args, []) === null && isDenied(denial, { agent, by: 'code' }, tool, args),
  );

/** Arguments that lead to each place where the tool acts. */
const variantsOf = (tool: ToolName): Args[] => (placesBy[tool] === undefined ? [{}] : [{ target: 'artifact' }, { target: 'live' }]);

const stepsOf = (tool: ToolName, args: Args): Step[] => {
  const acts: Partial<Record<Place, readonly ActionClass[]>> = tools[tool].acts;
  const only = placesBy[tool]?.(args);
  return places
    .filter((place) => only === undefined || place === only)
    .flatMap((place) => (acts[place] ?? []).map((action) => ({ place, action })));
};

const isGranted = ({ agent, by }: Actor, { place, action }: Step): boolean =>
  toolPolicy[agent].some((row) => {
    const granted: readonly ActionClass[] = row[place] ?? [];
    return (by === 'code' || row.by === 'model') && granted.includes(action);
  });

const isDenied = (denial: Denial, { agent, by }: Actor, tool: ToolName, args: Args): boolean =>
  !(by === 'code' && wayBack.includes(tool)) &&
  (denial.agent ?? agent) === agent &&
  (denial.by ?? by) === by &&
  (denial.tool ?? tool) === tool &&
  stepsOf(tool, args).some(({ place, action }) => (denial.in ?? place) === place && (denial.action ?? action) === action);
