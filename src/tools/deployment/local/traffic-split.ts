import type { SlotName } from '../../../catalog/tools.js';

/**
 * Deals requests out by weight with a carried remainder (error diffusion in one dimension, as in Bresenham's line):
 * at 10 % it is every tenth request, in order, not one in ten on average.
 */
export const createTrafficSplit = () => {
  let owed = 0;
  return {
    /** Whether the next request goes to the candidate. */
    next: (candidatePercent: number): boolean => {
      owed += candidatePercent;
      if (owed < 100) return false;
      owed -= 100;
      return true;
    },
    restart: (): void => void (owed = 0),
  };
};

export const otherSlot = (slot: SlotName): SlotName => (slot === 'blue' ? 'green' : 'blue');
