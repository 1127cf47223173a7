import type { AgentName } from '../catalog/agents.js';
import { StagingError } from '../catalog/errors.js';
import { fields, type Board, type FieldName } from '../catalog/fields.js';
import { routines, type RoutineName } from '../catalog/routines.js';

const isField = (name: string): name is FieldName => Object.hasOwn(fields, name);

/**
 * Checks what a routine wants to write: the field exists, its agent owns it, the routine's row lists it, the value fits.
 * Throws FIELD_NOT_OWNED or FIELD_INVALID and then nothing is written.
 */
export const checkPosts = (agent: AgentName, routine: RoutineName, posts: Record<string, unknown>): Board => {
  const checked: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(posts)) {
    if (value === undefined) continue; // not mentioned: left untouched
    if (!isField(name)) throw new StagingError('FIELD_INVALID', `Failed to write "${name}": the blackboard has no such field.`);
    const { owner, schema } = fields[name];
    if (owner !== agent) throw new StagingError('FIELD_NOT_OWNED', `Failed to write "${name}": it belongs to ${owner}, not to ${agent}.`);
    if (!(routines[routine].writes as readonly FieldName[]).includes(name))
      throw new StagingError('FIELD_NOT_OWNED', `Failed to write "${name}": ${routine} does not list it among its writes.`);
    const parsed = schema.safeParse(value);
    if (!parsed.success)
      throw new StagingError('FIELD_INVALID', `Failed to write "${name}": ${parsed.error.issues[0]?.message ?? 'invalid'}.`);
    checked[name] = parsed.data;
  }
  return checked; // every entry was parsed by its own field's schema
};
