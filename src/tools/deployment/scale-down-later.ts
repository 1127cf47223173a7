import type { EnvironmentName } from '../../catalog/tools.js';
import type { Ports } from '../ports.js';

export type ScaleDown = {
  environment: EnvironmentName;
  /** What may go, and the digest of what took its place. */
  version: string | null;
  successor: string;
  atMs: number;
  drainMs: number;
};

/**
 * Ends the old version when its time after the switch is over. Ends by itself when that version no longer stands by: somebody went
 * back to it, another one took either slot, or the doors closed. On a clock that stands still while nobody sleeps the old version
 * stays.
 */
export const scaleDownLater = async (
  { clock, deployment }: Pick<Ports, 'clock' | 'deployment'>,
  { environment, version, successor, atMs, drainMs }: ScaleDown,
): Promise<void> => {
  while (clock.passesByItself) {
    const { slots, activeSlot } = await deployment.status(environment);
    const active = slots.find((one) => one.slot === activeSlot);
    const idle = slots.find((one) => one.slot !== activeSlot);
    if (active?.digest !== successor || idle?.version !== version || idle.state !== 'healthy') return;
    if (clock.now() >= atMs) return deployment.retireIdle(environment, drainMs);
    await clock.sleep(Math.min(longestLookMs, atMs - clock.now()));
  }
};

const longestLookMs = 1_000;
