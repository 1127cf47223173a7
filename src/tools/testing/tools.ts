import { StagingError } from '../../catalog/errors.js';
import type { EnvironmentStatus, SlotName } from '../../catalog/tools.js';
import { candidateOf, doorsOf, newest } from '../candidate.js';
import type { Artifact } from '../ports.js';
import type { ToolContext, ToolTable } from '../run-tool.js';

/** Testing tools: suites on the artifact, the preview and the live address; load and scans on the preview. */
export const testingTools: ToolTable<'run_suite' | 'run_load' | 'audit_dependencies' | 'scan_code' | 'scan_http'> = {
  run_suite: async ({ suite: name, target }, context) => {
    const suite = context.config.suites.find((one) => one.name === name);
    const service = companionIn(context, suite?.service);
    if (!suite) throw new StagingError('CONFIG_INVALID', `Failed to run suite "${name}": the configuration declares none of that name.`);
    const url = target === 'artifact' ? null : target === 'preview' ? await previewUrl(context, service) : await liveUrl(context, service);
    return doorsOf(context.ports, service).testing.runSuite(suite, { target, artifact: artifactOf(context, service), url });
  },
  run_load: async ({ service }, context) => {
    const { monitoring, clock } = context.ports;
    const { testing } = doorsOf(context.ports, service);
    const slot = newest(context, 'deploy_preview')?.data.slot ?? 'green';
    const from = clock.now();
    await monitoring.watch('staging');
    const load = await testing.runLoad(await previewUrl(context, service), async () => {
      const sample = (await monitoring.samples('staging', slot, from, clock.now())).findLast(
        (one) => one.service === service && one.cpuCores !== null && one.memoryBytes !== null,
      );
      return sample?.cpuCores != null && sample.memoryBytes != null ? { cpuCores: sample.cpuCores, memoryBytes: sample.memoryBytes } : null;
    });
    return { ...load, restarts: await endingsSeen(context, slot, service, load.status === 'errored' ? seenWithinMs : 0) };
  },
  audit_dependencies: ({ service }, context) => doorsOf(context.ports, service).testing.auditDependencies(artifactOf(context, service)),
  scan_code: ({ service }, context) => doorsOf(context.ports, service).testing.scanCode(artifactOf(context, service)),
  scan_http: async ({ service }, context) => doorsOf(context.ports, service).testing.scanHttp(await previewUrl(context, service)),
};

/** The name of a service beside the first; the first may be named too. */
const companionIn = ({ config }: ToolContext, service: string | undefined): string | undefined =>
  service === config.service.name ? undefined : service;

const artifactOf = (context: ToolContext, service: string | undefined): Artifact => {
  const artifact = candidateOf(context);
  const found = service === undefined ? artifact : artifact.services?.find((one) => one.service === service);
  if (found === undefined) throw new StagingError('CONFIG_INVALID', `Failed to test ${service}: it is no part of this release.`);
  return found;
};

type Slots = EnvironmentStatus['slots'];
const standingIn = (slots: Slots, slot: SlotName | undefined, service: string | undefined) => {
  const found = slots.find((one) => one.slot === slot);
  return service === undefined ? found : found?.services?.find((one) => one.service === service);
};

const liveUrl = async ({ ports }: ToolContext, service: string | undefined): Promise<string> => {
  const { proxyUrl, services } = await ports.deployment.status('staging');
  return service === undefined ? proxyUrl : (services.find(({ name }) => name === service)?.url ?? '');
};

const seenWithinMs = 1_000;
const lookEveryMs = 100;

/** A connection is refused a moment before the environment has seen that the process behind it has ended: after a load that broke it is given that moment. */
const endingsSeen = async (context: ToolContext, slot: SlotName, service: string | undefined, withinMs: number): Promise<number> => {
  const { deployment, clock } = context.ports;
  const { slots } = await deployment.status('staging');
  const seen = endings(standingIn(slots, slot, service));
  if (seen > 0 || withinMs <= 0) return seen;
  await clock.sleep(lookEveryMs);
  return endingsSeen(context, slot, service, withinMs - lookEveryMs);
};

/** How often a process has ended by itself: one that lies there has not been started again yet. */
const endings = (standing: ReturnType<typeof standingIn>): number => {
  const lies = standing !== undefined && 'state' in standing && standing.state === 'crashed';
  return Math.max(standing?.restarts ?? 0, lies ? 1 : 0);
};

/** Where the preview answers now: after a restart it is another port than before, and while it is down it is nowhere, which the test finds out. */
const previewUrl = async (context: ToolContext, service: string | undefined): Promise<string> => {
  const preview = newest(context, 'deploy_preview')?.data;
  const status = await context.ports.deployment.status('staging');
  const started = service === undefined ? preview : preview?.services?.find((one) => one.service === service);
  const url = standingIn(status.slots, preview?.slot, service)?.url ?? started?.url;
  if (url === undefined) throw new StagingError('DEFECT', 'Failed to find the preview: none was started in this attempt.');
  return url;
};
