import { randomUUID } from 'node:crypto';
import type { StagingConfig } from '../../../catalog/config.js';
import { reason } from '../../../catalog/errors.js';
import type { ToolResult } from '../../../catalog/tools.js';
import { probePaths } from './probe-paths.js';
import { asker, probes, type Target } from './probes.js';
import { send } from './send.js';

type Scan = ToolResult<'scan_http'>;

/** Runs the HTTP baseline against a running candidate, one probe after the other. Without a first answer the scan is `errored`. */
export const scanHttp = async (config: StagingConfig, url: string): Promise<Scan> => {
  if (!config.security.http) return { status: 'not_configured', reason: 'the configuration switches security.http off', probes: [] };
  try {
    const ask = asker(url);
    const path = probePaths(config)[0] ?? '/';
    const page = await send(url, { path });
    const target: Target = { page, path, ask, missing: await ask({ path: `/missing-${randomUUID()}` }) };
    const rows: Scan['probes'] = [];
    for (const [probe, { severity, look }] of Object.entries(probes)) rows.push({ probe, severity, ...(await look(target)) });
    return { status: 'completed', reason: '', probes: rows };
  } catch (error) {
    return { status: 'errored', reason: reason(error), probes: [] };
  }
};
