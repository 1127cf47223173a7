import type { JournalRow } from '../../blackboard/store.js';
import type { Ports } from '../../tools/ports.js';
import type { LiveSamples } from './charts-of.js';

const overlapMs = 3_600_000;

/**
 * What is measured now of every slot that runs something, since the release began; what a look at its health has left as evidence is shown
 * from there, and here only its last hour again. An environment that nobody watches yet has nothing to show.
 */
export const liveSamples = async (
  { deployment, monitoring, clock }: Ports,
  beganAt: number,
  journal: readonly JournalRow[],
): Promise<LiveSamples[]> => {
  const lookedAt = journal.findLast(({ kind, name }) => kind === 'evidence' && name === 'check_health')?.at ?? 0;
  const sinceAt = Math.max(beganAt, lookedAt - overlapMs);
  const found: LiveSamples[] = [];
  for (const environment of ['staging', 'production'] as const) {
    const { slots } = await deployment.status(environment);
    for (const { slot, version, state } of slots) {
      if (state === 'empty') continue;
      const samples = await monitoring.samples(environment, slot, sinceAt, clock.now());
      if (samples.length > 1) found.push({ environment, slot, version, samples });
    }
  }
  return found;
};
