import type { ToolContext, ToolTable } from '../run-tool.js';
import { missingOf } from '../../gates/development.js';
import { headOf } from '../../catalog/services.js';
import type { ToolResult } from '../../catalog/tools.js';
import { commitOf, doorsOf, newest, stableOf } from '../candidate.js';
import { wantedFeatures } from '../culprit/wanted-features.js';

/** Source tools: what changed, the integration, the artifact, the tag. */
export const sourceTools: ToolTable<'read_changes' | 'integrate_features' | 'build_artifact' | 'tag_version' | 'read_source_heads'> = {
  read_changes: async (_, context) => {
    const { version } = await stableOf(context);
    return context.ports.source.changes(version, commitOf(context.all, context.attempt) ?? context.request.version);
  },
  integrate_features: async (_, context) => {
    const { ports, releaseId, attempt, request } = context;
    const features = wantedFeatures(context);
    const work = earlierWork(context, features);
    const onto = work === null ? {} : { onto: work.onto };
    const integration = await ports.source.integrate({ releaseId, attempt, version: request.version, features, ...onto });
    return work === null ? integration : { ...integration, workFrom: work.from };
  },
  build_artifact: async (_, context) => {
    const integration = newest(context, 'integrate_features')?.data;
    const unbuilt = (output: string) => ({ status: 'failed' as const, digest: '', path: '', files: 0, bytes: 0, durationMs: 0, output });
    if (integration?.status !== 'integrated') return unbuilt('there is nothing integrated to build');
    const undone = undeveloped(context);
    if (undone !== null) return unbuilt(undone);
    const own = await context.ports.source.build({ ...integration, commit: commitOf(context.all, context.attempt) ?? integration.commit });
    if (own.status === 'failed' || context.request.services === undefined) return own;
    const { services, integrated, failed } = await buildCompanions(context);
    return failed === null ? { ...own, services, integrated } : { ...own, integrated, status: 'failed', output: failed };
  },
  tag_version: async (_, context) => {
    const promotion = newest(context, 'promote_to_production')?.data;
    const commit = commitOf(context.all, context.attempt);
    if (promotion?.outcome !== 'completed' || commit === undefined) return { tag: '', commit: '' }; // only what was promoted is tagged
    const { releaseId, request, ports } = context;
    const own = await ports.source.tag({ version: request.version, commit, releaseId, digest: promotion.digest });
    const services = [];
    for (const { service, version, digest } of promotion.services ?? []) {
      const { source } = doorsOf(ports, service);
      const built = newest(context, 'build_artifact')?.data.integrated?.find((one) => one.service === service);
      const { tag } = await source.tag({ version: `${service}/${version}`, commit: built?.commit ?? '', releaseId, digest });
      services.push({ service, tag });
    }
    return services.length === 0 ? own : { ...own, services };
  },
  read_source_heads: async (_, context) => {
    const { ports, request } = context;
    const heads = await ports.source.heads(request.version, wantedFeatures(context));
    for (const { service, version, features = [] } of request.services ?? [])
      for (const [name, commit] of Object.entries(await doorsOf(ports, service).source.heads(version, features)))
        heads[headOf(service, name)] = commit;
    return { heads };
  },
};

/**
 * What an earlier attempt has developed for a described feature, to go on from: where it began, and how far it came. With other features
 * than then it is begun anew, because what is dropped stands in it.
 */
const earlierWork = ({ all, attempt, request }: ToolContext, features: readonly string[]): { onto: string; from: string } | null => {
  const before = newest({ all, attempt: attempt - 1 }, 'integrate_features')?.data;
  const onto = commitOf(all, attempt - 1);
  if (request.develop === undefined || before?.status !== 'integrated' || onto === undefined) return null;
  const same = before.features.map(({ feature }) => feature).join('\n') === features.join('\n');
  return same ? { onto, from: before.workFrom ?? before.commit } : null;
};

/** Why the described feature is not whole, or null: only what was looked at after the last edit counts. */
const undeveloped = (context: ToolContext): string | null => {
  if (context.request.develop === undefined) return null;
  const check = newest(context, 'check_development')?.data;
  if (check === undefined || check.commit !== commitOf(context.all, context.attempt))
    return 'what was developed for the described feature has not been checked since the last edit: call check_development';
  const missing = missingOf(check);
  return missing.length === 0 ? null : `the described feature is not whole: ${missing.join('; ')}`;
};

/** The versions that the request names beside the first, with their features, built one after the other; the first that can't be ends it. */
const buildCompanions = async ({ request, ports, releaseId, attempt }: ToolContext) => {
  const services: NonNullable<ToolResult<'build_artifact'>['services']> = [];
  const integrated: NonNullable<ToolResult<'build_artifact'>['integrated']> = [];
  for (const { service, version, features = [] } of request.services ?? []) {
    const { source } = doorsOf(ports, service);
    const integration = await source.integrate({ releaseId: `${releaseId}.${service}`, attempt, version, features });
    const { base, commit } = integration;
    const of = integration.features.map(({ feature, branch, commit }) => ({ feature, branch, commit }));
    integrated.push({ service, base, commit, features: of });
    const failed = (why: string) => ({ services, integrated, failed: `${service} ${version}: ${why}` });
    if (integration.status === 'conflict')
      return failed(
        `merge conflict in ${integration.conflicts.map(({ file, branches }) => `${file} (${branches.join(', ')})`).join('; ')}`,
      );
    const { status, digest, path, output } = await source.build(integration);
    if (status === 'failed') return failed(output);
    services.push({ service, version, digest, path });
  }
  return { services, integrated, failed: null };
};
