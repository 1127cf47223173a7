import { useEffect, useState } from 'preact/hooks';
import type { Api } from './api.js';

const quietMs = 400;

/** What a path gives, again after every event: at most a few times a second, however many events there are. */
export const useFollowed = <T>(api: Api, path: string, events: string): { data: T | null; trouble: string | null } => {
  const [data, setData] = useState<T | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  useEffect(() => {
    const over = new AbortController();
    let due: ReturnType<typeof setTimeout> | null = null;
    const load = async () => {
      try {
        setData(await api.get<T>(path, over.signal));
        setTrouble(null);
      } catch (error) {
        if (!over.signal.aborted) setTrouble(error instanceof Error ? error.message : 'The server did not answer.');
      }
    };
    const soon = () => {
      due ??= setTimeout(() => {
        due = null;
        void load();
      }, quietMs);
    };
    void load();
    void api.follow(events, over.signal, soon);
    return () => {
      over.abort();
      if (due !== null) clearTimeout(due);
    };
  }, [api, path, events]);
  return { data, trouble };
};
