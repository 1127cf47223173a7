import { agents } from '../catalog/agents.js';
import { explainError, StagingError, reason } from '../catalog/errors.js';
import { hideEnvironment, redact, redactDocument } from '../catalog/redact.js';
import type { Progress } from '../agents/routine-context.js';

/** What leaves the command, without secrets. */
export type Output = {
  json: boolean;
  /** For people, on stderr. */
  say: (line: string) => void;
  /** The result, on stdout. */
  result: (text: string) => void;
  progress: (progress: Progress) => void;
  /** What the next command has to be told as this one was. */
  where: string;
};

/** Progress goes to stderr, one line at a time, so that it reads the same on a terminal, in a file and in CI. In the simulated world every line says so. */
export const openOutput = (options: { json: boolean; simulated: boolean; where?: string }): Output => {
  const color = process.stderr.isTTY && !process.env['NO_COLOR'];
  hideEnvironment(process.env);
  const startedAt = performance.now();
  const mark = options.simulated ? 'simulated ' : '';
  const marked = (text: string) => text.replaceAll(/^/gm, mark);
  const say = (text: string) => void process.stderr.write(`${marked(redact(text))}\n`);
  return {
    json: options.json,
    where: options.where ?? '',
    say,
    result: (text) => void process.stdout.write(`${options.json ? redactDocument(text) : marked(redact(text))}\n`),
    progress: ({ agent, kind, text }) => {
      const seconds = `${((performance.now() - startedAt) / 1_000).toFixed(1)}s`.padStart(7);
      const who = (agent in agents ? agents[agent as keyof typeof agents].title : agent).padEnd(21); // the line before asks whether it is one
      say(`${paint(color, '90', seconds)}  ${paint(color, '36', who)} ${styles[kind](color, text)}`);
    },
  };
};

const paint = (color: boolean | undefined, code: string, text: string): string => (color ? `\u001b[${code}m${text}\u001b[0m` : text);

const styles: Record<Progress['kind'], (color: boolean | undefined, text: string) => string> = {
  started: (color, text) => paint(color, '1', text),
  tool: (color, text) => paint(color, '90', `· ${text}`),
  model: (color, text) => paint(color, '90', text),
  settled: (_, text) => `→ ${text}`,
  gate: (color, text) =>
    paint(color, /: (passed|warning|off)$/.test(text) ? '32' : /: (pending|inconclusive)$/.test(text) ? '33' : '31', `gate ${text}`),
  weight: (color, text) => paint(color, '35', `traffic ${text}`),
  wait: (color, text) => paint(color, '33', `waiting: ${text}`),
};

/** The last word of a command that failed: one sentence for people, one document for machines, and the exit code. */
export const reportError = (error: unknown, json: boolean, simulated = false): number => {
  const known = error instanceof StagingError;
  const code = known ? error.code : 'DEFECT';
  const sentence = known ? explainError(error) : `Something broke in langgraph-staging itself: ${reason(error)}. Please report it.`;
  openOutput({ json, simulated }).say(sentence);
  if (!known && process.env['DEBUG'] && error instanceof Error) process.stderr.write(`${redact(error.stack ?? '')}\n`);
  if (json)
    process.stdout.write(
      `${JSON.stringify({ error: { code, message: known ? error.message : reason(error), remedy: known ? error.remedy : '' } }, null, 2)}\n`,
    );
  return known ? error.exitCode : 1;
};

/** Times as people read them. */
export const clockTime = (at: number): string => new Date(at).toISOString().replace('T', ' ').slice(0, 19);
