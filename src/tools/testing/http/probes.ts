import { reason } from '../../../catalog/errors.js';
import type { ToolResult } from '../../../catalog/tools.js';
import { send, type Exchange, type Message } from './send.js';
import { findStackTrace } from './stack-trace.js';

type ProbeRow = ToolResult<'scan_http'>['probes'][number];
type Finding = Pick<ProbeRow, 'ok' | 'detail'>;

/** What a probe may use: the page as a user gets it, a path that does not exist, and a way to ask. */
export type Target = { page: Exchange; path: string; missing: Answer; ask: (message: Message) => Promise<Answer> };
/** No answer at all is a finding too: a request must not break the connection, let alone the process. */
export type Answer = Exchange | { broke: string };
type Probe = { severity: ProbeRow['severity']; look: (target: Target) => Finding | Promise<Finding> };

/** The HTTP baseline: what is looked at, and how much it weighs. */
export const probes: Record<string, Probe> = {
  'content type is not sniffed': {
    severity: 'major',
    look: ({ page }) => headerIs(page, 'x-content-type-options', (value) => value.toLowerCase() === 'nosniff'),
  },
  'framing is restricted': {
    severity: 'minor',
    look: ({ page }) => {
      const named = ['content-security-policy', 'x-frame-options'].filter((name) => page.headers[name] !== undefined);
      return { ok: named.length > 0, detail: named.join(', ') || 'neither content-security-policy nor x-frame-options is set' };
    },
  },
  'software is not named': {
    severity: 'minor',
    look: ({ page }) => {
      const server = String(page.headers['server'] ?? '');
      const poweredBy = page.headers['x-powered-by'];
      if (poweredBy !== undefined) return { ok: false, detail: `x-powered-by: ${String(poweredBy)}` };
      return { ok: !/\d/.test(server), detail: server ? `server: ${server}` : 'no such header' };
    },
  },
  'cookies are HttpOnly': {
    severity: 'minor',
    look: ({ page }) => {
      const open = (page.headers['set-cookie'] ?? []).filter((cookie) => !/;\s*httponly\s*(?:;|$)/i.test(cookie));
      return { ok: open.length === 0, detail: open.map((cookie) => cookie.split('=')[0]).join(', ') || 'no cookie without it' };
    },
  },
  'a missing path is an error': {
    severity: 'minor',
    look: ({ missing }) =>
      'broke' in missing
        ? { ok: false, detail: missing.broke }
        : { ok: missing.status < 200 || missing.status >= 300, detail: `answered ${missing.status}` },
  },
  'no stack trace for a missing path': { severity: 'major', look: ({ missing }) => withoutTrace(missing) },
  'no stack trace for bad percent-encoding': {
    severity: 'major',
    look: async ({ ask }) => withoutTrace(await ask({ path: '/%E0%A4%A%c0' })),
  },
  'no stack trace for bad JSON': {
    severity: 'major',
    look: async ({ ask, path }) =>
      withoutTrace(await ask({ method: 'POST', path, headers: { 'content-type': 'application/json' }, body: '{"broken": [1, ' })),
  },
  'directories are not traversed': { severity: 'major', look: ({ ask }) => traversal(ask) },
  'TRACE is refused': {
    severity: 'major',
    look: async ({ ask, path }) => {
      const answer = await ask({ method: 'TRACE', path });
      if ('broke' in answer) return { ok: true, detail: 'the connection was closed' };
      return { ok: answer.status >= 400, detail: `answered ${answer.status}` };
    },
  },
  'an unknown method is harmless': {
    severity: 'minor',
    look: async ({ ask, path }) => {
      const answer = await ask({ method: 'FROBNICATE', path });
      if ('broke' in answer) return { ok: true, detail: 'the connection was closed' };
      const trace = withoutTrace(answer);
      return trace.ok ? { ok: answer.status < 500 || answer.status === 501, detail: `answered ${answer.status}` } : trace;
    },
  },
  'still answers after all probes': {
    severity: 'major',
    look: async ({ ask, path, page }) => {
      const again = await ask({ path });
      if ('broke' in again) return { ok: false, detail: again.broke };
      return { ok: again.status < 500 || again.status === page.status, detail: `answered ${again.status}` };
    },
  },
};

/** Asks without throwing. */
export const asker =
  (url: string) =>
  (message: Message): Promise<Answer> =>
    send(url, message).catch((error: unknown) => ({ broke: reason(error) }));

const headerIs = ({ headers }: Exchange, name: string, accepts: (value: string) => boolean): Finding => {
  const value = headers[name];
  if (value === undefined) return { ok: false, detail: `${name} is not set` };
  return { ok: accepts(String(value)), detail: `${name}: ${String(value)}` };
};

const withoutTrace = (answer: Answer): Finding => {
  if ('broke' in answer) return { ok: false, detail: answer.broke };
  const language = findStackTrace(answer.body);
  return language
    ? { ok: false, detail: `the answer ${answer.status} shows a ${language} stack trace` }
    : { ok: true, detail: `answered ${answer.status}` };
};

const dots = ['..', '%2e%2e', '.%2e', '..%2f..', '..%5c..', '%252e%252e', '..;', '%c0%ae%c0%ae', '....//..'];
const passwd = /^root:[^:\n]*:0:0:/m;

/** All at once: a candidate that lets each of them wait costs one time limit, not dozens. */
const traversal = async (ask: Target['ask']): Promise<Finding> => {
  const paths = dots.flatMap((step) =>
    ['', '/static', '/public', '/assets'].map((prefix) => `${prefix}/${Array.from({ length: 10 }, () => step).join('/')}/etc/passwd`),
  );
  const answers = await Promise.all(paths.map(async (path) => ({ path, answer: await ask({ path }) })));
  const leak = answers.find(({ answer }) => !('broke' in answer) && passwd.test(answer.body));
  return leak ? { ok: false, detail: `${leak.path} gives /etc/passwd` } : { ok: true, detail: `${dots.length} encodings tried` };
};
