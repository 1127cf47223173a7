import type { ToolTable } from '../run-tool.js';
import { commitOf, newest, stableOf } from '../candidate.js';
import { wantedFeatures } from '../culprit/wanted-features.js';

/** Source tools: what changed, the integration, the artifact, the tag. */
export const sourceTools: ToolTable<'read_changes' | 'integrate_features' | 'build_artifact' | 'tag_version' | 'read_source_heads'> = {
  read_changes: async (_, context) => {
    const { version } = await stableOf(context);
    return context.ports.source.changes(version, commitOf(context.all, context.attempt) ?? context.request.version);
  },
  integrate_features: (_, context) => {
    const { ports, releaseId, attempt, request } = context;
    return ports.source.integrate({ releaseId, attempt, version: request.version, features: wantedFeatures(context) });
  },
  build_artifact: async (_, context) => {
    const integration = newest(context, 'integrate_features')?.data;
    if (integration?.status !== 'integrated')
      return { status: 'failed', digest: '', path: '', files: 0, bytes: 0, durationMs: 0, output: 'there is nothing integrated to build' };
    return context.ports.source.build({ ...integration, commit: commitOf(context.all, context.attempt) ?? integration.commit });
  },
  tag_version: async (_, context) => {
    const promotion = newest(context, 'promote_to_production')?.data;
    const commit = commitOf(context.all, context.attempt);
    if (promotion?.outcome !== 'completed' || commit === undefined) return { tag: '', commit: '' }; // only what was promoted is tagged
    return context.ports.source.tag({ version: context.request.version, commit, releaseId: context.releaseId, digest: promotion.digest });
  },
  read_source_heads: async (_, context) => ({
    heads: await context.ports.source.heads(context.request.version, wantedFeatures(context)),
  }),
};
