import type { Ports } from '../../tools/ports.js';
import type { LiveSamples } from './charts-of.js';

/** What is measured now of every slot that runs something, since a time. An environment that nobody watches yet has nothing to show. */
export const liveSamples = async ({ deployment, monitoring, clock }: Ports, sinceAt: number): Promise<LiveSamples[]> => {
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
