import type { StagingConfig } from '../../../catalog/config.js';
import type { ToolResult } from '../../../catalog/tools.js';
import type { Artifact } from '../../ports.js';
import { runCommand } from '../../processes.js';

/** Runs the artifact's declared migration on the environment's data. Throws COMMAND_MISSING. */
export const migrate = async (
  service: StagingConfig['service'],
  artifact: Artifact,
  env: Record<string, string>,
  signal: AbortSignal,
): Promise<ToolResult<'migrate_database'>> => {
  if (service.migrate === undefined) return { status: 'none', output: '', durationMs: 0 };
  const { command, timeoutMs } = service.migrate;
  const { exitCode, timedOut, output, durationMs } = await runCommand({ command, cwd: artifact.path, env, timeoutMs, signal });
  const late = timedOut ? `\nended after ${timeoutMs} ms` : '';
  return { status: exitCode === 0 && !timedOut ? 'applied' : 'failed', output: `${output}${late}`, durationMs };
};
