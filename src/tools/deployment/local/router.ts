import type { SlotName } from '../../../catalog/tools.js';
import type { Target } from './target.js';
import { createTrafficSplit, otherSlot } from './traffic-split.js';

/**
 * Which slot takes a request. The idle slot takes its weight and nothing more: it stands in for the active one only while
 * it has a weight, or right after a switch, when it holds the version that was active until then.
 */
export const createRouter = (targetOf: (slot: SlotName) => Target | null) => {
  const split = createTrafficSplit();
  let activeSlot: SlotName = 'blue';
  let weight = 0;
  let standsBy = false;

  const admits = (slot: SlotName): boolean => slot === activeSlot || weight > 0 || standsBy;
  const healthy = (slot: SlotName): Target | null => {
    const target = targetOf(slot);
    return target?.healthy === true && admits(slot) ? target : null;
  };

  return {
    get activeSlot() {
      return activeSlot;
    },
    get idleSlot() {
      return otherSlot(activeSlot);
    },
    get weight() {
      return weight;
    },
    restore: (slot: SlotName): void => {
      activeSlot = slot;
      weight = 0;
      standsBy = false;
      split.restart();
    },
    setWeight: (percent: number): void => {
      weight = percent;
      standsBy = false;
      split.restart();
    },
    switchActive: (): void => {
      activeSlot = otherSlot(activeSlot);
      weight = 0;
      standsBy = true;
      split.restart();
    },
    /** A slot that is ill still gets the request when nothing better runs: a late answer beats none. */
    choose: (): Target | null => {
      const slot = split.next(weight) ? otherSlot(activeSlot) : activeSlot;
      return healthy(slot) ?? healthy(otherSlot(slot)) ?? targetOf(activeSlot);
    },
    otherThan: (target: Target): Target | null => healthy(otherSlot(target.slot)),
  };
};

export type Router = ReturnType<typeof createRouter>;
