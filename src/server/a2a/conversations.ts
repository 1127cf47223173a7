import { randomUUID } from 'node:crypto';
import type { Heard } from '../../graph/request/read-conversation.js';

/**
 * What a context remembers while the server lives: the sentence that was unclear, and which question was shown to whom. Losing it asks
 * once more; nothing about a release is kept here.
 */
export const openConversations = (capacity = 1_000) => {
  const unclear = new Map<string, Heard['open']>();
  const shown = new Map<string, string>();
  const keep = <T>(map: Map<string, T>, key: string, value: T): void => {
    map.delete(key);
    map.set(key, value);
    const [oldest] = map.keys();
    if (map.size > capacity && oldest !== undefined) map.delete(oldest);
  };
  return {
    /** A new context where the client has named none. */
    contextOf: (given: string): string => given || randomUUID(),
    /** What is unclear so far, and was asked back about. */
    open: (caller: string, context: string): Heard['open'] => unclear.get(`${caller} ${context}`) ?? null,
    askedBack: (caller: string, context: string, open: Heard['open']): void => keep(unclear, `${caller} ${context}`, open),
    understood: (caller: string, context: string): void => void unclear.delete(`${caller} ${context}`),
    show: (caller: string, release: string, digest: string): void => keep(shown, `${caller} ${release}`, digest),
    shown: (caller: string, release: string): string | undefined => shown.get(`${caller} ${release}`),
  };
};
