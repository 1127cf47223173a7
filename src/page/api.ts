import { createParser } from 'eventsource-parser';

/** What the server said no with: a sentence, and what to do next. */
export class Refused extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

/** The server's API with a person's token. Throws Refused. */
export type Api = {
  get: <T>(path: string, signal?: AbortSignal) => Promise<T>;
  post: <T>(path: string, body: object) => Promise<T>;
  /** Calls back at every event until the signal ends it; comes back by itself when the connection breaks. */
  follow: (path: string, signal: AbortSignal, heard: () => void) => Promise<void>;
};

const backAgainMs = 2_000;

export const openApi = (token: string): Api => {
  const headers = { authorization: `Bearer ${token}` };
  const answer = async <T>(response: Response): Promise<T> => {
    const body = (await response.json().catch(() => null)) as { error?: { message: string; remedy: string } } | null; // the API's own shape
    if (!response.ok) throw new Refused(body?.error ? `${body.error.message} ${body.error.remedy}` : response.statusText, response.status);
    return body as T; // the caller names what the path gives
  };
  return {
    get: async (path, signal) => answer(await fetch(path, { headers, signal: signal ?? null })),
    post: async (path, body) =>
      answer(
        await fetch(path, { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      ),
    follow: async (path, signal, heard) => {
      let last = '';
      const parser = createParser({
        onEvent: ({ id }) => {
          last = id ?? last;
          heard();
        },
      });
      while (!signal.aborted) {
        await listen(path, { ...headers, ...(last !== '' && { 'last-event-id': last }) }, signal, (chunk) => parser.feed(chunk));
        parser.reset();
        if (!signal.aborted) await new Promise((again) => setTimeout(again, backAgainMs));
      }
    },
  };
};

/** Ends when the connection does, however it does: whoever follows connects again. */
const listen = async (
  path: string,
  headers: Record<string, string>,
  signal: AbortSignal,
  heard: (chunk: string) => void,
): Promise<void> => {
  try {
    const { body } = await fetch(path, { headers, signal });
    const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
    for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) heard(next.value);
  } catch {
    return; // cut off: the next connection goes on after the last event
  }
};
