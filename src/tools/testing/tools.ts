import { StagingError } from '../../catalog/errors.js';
import { candidateOf, newest } from '../candidate.js';
import type { ToolContext, ToolTable } from '../run-tool.js';

/** Testing tools: suites on the artifact, the preview and the live address; load and scans on the preview. */
export const testingTools: ToolTable<'run_suite' | 'run_load' | 'audit_dependencies' | 'scan_code' | 'scan_http'> = {
  run_suite: async ({ suite: name, target }, context) => {
    const suite = context.config.suites.find((one) => one.name === name);
    if (!suite) throw new StagingError('CONFIG_INVALID', `Failed to run suite "${name}": the configuration declares none of that name.`);
    const url = target === 'artifact' ? null : target === 'preview' ? previewUrl(context) : (await context.ports.deployment.status('staging')).proxyUrl;
    return context.ports.testing.runSuite(suite, { target, artifact: candidateOf(context), url });
  },
  run_load: async (_, context) => {
    const { monitoring, testing, clock } = context.ports;
    const slot = newest(context, 'deploy_preview')?.data.slot ?? 'green';
    const from = clock.now();
    await monitoring.watch('staging');
    return testing.runLoad(previewUrl(context), async () => {
      const sample = (await monitoring.samples('staging', slot, from, clock.now())).findLast((one) => one.cpuCores !== null && one.memoryBytes !== null);
      return sample?.cpuCores != null && sample.memoryBytes != null ? { cpuCores: sample.cpuCores, memoryBytes: sample.memoryBytes } : null;
    });
  },
  audit_dependencies: (_, context) => context.ports.testing.auditDependencies(candidateOf(context)),
  scan_code: (_, context) => context.ports.testing.scanCode(candidateOf(context)),
  scan_http: (_, context) => context.ports.testing.scanHttp(previewUrl(context)),
};

const previewUrl = (context: ToolContext): string => {
  const url = newest(context, 'deploy_preview')?.data.url;
  if (url === undefined) throw new StagingError('DEFECT', 'Failed to test the preview: none was deployed in this attempt.');
  return url;
};
