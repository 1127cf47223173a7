import { StagingError } from '../../catalog/errors.js';
import type { EnvironmentStatus } from '../../catalog/tools.js';
import { candidateOf, newest } from '../candidate.js';
import type { ToolContext, ToolTable } from '../run-tool.js';

/** Testing tools: suites on the artifact, the preview and the live address; load and scans on the preview. */
export const testingTools: ToolTable<'run_suite' | 'run_load' | 'audit_dependencies' | 'scan_code' | 'scan_http'> = {
  run_suite: async ({ suite: name, target }, context) => {
    const suite = context.config.suites.find((one) => one.name === name);
    if (!suite) throw new StagingError('CONFIG_INVALID', `Failed to run suite "${name}": the configuration declares none of that name.`);
    const url =
      target === 'artifact'
        ? null
        : target === 'preview'
          ? await previewUrl(context)
          : (await context.ports.deployment.status('staging')).proxyUrl;
    return context.ports.testing.runSuite(suite, { target, artifact: candidateOf(context), url });
  },
  run_load: async (_, context) => {
    const { deployment, monitoring, testing, clock } = context.ports;
    const slot = newest(context, 'deploy_preview')?.data.slot ?? 'green';
    const from = clock.now();
    await monitoring.watch('staging');
    const load = await testing.runLoad(await previewUrl(context), async () => {
      const sample = (await monitoring.samples('staging', slot, from, clock.now())).findLast(
        (one) => one.cpuCores !== null && one.memoryBytes !== null,
      );
      return sample?.cpuCores != null && sample.memoryBytes != null ? { cpuCores: sample.cpuCores, memoryBytes: sample.memoryBytes } : null;
    });
    return { ...load, restarts: endings((await deployment.status('staging')).slots.find((one) => one.slot === slot)) };
  },
  audit_dependencies: (_, context) => context.ports.testing.auditDependencies(candidateOf(context)),
  scan_code: (_, context) => context.ports.testing.scanCode(candidateOf(context)),
  scan_http: async (_, context) => context.ports.testing.scanHttp(await previewUrl(context)),
};

/** How often a process has ended by itself: one that lies there has not been started again yet. */
const endings = (occupant: EnvironmentStatus['slots'][number] | undefined): number =>
  Math.max(occupant?.restarts ?? 0, occupant?.state === 'crashed' ? 1 : 0);

/** Where the preview answers now: after a restart it is another port than before, and while it is down it is nowhere, which the test finds out. */
const previewUrl = async (context: ToolContext): Promise<string> => {
  const preview = newest(context, 'deploy_preview')?.data;
  const status = await context.ports.deployment.status('staging');
  const url = status.slots.find((one) => one.slot === preview?.slot)?.url ?? preview?.url;
  if (url === undefined) throw new StagingError('DEFECT', 'Failed to find the preview: none was started in this attempt.');
  return url;
};
