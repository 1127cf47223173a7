import type { ToolResult } from '../../catalog/tools.js';
import { findCulprit, isVerdict, type CulpritVerdict, type Probe, type SearchPlan } from '../../rollout/find-culprit.js';
import type { Clock } from '../ports.js';
import type { Measured } from './measure-symptom.js';

type ProbeRecord = ToolResult<'find_culprit'>['probes'][number];
export type Measuring = (probe: Probe) => Promise<Measured & Pick<ProbeRecord, 'by' | 'artifact'>>;
export type SearchResult = { verdict: CulpritVerdict; probes: ProbeRecord[]; previews: number };

/** Drives the pure search: one probe after the other, each written down with what it saw. */
export const driveSearch = async (
  plan: SearchPlan,
  measure: Measuring,
  clock: Clock,
): Promise<{ verdict: CulpritVerdict; probes: ProbeRecord[] }> => {
  const probes: ProbeRecord[] = [];
  for (;;) {
    const outcomes = probes.map((probe) => probe.outcome);
    const move = findCulprit(plan, outcomes);
    if (isVerdict(move)) return { verdict: move, probes };
    probes.push(await recordProbe(move, measure, clock));
  }
};

export const recordProbe = async (probe: Probe, measure: Measuring, clock: Clock): Promise<ProbeRecord> => {
  const startedAt = clock.now();
  const measured = await measure(probe);
  return { features: [...probe.features], purpose: probe.purpose, ...measured, durationMs: clock.now() - startedAt };
};
