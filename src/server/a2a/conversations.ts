import { randomUUID } from 'node:crypto';

/**
 * What a context remembers while the server lives: the sentence that was unclear, and which question was shown to whom. Losing it asks
 * once more; nothing about a release is kept here.
 */
export const openConversations = (capacity = 1_000) => {
  const unclear = new Map<string, string>();
  const shown = new Map<string, string>();
  const keep = (map: Map<string, string>, key: string, value: string): void => {
    map.delete(key);
    map.set(key, value);
    const [oldest] = map.keys();
    if (map.size > capacity && oldest !== undefined) map.delete(oldest);
  };
  return {
    /** A new context where the client has named none. */
    contextOf: (given: string): string => given || randomUUID(),
    /** The whole sentence: what was unclear before, and what came now. */
    whole: (caller: string, context: string, text: string): string => [unclear.get(`${caller} ${context}`), text].filter(Boolean).join(' '),
    askedBack: (caller: string, context: string, sentence: string): void => keep(unclear, `${caller} ${context}`, sentence),
    understood: (caller: string, context: string): void => void unclear.delete(`${caller} ${context}`),
    show: (caller: string, release: string, digest: string): void => keep(shown, `${caller} ${release}`, digest),
    shown: (caller: string, release: string): string | undefined => shown.get(`${caller} ${release}`),
  };
};
