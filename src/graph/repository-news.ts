import { reason } from '../catalog/errors.js';
import type { SourcePort } from '../tools/ports.js';
import type { StagingState } from './state.js';

/**
 * What has happened to the features of a candidate since it was built, in words: commits that it does not have. A repository that
 * cannot be asked is news as well; an approver decides with both in sight.
 */
export const newsOf = async ({ request, attempt, feature_artifacts: built = [] }: StagingState, source: SourcePort): Promise<string[]> => {
  // What was developed from a description stands on no branch that could move.
  const own = built.filter((one) => one.attempt === attempt && one.feature !== request?.develop);
  if (request === null || own.length === 0) return [];
  try {
    const heads = await source.heads(
      request.version,
      own.map((one) => one.feature),
      { dirty: 'allowed' },
    );
    return own.flatMap(({ feature, commit }) => {
      const head = heads[feature];
      return head === undefined || head === commit ? [] : [`${feature} has a newer commit, ${head.slice(0, 10)}, which is not in this`];
    });
  } catch (error) {
    return [`whether there are newer commits is not known: ${reason(error)}`];
  }
};
