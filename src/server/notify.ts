import { createHmac } from 'node:crypto';
import { reason } from '../catalog/errors.js';
import { redactAll } from '../catalog/redact.js';
import type { Notification } from '../catalog/server-config.js';
import type { DeskEvent, ReleaseDesk } from '../desk/desk-contract.js';
import type { Clock } from '../tools/ports.js';
import { readSecret } from '../tools/read-secret.js';

type Options = {
  clock: Clock;
  /** Of the server, none of which leaves it. */
  secrets: readonly string[];
  say: (line: string) => void;
  timeoutMs?: number;
};

const mostUnsent = 1_000;
const firstWaitMs = 1_000;

/** Tells the addresses that the configuration names what happens, beside the release: an address that is slow or gone delays nothing but its own messages. */
export const startNotifying = (desk: ReleaseDesk, options: Options): { stop: () => void } => {
  const stopping = new AbortController();
  const stops = desk.config.server.notifications.map((notification) => follow(desk, notification, options, stopping.signal));
  return {
    stop: () => {
      stopping.abort();
      for (const stop of stops) stop();
    },
  };
};

const follow = (desk: ReleaseDesk, notification: Notification, options: Options, stopping: AbortSignal): (() => void) => {
  const { clock, secrets, say } = options;
  const url = typeof notification.url === 'string' ? notification.url : readSecret(notification.url, desk.configDir);
  const secret = notification.secret && readSecret(notification.secret, desk.configDir);
  const where = `notification to ${URL.canParse(url) ? new URL(url).host : 'an address that is none'}`; // the rest of an address may be a secret
  const hidden = [...secrets, ...(secret === undefined ? [] : [secret]), ...(typeof notification.url === 'string' ? [] : [url])];
  const unsent: DeskEvent[] = [];
  let sending = false;

  const send = async (event: DeskEvent): Promise<void> => {
    const body = withoutSecrets(bodies[notification.format](event, desk.config.service.name), hidden);
    let why = '';
    for (let attempt = 1; attempt <= notification.attempts; attempt += 1) {
      if (attempt > 1) await clock.sleep(firstWaitMs * 2 ** (attempt - 2), stopping);
      if (stopping.aborted) return;
      const result = await post(url, body, secret, options, stopping);
      if (result === 'done') return;
      why = result.why;
      if (!result.again) break;
    }
    say(`${where} was given up: ${why}.`);
  };

  const work = async (): Promise<void> => {
    if (sending) return;
    sending = true;
    for (let next = unsent.shift(); next !== undefined && !stopping.aborted; next = unsent.shift()) await send(next);
    sending = false;
  };

  return desk.follow((event) => {
    if (!notification.events.includes(event.kind)) return;
    unsent.push(event);
    if (unsent.length > mostUnsent) {
      unsent.shift();
      say(`${where} is ${mostUnsent} messages behind: the oldest is left out.`);
    }
    void work();
  });
};

const bodies: Record<Notification['format'], (event: DeskEvent, service: string) => unknown> = {
  generic: (event, service) => ({ service, ...event }),
  slack: ({ release, kind, text }, service) => ({ text: `*${slack(service)}* ${slack(release)} (${kind}): ${slack(text)}` }),
};

/** The three characters that Slack reads as markup. */
const slack = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const withoutSecrets = (value: unknown, secrets: readonly string[]): string =>
  secrets.reduce((text, secret) => text.replaceAll(JSON.stringify(secret).slice(1, -1), '[redacted]'), JSON.stringify(redactAll(value)));

type Sent = 'done' | { why: string; again: boolean };

const post = async (
  url: string,
  body: string,
  secret: string | undefined,
  { clock, timeoutMs = 10_000 }: Options,
  stopping: AbortSignal,
): Promise<Sent> => {
  const time = Math.floor(clock.now() / 1_000);
  const signature = secret && createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'langgraph-staging',
        ...(signature && { 'x-langgraph-staging-signature': `t=${time},v1=${signature}` }),
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
