import { events, eventTopics, type EventTopic } from './events.js';
import { fields } from './fields.js';
import { gates } from './gates.js';
import { limits } from './limits.js';
import { toolPolicy } from './policy.js';
import { routineNames, routines, type RoutineName } from './routines.js';
import { tools } from './tools.js';
import { agents } from './agents.js';
import { successCriteria } from './criteria.js';
import { z } from 'zod';

/** The routine that handles a topic, or null for an announcement or an end. */
export const handlerOf = (topic: EventTopic): RoutineName | null => routineNames.find((name) => routines[name].on === topic) ?? null;

/** Everyone who may emit a topic: routines, and the outside emitters of its row. */
export const emittersOf = (topic: EventTopic): string[] => {
  const row = events[topic];
  return [
    ...('from' in row ? row.from : []),
    ...routineNames.filter((name) => (routines[name].emits as readonly EventTopic[]).includes(topic)),
  ];
};

const shape = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' });

/** Every table as plain JSON: what `langgraph-staging catalog --json` prints. */
export const catalog = () => ({
  agents,
  events: eventTopics.map((topic) => ({
    topic,
    emittedBy: emittersOf(topic),
    handledBy: handlerOf(topic),
    inScenario: events[topic].inScenario,
    payload: shape(events[topic].payload),
  })),
  routines,
  fields: Object.entries(fields).map(([field, row]) => ({
    field,
    owner: row.owner,
    purpose: row.purpose,
    merge: row.merge,
    schema: shape(row.schema),
  })),
  gates,
  tools: Object.entries(tools).map(([tool, row]) => ({
    tool,
    does: row.does,
    acts: row.acts,
    args: shape(row.args),
    result: shape(row.result),
  })),
  policy: toolPolicy,
  limits,
  successCriteria,
});
