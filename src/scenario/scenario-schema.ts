import { z } from 'zod';
import { outcomes } from '../blackboard/store.js';
import type { StagingConfigInput } from '../catalog/config.js';
import { successCriteria } from '../catalog/criteria.js';
import { reason, StagingError } from '../catalog/errors.js';
import { eventTopics, type EventTopic } from '../catalog/events.js';
import { checkOutcomes, gateNames, type GateName } from '../catalog/gates.js';
import { releaseRequestSchema } from '../catalog/request.js';
import { faultSchema } from './faults.js';
import { worldSchema } from './simulated-world.js';

const topic = z.enum(eventTopics as [EventTopic, ...EventTopic[]]); // keys of a const table
const gate = z.enum(gateNames as [GateName, ...GateName[]]); // keys of a const table
const afterS = z.number().nonnegative().default(0);

const limitsSchema = z.strictObject({
  maxCredits: z.number().int().positive().optional(),
  maxActiveMinutes: z.number().positive().optional(),
});

/** What a person does when the release waits for one. Each is done once, in order; where none is left, the release waits on. */
const decisionSchema = z.discriminatedUnion('on', [
  z.strictObject({
    on: z.literal('approval'),
    decision: z.enum(['approved', 'rejected']).default('approved'),
    by: z.string().min(1).default('owner'),
    comment: z.string().default(''),
    /** Seconds after the question. */
    afterS,
  }),
  z.strictObject({ on: z.literal('limit'), raise: limitsSchema, afterS }),
  /** A model has asked to stop; the person has read why, and lets the release go on. */
  z.strictObject({ on: z.literal('hold'), afterS }),
]);
export type Decision = z.output<typeof decisionSchema>;

/** How the run must turn out; what is left out may turn out anyhow. */
const expectationSchema = z.strictObject({
  /** `waiting`: for a person. */
  outcome: z.enum([...outcomes, 'waiting']),
  /** Part of the reason that the end gives. */
  because: z.string().optional(),
  /** Emitted in this order, others between them. */
  emits: z.array(topic).default([]),
  neverEmits: z.array(topic).default([]),
  gates: z.partialRecord(gate, z.enum(checkOutcomes)).default({}),
  /** What serves in the end, as `v2.2.0 with payments v1.4.0` where services went together; null for nothing. */
  serves: z.partialRecord(z.enum(['staging', 'production']), z.string().nullable()).default({}),
  attempts: z.number().int().positive().optional(),
  /** Where it stopped on the way, by the code of the error; `process_killed` where the process died. */
  stops: z.array(z.string()).optional(),
  /** The features that were found to make the release fail, in the order in which they were found. */
  culprits: z.array(z.string()).optional(),
  /** The success criteria that are not met, all of them; [] where every one is. */
  unmet: z.array(z.string()).optional(),
});

const words = z.record(z.string(), z.string());
function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A scenario: the world, what goes wrong in it, what people do, and how it must turn out. An unknown key is refused by name. */
export const scenarioSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'lower-case letters, digits and dashes'),
  summary: z.string().default(''),
  request: z
    .strictObject({
      version: z.string().default('v2.2.0'),
      features: z.array(z.string()).default(['wishlist', 'fast-checkout']),
      /** What is released together with it: services of the configuration. */
      services: releaseRequestSchema.shape.services,
      /** A feature that no branch holds: the model develops it in `world.files`. */
      develop: releaseRequestSchema.shape.develop,
      target: z.enum(['staging', 'production']).default('production'),
      /** What the person writes instead, message by message: it is read as in any conversation. */
      says: z.array(z.string().min(1)).min(1).optional(),
    })
    .prefault({}),
  /** Keys of a configuration that replace those of the storefront that scenarios release; parsed with them, as a whole. */
  config: z.custom<Partial<StagingConfigInput>>(isObject, 'must be an object').default({}),
  limits: limitsSchema.default({}),
  /** Initial fields of the blackboard, as `scenario.blackboard.set` takes them. */
  blackboard: z.record(z.string(), z.unknown()).default({}),
  world: worldSchema.prefault({}),
  /** Tokens that every answer of the model costs, and their price in micro-dollars per million; the runbook costs nothing. */
  modelCost: z
    .strictObject({
      inputTokens: z.number().int().nonnegative(),
      outputTokens: z.number().int().nonnegative(),
      microDollarsPerMillion: z.number().positive().default(10_000_000),
    })
    .optional(),
  faults: z.array(faultSchema).default([]),
  decisions: z.array(decisionSchema).default([]),
  /** What comes from outside, in order: `scenario.play()` emits it. */
  events: z
    .array(z.strictObject({ topic, payload: z.record(z.string(), z.unknown()).default({}), afterS }))
    .default([{ topic: 'swarm/started', payload: { task: 'staging-environment-deployment' }, afterS: 0 }]),
  /** The success criteria, in the scenario document's own words. */
  criteria: z
    .strictObject({
      requiredEvents: z.array(topic).default([...successCriteria.requiredEvents]),
      blackboardState: words.default(successCriteria.blackboardState),
      deploymentMetrics: words.default(successCriteria.deploymentMetrics),
    })
    .prefault({}),
  expect: expectationSchema.optional(),
});
export type Scenario = z.output<typeof scenarioSchema>;
export type ScenarioInput = z.input<typeof scenarioSchema>;

/** Types a scenario file: `export default defineScenario({ … })`. */
export const defineScenario = (scenario: ScenarioInput): ScenarioInput => scenario;

/** Throws SCENARIO_INVALID with the first key that is wrong. */
export const parseScenario = (scenario: unknown, where = 'the scenario'): Scenario => {
  const parsed = scenarioSchema.safeParse(scenario);
  if (parsed.success) return parsed.data;
  throw new StagingError('SCENARIO_INVALID', `Failed to read ${where}: ${reason(parsed.error)}.`, { cause: parsed.error });
};
