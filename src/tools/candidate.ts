import { StagingError } from '../catalog/errors.js';
import type { EnvironmentName, Evidence, ToolName } from '../catalog/tools.js';
import type { Artifact, Ports } from './ports.js';
import type { ToolContext } from './run-tool.js';

/** The newest evidence of a tool in this attempt, or null. */
export const newest = <T extends ToolName>(context: Pick<ToolContext, 'all' | 'attempt'>, tool: T): Evidence<T> | null =>
  (context.all.findLast((item) => item.tool === tool && item.attempt === context.attempt) as Evidence<T> | undefined) ?? null; // the tool names the member

/** The commit of this attempt: what was integrated, with every edit that was made on top. */
export const commitOf = (evidence: readonly Evidence[], attempt: number): string | undefined => {
  const own = evidence.filter((item) => item.attempt === attempt);
  const edit = own.findLast((item) => item.tool === 'edit_file' && item.data.status === 'done');
  const last = edit ?? own.findLast((item) => item.tool === 'integrate_features');
  return last?.tool === 'edit_file' || last?.tool === 'integrate_features' ? last.data.commit : undefined;
};

/** The artifact that was built in this attempt. */
export const candidateOf = (context: ToolContext): Artifact => {
  const build = newest(context, 'build_artifact')?.data;
  if (build?.status !== 'built') throw new StagingError('DEFECT', 'Failed to find the candidate: nothing was built in this attempt.');
  return { version: context.request.version, digest: build.digest, path: build.path, ...(build.services && { services: build.services }) };
};

/** What the candidate's migration is called in every environment: once per attempt, however often it is asked for. */
export const operationOf = ({ releaseId, attempt }: ToolContext): string => `${releaseId}-${attempt}`;

/** What serves before the candidate: the version that staging already runs by its plan. */
export const stableOf = async (context: ToolContext): Promise<Artifact> => {
  const plan = context.all.findLast((item) => item.tool === 'plan_environment');
  const own = await context.ports.source.artifactOf(plan?.data.stableVersion ?? (await stableVersion(context)));
  return withStanding(own, 'production', context);
};

/** Beside an artifact, every other service as it stands in an environment, or else as it was before any release. */
export const withStanding = async (
  artifact: Artifact,
  environment: EnvironmentName,
  { config, ports }: Pick<ToolContext, 'config' | 'ports'>,
): Promise<Artifact> => {
  if (config.services.length === 0) return artifact;
  const { slots, activeSlot } = await ports.deployment.status(environment);
  const standing = slots.find((one) => one.slot === activeSlot)?.services ?? [];
  const services = [];
  for (const { name, stable } of config.services) {
    const version = standing.find(({ service }) => service === name)?.version ?? stable;
    services.push({ service: name, ...(await doorsOf(ports, name).source.artifactOf(version)) });
  }
  return { ...artifact, services };
};

/** The doors of one of several services. */
export const doorsOf = ({ source, testing, services = {} }: Ports, service: string | undefined): Pick<Ports, 'source' | 'testing'> => {
  const doors = service === undefined ? { source, testing } : services[service];
  if (doors === undefined) throw new StagingError('DEFECT', `Failed to reach ${service}: it has no doors.`);
  return doors;
};

/** The declared stable version, else the newest version before the candidate. Throws CONFIG_INVALID when there is none. */
export const stableVersion = async ({ config, request, ports }: ToolContext): Promise<string> => {
  if (config.service.stable !== undefined) return config.service.stable;
  const versions = await ports.source.versions(); // newest first
  const place = versions.indexOf(request.version);
  const before = versions[place + 1];
  if (before === undefined)
    throw new StagingError(
      'CONFIG_INVALID',
      `Failed to find a stable version: service.stable is not set, and no tag comes before ${request.version}.`,
    );
  return before;
};
