import { join, resolve } from 'node:path';
import type { StagingConfig } from '../../../catalog/config.js';
import { reason } from '../../../catalog/errors.js';
import type { ToolResult } from '../../../catalog/tools.js';
import type { Artifact } from '../../ports.js';
import { readTextFile } from '../read-text-file.js';
import { askNpmRegistry, npmRegistry } from './npm-registry.js';
import { matchAdvisories } from './osv.js';
import { readPackages } from './packages.js';
import { readAdvisories } from './read-advisories.js';

/** Looks up what the artifact's lock file installs. Only an audit that read both the file and its source is `completed`. */
export const auditDependencies = async (
  { lockFile, advisories }: StagingConfig['security'],
  configDir: string,
  artifact: Artifact,
): Promise<ToolResult<'audit_dependencies'>> => {
  const fromRegistry = advisories === 'registry';
  const result = { source: fromRegistry ? npmRegistry() : advisories, packages: 0, vulnerabilities: [] };
  if (lockFile === undefined) return { ...result, status: 'not_configured', reason: 'the configuration names no security.lockFile' };
  try {
    const text = await readTextFile(join(artifact.path, lockFile));
    if (text === null) return { ...result, status: 'errored', reason: `the artifact has no ${lockFile}` };
    const packages = readPackages(lockFile, text);
    const vulnerabilities = fromRegistry
      ? await askNpmRegistry(npmRegistry(), packages)
      : matchAdvisories(packages, await readAdvisories(resolve(configDir, advisories)));
    return { ...result, status: 'completed', reason: '', packages: packages.length, vulnerabilities };
  } catch (error) {
    return { ...result, status: 'errored', reason: reason(error) };
  }
};
