import type { StagingConfig } from '../../catalog/config.js';
import type { ReleaseRequest } from '../../catalog/request.js';
import type { Evidence } from '../../catalog/tools.js';

type Release = { request: ReleaseRequest; config: Pick<StagingConfig, 'onCulprit'>; all: readonly Evidence[]; attempt: number };
export type Dropped = { feature: string; reason: string; attempt: number; digest: string };

/** Whether a release goes on without a feature that was found to make it fail. */
export const dropsCulprit = ({ request, config }: Pick<Release, 'request' | 'config'>): boolean =>
  (request.onCulprit ?? config.onCulprit) === 'drop';

/**
 * What earlier attempts have shown to be the culprit. Two features that only fail together are not dropped: which of them goes is
 * for a person to say.
 */
export const droppedFeatures = ({ all, attempt, ...release }: Release): Dropped[] =>
  all.flatMap((item) =>
    dropsCulprit(release) && item.tool === 'find_culprit' && item.attempt < attempt && item.data.outcome === 'found'
      ? item.data.culprits.map((feature) => ({ feature, reason: item.data.reason, attempt: item.attempt, digest: item.digest }))
      : [],
  );

/** The features of this attempt: those that were asked for, without those that were dropped. */
export const wantedFeatures = (release: Release): string[] => {
  const dropped = droppedFeatures(release).map(({ feature }) => feature);
  return release.request.features.filter((feature) => !dropped.includes(feature));
};
