import type { Evidence } from '../catalog/tools.js';
import type { GateConfig } from './check-row.js';

/**
 * What was measured of one of several services (`undefined`: the one that the release is named after), and what is known of the release
 * as a whole: a gate judges each service by its own.
 */
export const evidenceOf = (
  service: string | undefined,
  evidence: readonly Evidence[],
  { suites }: Pick<GateConfig, 'suites'>,
): Evidence[] => {
  const own = (one: { service?: string | undefined }): boolean => one.service === service;
  return evidence.flatMap((item): Evidence[] => {
    if (item.tool === 'run_suite') return suites.some(({ name }) => name === item.data.suite) ? [item] : [];
    if (item.tool === 'check_health') return [{ ...item, data: { ...item.data, samples: item.data.samples.filter(own) } }];
    if (item.tool === 'run_rollout') return [{ ...item, data: { ...item.data, samples: item.data.samples.filter(own) } }];
    return !isOfOne(item) || own(item.args) ? [item] : [];
  });
};

type OfOne = Extract<Evidence, { tool: 'run_load' | 'audit_dependencies' | 'scan_code' | 'scan_http' }>;
const isOfOne = (item: Evidence): item is OfOne => ['run_load', 'audit_dependencies', 'scan_code', 'scan_http'].includes(item.tool);
