import type { DeskEvent } from './desk-contract.js';

type Listener = (event: DeskEvent) => void;
export type FollowOptions = { release?: string; after?: number };

/** What has happened, for whoever follows: the newest `capacity` events are held, whatever their number. */
export const createEventLog = ({ first, capacity = 10_000 }: { first: number; capacity?: number }) => {
  const held: DeskEvent[] = [];
  const followers = new Set<Listener>();
  let next = first;
  return {
    tell: (event: Omit<DeskEvent, 'sequence'>): void => {
      const told = { sequence: next++, ...event };
      held.push(told);
      if (held.length > capacity * 2) held.splice(0, held.length - capacity); // in slices: one shift per event would move all the others
      for (const follower of followers) follower(told);
    },
    follow: (listener: Listener, { release, after }: FollowOptions = {}): (() => void) => {
      const concerned: Listener = (event) => {
        if (release === undefined || event.release === release) listener(event);
      };
      if (after !== undefined) held.filter((event) => event.sequence > after).forEach(concerned);
      followers.add(concerned);
      return () => void followers.delete(concerned);
    },
    /** The sequence numbers that a follower can still go on after, and the newest. */
    span: (): { from: number; to: number } => ({ from: (held[0]?.sequence ?? next) - 1, to: next - 1 }),
  };
};

export type EventLog = ReturnType<typeof createEventLog>;
