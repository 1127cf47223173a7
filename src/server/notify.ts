import { createHmac } from 'node:crypto';
import { digestOf } from '../blackboard/digest.js';
import type { JournalReader, JournalRow } from '../blackboard/store.js';
import { reason } from '../catalog/errors.js';
import { redactAll } from '../catalog/redact.js';
import type { Notification } from '../catalog/server-config.js';
import type { ReleaseDesk } from '../desk/desk-contract.js';
import { eventOf, type JournalEvent } from '../desk/journal-event.js';
import type { Clock } from '../tools/ports.js';
import { readSecret } from '../tools/read-secret.js';

type Options = {
  clock: Clock;
  /** Of the server, none of which leaves it. */
  secrets: readonly string[];
  say: (line: string) => void;
  timeoutMs?: number;
};

/** What of a desk notifications are made of. */
type Source = Pick<ReleaseDesk, 'config' | 'configDir' | 'reader' | 'follow'>;

export type Notifying = {
  /** Resolves when everything that is in the journal now is sent or given up. */
  sent: () => Promise<void>;
  stop: () => void;
};

const batch = 100;
const firstWaitMs = 1_000;
const longestWaitMs = 30_000;
/** Rows that nobody here has heard of: those of another process, on a shared database. */
const lookEveryMs = 5_000;

/**
 * Tells the addresses that the configuration names what the journal says, beside the release: an address that is slow or gone delays
 * nothing but its own messages. Each has its place in the journal, so that what a process that died had not sent is sent by the next
 * one; a message that had arrived when it died, and that it could not note down any more, comes again under the same id.
 */
export const startNotifying = (desk: Source, options: Options): Notifying => {
  const stopping = new AbortController();
  const followers = desk.config.server.notifications.map((notification) => follow(desk, notification, options, stopping.signal));
  return {
    sent: async () => void (await Promise.all(followers.map(({ work }) => work()))),
    stop: () => {
      stopping.abort();
      for (const { stop } of followers) stop();
    },
  };
};

const follow = (desk: Source, notification: Notification, options: Options, stopping: AbortSignal) => {
  const { clock, secrets, say } = options;
  const url = typeof notification.url === 'string' ? notification.url : readSecret(notification.url, desk.configDir);
  const secret = notification.secret && readSecret(notification.secret, desk.configDir);
  const where = `notification to ${URL.canParse(url) ? new URL(url).host : 'an address that is none'}`; // the rest of an address may be a secret
  const hidden = [...secrets, ...(secret === undefined ? [] : [secret]), ...(typeof notification.url === 'string' ? [] : [url])];
  const name = `notification ${digestOf([url, notification.format])}`;
  let opened: Promise<JournalReader> | null = null;
  let tries = 0;

  /** False where it is to be tried again. */
  const send = async (event: JournalEvent): Promise<boolean> => {
    const body = withoutSecrets(bodies[notification.format](event, desk.config.service.name), hidden);
    tries += 1;
    const result = await post({ url, id: `${event.release}.${event.sequence}`, body, secret }, options, stopping);
    if (result !== 'done') {
      if (stopping.aborted) return false;
      if (result.again && tries < notification.attempts) {
        await clock.sleep(Math.min(longestWaitMs, firstWaitMs * 2 ** (tries - 1)), stopping);
        return false;
      }
      say(`${where} was given up: ${result.why}.`);
    }
    tries = 0;
    return true;
  };

  /** From where this reader is to the end of what is there now. */
  const readOn = async (): Promise<void> => {
    const reader = await (opened ??= desk.reader(name));
    for (let rows = await reader.next(batch); rows.length > 0 && !stopping.aborted; rows = await reader.next(batch)) {
      let done: JournalRow | undefined;
      for (const row of rows) {
        const event = eventOf(row);
        const isWanted = event !== null && notification.events.includes(event.kind);
        if (done !== undefined && (isWanted || done.release !== row.release)) await reader.pass(done); // before what comes next is sent
        if (isWanted && !(await send(event))) break;
        done = row;
      }
      if (done !== undefined) await reader.pass(done);
    }
  };

  let reading: Promise<void> | null = null;
  let heard = false;
  const work = (): Promise<void> => {
    heard = true;
    reading ??= (async () => {
      while (heard && !stopping.aborted) {
        heard = false;
        await readOn();
      }
    })()
      .catch((error: unknown) => {
        opened = null; // a store that was away is asked again
        if (!stopping.aborted) say(`${where} waits: ${reason(error)}.`);
      })
      .finally(() => {
        reading = null;
      });
    return reading;
  };
  const looking = setInterval(() => void work(), lookEveryMs).unref();
  const stopFollowing = desk.follow(() => void work());
  void work(); // what the process before has left
  return {
    work,
    stop: () => {
      clearInterval(looking);
      stopFollowing();
    },
  };
};

const bodies: Record<Notification['format'], (event: JournalEvent, service: string) => unknown> = {
  generic: (event, service) => ({ service, ...event }),
  slack: ({ release, kind, text }, service) => ({ text: `*${slack(service)}* ${slack(release)} (${kind}): ${slack(text)}` }),
};

/** The three characters that Slack reads as markup. */
const slack = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const withoutSecrets = (value: unknown, secrets: readonly string[]): string =>
  secrets.reduce((text, secret) => text.replaceAll(JSON.stringify(secret).slice(1, -1), '[redacted]'), JSON.stringify(redactAll(value)));

type Sent = 'done' | { why: string; again: boolean };

type Message = { url: string; id: string; body: string; secret: string | undefined };

/** By https://github.com/standard-webhooks/standard-webhooks: whoever gets it sees by its id what has come before. */
const post = async (
  { url, id, body, secret }: Message,
  { clock, timeoutMs = 10_000 }: Pick<Options, 'clock' | 'timeoutMs'>,
  stopping: AbortSignal,
): Promise<Sent> => {
  const time = String(Math.floor(clock.now() / 1_000));
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'langgraph-staging',
        'webhook-id': id,
        'webhook-timestamp': time,
        ...(secret !== undefined && { 'webhook-signature': `v1,${signature(secret, [id, time, body].join('.'))}` }),
      },
      body,
      redirect: 'manual',
      signal: AbortSignal.any([stopping, AbortSignal.timeout(timeoutMs)]),
    });
    await response.body?.cancel();
    if (response.ok) return 'done';
    return { why: `it answered ${response.status}`, again: response.status === 429 || response.status >= 500 };
  } catch (error) {
    return { why: reason(error), again: true };
  }
};

const prefix = 'whsec_';

const signature = (secret: string, signed: string): string => {
  const key = secret.startsWith(prefix) ? Buffer.from(secret.slice(prefix.length), 'base64') : secret;
  return createHmac('sha256', key).update(signed).digest('base64');
};
