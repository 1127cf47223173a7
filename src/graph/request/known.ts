import type { Store } from '../../blackboard/store.js';
import type { StagingConfig } from '../../catalog/config.js';
import type { RequestContext } from './draft.js';

/** What a sentence is read against besides the configuration: the time, the newest release, and the names that were used before. */
export const knownTo = async (
  store: Store,
  { flags: { guarded } }: StagingConfig,
  now: number,
): Promise<Pick<RequestContext, 'now' | 'last' | 'features'>> => {
  const before = await store.releases();
  const features = [...before.flatMap(({ request }) => request.features), ...(guarded === 'all' ? [] : guarded)];
  return { now, last: before[0]?.request ?? null, features: [...new Set(features)] };
};
