import type { DeskEvent, ReleaseDesk } from '../../desk/desk-contract.js';

/** What happens to a release until it has ended, waits for a person or has stopped; from its beginning where `after` is 0. */
export async function* happenings(desk: ReleaseDesk, release: string, after?: number): AsyncGenerator<DeskEvent, void, undefined> {
  const unread: DeskEvent[] = [];
  let settled = false;
  let wake = (): void => undefined;
  const stop = desk.follow(
    (event) => {
      unread.push(event);
      wake();
    },
    { release, ...(after !== undefined && { after }) },
  );
  const settling = desk.settled(release).finally(() => {
    settled = true;
    wake();
  });
  try {
    for (;;) {
      const next = unread.shift();
      if (next !== undefined) yield next;
      else if (settled) return void (await settling);
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    stop();
  }
}
