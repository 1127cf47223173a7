import type { Place } from './lane.js';

/** Something on the tape: a call, or one answer of a recorded value. */
export type Entry<T> = { lane: string; digest: string; item: T };

/**
 * Which recording answers which question.
 *
 * A question is its lane and the digest of its normalised text. The recordings of one question stand in a row, in the order in which they
 * were made, and are handed out one after the other: the same lane that asks the same twice gets two answers, in order, and two lanes
 * never share one. Nothing else counts: not the time, nor what other lanes do.
 *
 * A task that is begun again (a resume after an interrupt, a retry of the node) is the same visit in a later attempt. It gets the
 * answers that its earlier attempts got, in their order, before it takes new ones from the row. Error replies are passed by: a node that
 * is retried because of a 500 is not given that 500 again. The visit is that of the outermost task, because what it starts inside itself
 * is started anew with it.
 */
export class Ledger<T> {
  private readonly rows = new Map<string, Entry<T>[]>();
  private readonly given = new Map<string, Entry<T>[]>();
  private readonly used: Entry<T>[] = [];

  constructor(
    readonly recorded: readonly Entry<T>[],
    private readonly isAnswer: (item: T) => boolean,
  ) {
    for (const entry of recorded) listIn(this.rows, question(entry.lane, entry.digest)).push(entry);
  }

  /** The recording for this question, or null where the tape has none. */
  take(place: Place, digest: string): T | null {
    const asked = question(place.lane, digest);
    const repeated = this.repeat(place, asked);
    if (repeated) return repeated.item;
    const entry = this.rows.get(asked)?.shift();
    if (!entry) return null;
    this.hand(place, asked, entry);
    return entry.item;
  }

  /** Takes up what was recorded just now as the answer to this question. */
  add(place: Place, digest: string, item: T): void {
    this.hand(place, question(place.lane, digest), { lane: place.lane, digest, item });
  }

  /** Entries that answered something, each once, in the order of their first use. */
  taken(): readonly Entry<T>[] {
    return this.used;
  }

  unused(): Entry<T>[] {
    const used = new Set(this.used);
    return this.recorded.filter((entry) => !used.has(entry));
  }

  private repeat(place: Place, asked: string): Entry<T> | null {
    const given = listIn(this.given, visitKey(place, asked));
    const attempt = listIn(this.given, attemptKey(place, asked));
    if (attempt.length === given.length) return null; // nothing was given to an earlier attempt
    const answers = (entries: Entry<T>[]) => entries.filter((entry) => this.isAnswer(entry.item));
    const next = answers(given)[answers(attempt).length];
    if (next) attempt.push(next);
    return next ?? null;
  }

  private hand(place: Place, asked: string, entry: Entry<T>): void {
    this.used.push(entry);
    listIn(this.given, visitKey(place, asked)).push(entry);
    listIn(this.given, attemptKey(place, asked)).push(entry);
  }
}

const question = (lane: string, digest: string): string => `${lane}\n${digest}`;
const visitKey = ({ visit }: Place, asked: string): string => `${visit}\n${asked}`;
const attemptKey = ({ visit, attempt }: Place, asked: string): string => `${visit}\n${attempt}\n${asked}`;

const listIn = <V>(lists: Map<string, V[]>, key: string): V[] => {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
};
