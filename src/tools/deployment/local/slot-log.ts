import { createWriteStream, type WriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { createInterface } from 'node:readline';
import type { LogLine } from '../../../catalog/measurements.js';
import { redact } from '../../../catalog/redact.js';
import type { Clock } from '../../ports.js';

const remembered = 500;

/** What the processes of one slot printed, without secrets: appended to a file, the last 500 lines in memory, lines that look like errors counted. */
export const openSlotLog = (path: string, clock: Clock) => {
  const lines: LogLine[] = [];
  let errorLines = 0;
  let file: WriteStream | null = null;
  let closed = false;

  const remember = (text: string): void => void lines.push({ at: clock.now(), text });
  const write = (printed: string): void => {
    const line = redact(printed);
    remember(line);
    if (lines.length > remembered) lines.shift();
    if (closed) return; // a last word that comes late opens no file
    file ??= createWriteStream(path, { flags: 'a' }).on('error', (error) =>
      remember(`(this log is no longer kept in ${path}: ${error.message})`),
    );
    file.write(`${line}\n`);
  };

  return {
    path,
    /** A line of ours, for example the header of a start. */
    note: (text: string): void => write(`--- ${text}`),
    /** Follows one stream of a process, line by line. */
    follow: (stream: Readable): void => {
      let within = false; // a private key, which is printed over several lines
      createInterface({ input: stream, crlfDelay: Infinity }).on('line', (printed) => {
        const begins = /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(printed);
        const ends = /-----END [A-Z ]*PRIVATE KEY-----/.test(printed);
        const inside = within && !begins;
        within = (within || begins) && !ends;
        if (inside) return;
        const line = withoutPasswords(printed);
        if (looksLikeError(line)) errorLines += 1;
        write(line);
      });
    },
    tail: (count: number): string[] => (count <= 0 ? [] : lines.slice(-count).map(({ text }) => text)),
    between: (fromAt: number, toAt: number): LogLine[] => lines.filter(({ at }) => at !== null && at >= fromAt && at <= toAt),
    errorLines: (): number => errorLines,
    /** A new artifact begins: what the one before it printed counts no longer. */
    restartCount: (): void => void (errorLines = 0),
    close: (): Promise<void> =>
      new Promise((done) => {
        closed = true;
        if (file === null || file.closed || file.destroyed) return done();
        file.end(() => done());
        file = null;
      }),
  };
};

export type SlotLog = ReturnType<typeof openSlotLog>;

/** A service likes to print the address of its database, and a model reads the log. */
const withoutPasswords = (line: string): string => line.replaceAll(/(:\/\/[^\s:@/]*):[^\s@/]+@/g, '$1:***@');

/** A JSON line is judged by its level (names, or pino's numbers); any other line by its words. */
export const looksLikeError = (line: string): boolean => {
  const level = levelOf(line);
  if (level === undefined) return /\b(error|fatal|exception|unhandled)\b/i.test(line) || /[a-z](Error|Exception)\b/.test(line); // `TypeError: …` too
  return typeof level === 'number' ? level >= 50 : /^(error|fatal|critical|emerg\w*|alert)$/i.test(level);
};

const levelOf = (line: string): string | number | undefined => {
  if (!line.startsWith('{')) return undefined;
  try {
    const { level } = JSON.parse(line) as { level?: unknown }; // a service's own line: anything may stand in it
    return typeof level === 'string' || typeof level === 'number' ? level : undefined;
  } catch {
    return undefined; // not JSON after all: its words decide
  }
};
