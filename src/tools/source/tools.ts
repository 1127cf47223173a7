import type { ToolTable } from '../run-tool.js';
import { newest, stableOf } from '../candidate.js';

/** Source tools: what changed, the integration, the artifact, the tag. */
export const sourceTools: ToolTable<'read_changes' | 'integrate_features' | 'build_artifact' | 'tag_version' | 'read_source_heads'> = {
  read_changes: async (_, context) => {
    const { version } = await stableOf(context);
    return context.ports.source.changes(version, newest(context, 'integrate_features')?.data.commit ?? context.request.version);
  },
  integrate_features: (_, { ports, releaseId, attempt, request }) =>
    ports.source.integrate({ releaseId, attempt, version: request.version, features: request.features }),
  build_artifact: async (_, context) => {
    const integration = newest(context, 'integrate_features')?.data;
    if (integration?.status !== 'integrated')
      return { status: 'failed', digest: '', path: '', files: 0, bytes: 0, durationMs: 0, output: 'there is nothing integrated to build' };
    return context.ports.source.build(integration);
  },
  tag_version: async (_, context) => {
    const promotion = newest(context, 'promote_to_production')?.data;
    const commit = newest(context, 'integrate_features')?.data.commit;
    if (promotion?.outcome !== 'completed' || commit === undefined) return { tag: '', commit: '' }; // only what was promoted is tagged
    return context.ports.source.tag({ version: context.request.version, commit, releaseId: context.releaseId, digest: promotion.digest });
  },
  read_source_heads: async (_, { ports, request }) => ({ heads: await ports.source.heads(request.version, request.features) }),
};
