import type { StagingConfigInput } from '../catalog/config.js';
import { reason, StagingError } from '../catalog/errors.js';
import { fieldNames, fields, type Board, type FieldName, type PostsOf } from '../catalog/fields.js';
import { gateNames } from '../catalog/gates.js';
import { didYouMean } from '../gates/near-matches.js';

type InitialField = keyof PostsOf<'request'>;

/** What a test reads and sets: initial fields before the swarm starts, everything afterwards read only. */
export type ScenarioBlackboard = {
  /** The value of a field, or undefined. Throws FIELD_UNKNOWN. */
  get<F extends FieldName>(field: F): Board[F];
  get(field: string): unknown;
  /** Sets an initial field. Throws FIELD_UNKNOWN, FIELD_NOT_OWNED, FIELD_INVALID, SCENARIO_STEP. */
  set(field: string, value: unknown): void;
};

export const checkField = (field: string): FieldName => {
  const known = fieldNames.find((name) => name === field);
  if (known === undefined)
    throw new StagingError(
      'FIELD_UNKNOWN',
      `Failed to find the field "${field}": the blackboard has none. ${didYouMean(field, fieldNames)}`,
    );
  return known;
};

/** The initial field and its value, as the field's own schema parses it. */
export const checkInitial = (field: string, value: unknown): PostsOf<'request'> => {
  const name = checkField(field);
  const { owner, schema } = fields[name];
  if (owner !== 'request')
    throw new StagingError('FIELD_NOT_OWNED', `Failed to set "${name}": it belongs to ${owner}, who writes it from evidence.`, {
      remedy: `Set an initial field: ${fieldNames.filter((one) => fields[one].owner === 'request').join(', ')}.`,
    });
  const parsed = schema.safeParse(value);
  if (!parsed.success)
    throw new StagingError('FIELD_INVALID', `Failed to set "${name}": ${reason(parsed.error)}.`, { remedy: 'Correct the value.' });
  return { [name]: parsed.data };
};

/**
 * The configuration that a blackboard asks for. An initial field is a view of it, so setting the field must change what is judged;
 * else the blackboard would say one thing and the gates another.
 */
export const configWith = (config: StagingConfigInput, board: PostsOf<'request'>): StagingConfigInput =>
  (Object.keys(board) as InitialField[]).reduce((changed, field) => ({ ...changed, ...views[field](board, changed) }), config); // keys of a partial board

const views: { [F in InitialField]: (board: PostsOf<'request'>, config: StagingConfigInput) => Record<string, unknown> } = {
  staging_environment_config: ({ staging_environment_config: { quota } = {} }, config) =>
    quota === undefined ? {} : { limits: { ...config.limits, quota } },
  deployment_pipeline: ({ deployment_pipeline: pipeline = {} }) => pipeline,
  staging_test_suite: ({ staging_test_suite: suites = [] }, config) => ({
    suites: suites.map(({ id, kind }) => (config.suites ?? []).find((suite) => suite.name === id) ?? { name: id, kind, command: ['true'] }),
  }),
  critical_user_paths: ({ critical_user_paths: criticalUserPaths = [] }) => ({ criticalUserPaths }),
  performance_targets: ({ performance_targets: targets = {} }, config) => ({
    performanceTargets: { ...config.performanceTargets, ...targets },
  }),
  deployment_gates: ({ deployment_gates: wanted = [] }) => {
    const missing = gateNames.filter((gate) => !wanted.includes(gate));
    if (missing.length > 0)
      throw new StagingError('FIELD_INVALID', `Failed to set "deployment_gates": ${missing.join(', ')} cannot be left out.`, {
        remedy: 'Switch single checks off in production_criteria.off, each with a reason.',
      });
    return {};
  },
  production_criteria: ({ production_criteria: criteria = {} }, config) => {
    const { minPassRate, off, soakMs, approvers } = criteria;
    return {
      gates: { ...config.gates, ...(minPassRate !== undefined && { minPassRate }), ...(off !== undefined && { off }) },
      ...(soakMs !== undefined && { stability: { ...config.stability, soakMs } }),
      ...(approvers !== undefined && { approvers }),
    };
  },
};
