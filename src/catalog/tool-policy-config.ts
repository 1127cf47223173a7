import { z } from 'zod';
import { agentNames } from './agents.js';
import { actionClasses, places } from './policy.js';
import { toolNames, type ToolName } from './tools.js';

/** The way back is open to code whatever a configuration denies, and before any model is asked. */
export const wayBack: readonly ToolName[] = ['roll_back', 'restore_database'];

const denialSchema = z
  .strictObject({
    agent: z.enum(agentNames).optional(),
    tool: z.enum(toolNames).optional(),
    action: z.enum(actionClasses).optional(),
    in: z.enum(places).optional(),
    /** Only what a model proposes; left out, also what code would do. */
    by: z.literal('model').optional(),
    /** Repeated wherever it is refused. */
    why: z.string().min(1).optional(),
  })
  .refine(({ agent, tool, action, in: place }) => [agent, tool, action, place].some((key) => key !== undefined), {
    error: 'must name an agent, a tool, an action or a place (in)',
  })
  .refine(({ tool }) => tool === undefined || !wayBack.includes(tool), {
    error: `cannot name ${wayBack.join(' or ')}: the way back stays open, and no model holds it`,
  });
export type Denial = z.infer<typeof denialSchema>;

const rateSchema = z.strictObject({ calls: z.number().int().positive(), perMs: z.number().int().positive() });
type Rate = z.infer<typeof rateSchema>;

/** What a configuration takes away from the table of roles. It can grant nothing. */
export const toolPolicySchema = z.strictObject({
  /** A row holds for every call that fits all that it names. */
  deny: z.array(denialSchema).default([]),
  /** How often a model may have a tool in one release. What code requires is not counted out. */
  rates: z.partialRecord(z.enum(toolNames), rateSchema).default({}),
});
export type ToolPolicyConfig = z.infer<typeof toolPolicySchema>;

const minutes = 60_000;
const usualRate: Rate = { calls: 60, perMs: 10 * minutes };
const usualRates: Partial<Record<ToolName, Rate>> = {
  run_load: { calls: 10, perMs: 10 * minutes },
  run_tests: { calls: 20, perMs: 10 * minutes },
};

export const rateOf = (tool: ToolName, { rates }: ToolPolicyConfig): Rate => rates[tool] ?? usualRates[tool] ?? usualRate;
