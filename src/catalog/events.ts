import { z } from 'zod';

/** Emitters that are no routine: the request itself, the watcher of a rollout or soak, a person's answer or command, a soak that has grown. */
type OutsideEmitter = 'request' | 'watcher' | 'approval' | 'soak' | 'person';
type EventRow = { payload: z.ZodType; inScenario: boolean; from?: readonly OutsideEmitter[] };

const nothing = z.strictObject({});
const why = z.strictObject({ reason: z.string() });

/**
 * The topics in the order of the design's flow. Which routine emits and handles a topic stands in the routine's own row
 * (`emittersOf`, `handlerOf` in `flow.ts` read it from there); `inScenario` marks the topics that the scenario itself names.
 */
export const events = {
  'swarm/started': { payload: z.strictObject({ task: z.string() }), inScenario: true, from: ['request'] },
  'staging/environment_setup_requested': { payload: nothing, inScenario: true },
  'staging/monitoring_requested': { payload: nothing, inScenario: true },
  'staging/development_requested': { payload: nothing, inScenario: true },
  'staging/integration_testing_needed': { payload: nothing, inScenario: true },
  'staging/environment_sync_needed': { payload: nothing, inScenario: false },
  'staging/testing_requested': { payload: nothing, inScenario: true },
  'staging/performance_testing_needed': { payload: nothing, inScenario: true },
  'staging/testing_completed': { payload: nothing, inScenario: false },
  'staging/deployment_approved': { payload: nothing, inScenario: true },
  'staging/deployment_requested': { payload: nothing, inScenario: true },
  'staging/validation_requested': { payload: nothing, inScenario: true },
  'staging/deployment_validated': { payload: nothing, inScenario: false },
  'staging/smoke_testing_needed': { payload: nothing, inScenario: false },
  'staging/performance_monitoring': { payload: nothing, inScenario: false },
  'staging/health_check_needed': { payload: nothing, inScenario: true, from: ['soak'] },
  'staging/deployment_gate_evaluation': { payload: nothing, inScenario: false },
  'staging/production_readiness_check': { payload: nothing, inScenario: true, from: ['approval'] },
  'production/promotion_requested': { payload: nothing, inScenario: false },
  'staging/alert_triggered': { payload: why, inScenario: false, from: ['watcher'] },
  'staging/rollback_required': { payload: why, inScenario: false, from: ['approval', 'person'] },
  'swarm/completed': { payload: why, inScenario: false },
  'swarm/failed': { payload: why, inScenario: false },
} as const satisfies Record<string, EventRow>;

export type EventTopic = keyof typeof events;
export const eventTopics = Object.keys(events) as EventTopic[]; // keys of a const table
