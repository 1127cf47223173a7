import { createInterface } from 'node:readline';
import type { Caller } from '../../desk/desk-contract.js';
import { openReleaseDesk } from '../../desk/release-desk.js';
import { converse } from '../chat/converse.js';
import { openOutput } from '../output.js';
import { whereOf } from '../where.js';
import type { ReleaseOptions } from './release.js';

export type ChatOptions = Pick<ReleaseOptions, 'config' | 'stateDir' | 'dryRun' | 'model'> & { as?: string };

/**
 * `chat`: requests, questions and decisions, line by line, answered while releases run. At the end of a pipe it waits for what runs;
 * `quit` and a signal leave as soon as what is under way has ended.
 */
export const chat = async (options: ChatOptions): Promise<number> => {
  const { result: say } = openOutput({ json: false, simulated: options.dryRun ?? false });
  const desk = await openReleaseDesk(options);
  const approver = options.as !== undefined && desk.config.approvers.includes(options.as);
  const conversation = await converse({
    desk,
    caller: callerOf(options.as, desk.config.approvers),
    say,
    commandFor: (does, id) =>
      `langgraph-staging ${does} ${id}${does === 'approve' ? ` --as ${approver ? options.as : 'NAME'}` : ''}${whereOf(options)}`,
  });
  const interactive = process.stdin.isTTY;
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: interactive, prompt: interactive ? '> ' : '' });
  let left = false;
  const leave = (): void => {
    left = true;
    lines.close();
  };
  lines.on('SIGINT', leave);
  process.once('SIGTERM', leave);
  say('Ask for a release, ask about one, approve or reject. "wait" waits for what runs, "quit" leaves.');
  lines.prompt();
  try {
    for await (const given of lines) {
      const line = given.trim();
      if (!interactive && line !== '') say(`> ${line}`);
      if (/^(?:quit|exit|bye)[.!]?$/i.test(line)) left = true;
      if (left) break;
      if (/^wait[.!]?$/i.test(line)) await conversation.quiet();
      else if (line !== '') await conversation.hear(line);
      lines.prompt();
    }
    if (!left) await conversation.quiet();
    await conversation.leave();
  } finally {
    process.off('SIGTERM', leave);
    lines.close();
    await desk.close();
  }
  return 0;
};

/** Who sits at the terminal. Without a name nobody can approve. */
const callerOf = (name: string | undefined, approvers: readonly string[]): Caller => ({
  name: name ?? 'terminal',
  roles: ['viewer', 'requester', 'operator', ...(name !== undefined && approvers.includes(name) ? (['approver'] as const) : [])],
});
