import type { EnvironmentName } from '../../catalog/tools.js';
import type { Ports } from '../ports.js';

export type ScaleDown = {
  environment: EnvironmentName;
  /** What may go. */
  digest: string;
  atMs: number;
  drainMs: number;
};

/**
 * Ends the old version when its time after the switch is over, unless it is no longer the one that stands by: then somebody went
 * back to it, or the slot has a new candidate. Returns at once; ends with the doors. On a clock that stands still while nobody
 * sleeps the old version stays.
 */
export const scaleDownLater = ({ clock, deployment }: Pick<Ports, 'clock' | 'deployment'>, scaleDown: ScaleDown): void => {
  if (!clock.passesByItself) return;
  void wait({ clock, deployment }, scaleDown).catch(() => undefined); // the doors closed: what runs there ends with them
};

const wait = async ({ clock, deployment }: Pick<Ports, 'clock' | 'deployment'>, scaleDown: ScaleDown): Promise<void> => {
  const { environment, digest, atMs, drainMs } = scaleDown;
  await clock.sleep(Math.max(0, atMs - clock.now()));
  const { slots, activeSlot } = await deployment.status(environment);
  const idle = slots.find((one) => one.slot !== activeSlot);
  if (idle?.digest === digest) await deployment.retireIdle(environment, drainMs);
};
