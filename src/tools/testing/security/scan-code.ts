import { join } from 'node:path';
import { StagingError, reason } from '../../../catalog/errors.js';
import type { ToolResult } from '../../../catalog/tools.js';
import type { Artifact } from '../../ports.js';
import { readTextFile } from '../read-text-file.js';
import { readSarif } from './sarif.js';

type Scan = ToolResult<'scan_code'>;

/** Reads every declared SARIF report of the artifact. One that is missing or malformed makes the whole scan `errored`. */
export const scanCode = async (files: readonly string[], artifact: Artifact): Promise<Scan> => {
  if (files.length === 0) return { status: 'not_configured', reason: 'the configuration names no security.sarif', tools: [], findings: [] };
  try {
    const reports = [];
    for (const file of files) {
      const text = await readTextFile(join(artifact.path, file));
      if (text === null) throw new StagingError('ADAPTER_FAILED', `Failed to read the SARIF report ${file}: the artifact has none.`);
      reports.push(readSarif(file, text));
    }
    const tools = [...new Set(reports.flatMap((report) => report.tools))];
    return { status: 'completed', reason: '', tools, findings: reports.flatMap((report) => report.findings) };
  } catch (error) {
    return { status: 'errored', reason: reason(error), tools: [], findings: [] };
  }
};
