import { createInterface } from 'node:readline/promises';
import { openWorkspace } from '../../desk/workspace.js';
import { parseRequest } from '../../graph/parse-request.js';
import { release, type ReleaseOptions } from './release.js';
import { explain, history, status } from './look.js';
import { openOutput, reportError } from '../output.js';

const questions: { asked: RegExp; answer: (id: string, options: ReleaseOptions) => Promise<number> }[] = [
  { asked: /^(?:status|where|how far|what(?:'s| is) (?:going on|running))/i, answer: (_, options) => status(undefined, options) },
  { asked: /^(?:why|explain|what happened)/i, answer: (id, options) => explain(id, options) },
  { asked: /^(?:history|what (?:was|has been) (?:deployed|released))/i, answer: (_, options) => history(options) },
];

/** `chat`: requests, questions and answers, line by line; asks back when a request is unclear. */
export const chat = async (options: ReleaseOptions): Promise<number> => {
  const { say } = openOutput({ json: false, simulated: options.dryRun ?? false });
  const lines = createInterface({ input: process.stdin, output: process.stderr, prompt: '> ' });
  say('Ask for a release, or ask "status", "why", "history". "quit" ends.');
  lines.prompt();
  let asked = '';
  for await (const line of lines) {
    const text = line.trim();
    if (/^(?:quit|exit|bye)$/i.test(text)) break;
    if (text !== '')
      asked = await answer(asked === '' ? text : `${asked} ${text}`, text, options).catch(
        (error: unknown) => (reportError(error, false, options.dryRun), ''),
      );
    lines.prompt();
  }
  lines.close();
  return 0;
};

/** Gives back what is still unclear, so that the next line completes it. */
const answer = async (whole: string, text: string, options: ReleaseOptions): Promise<string> => {
  const { say } = openOutput({ json: false, simulated: options.dryRun ?? false });
  const workspace = await openWorkspace(options);
  const newest = workspace.store.releases()[0]?.id ?? '';
  const { config } = workspace;
  await workspace.close();
  const question = questions.find(({ asked }) => asked.test(text));
  if (question) {
    await question.answer(/\b[0-9a-f]{8}\b/.exec(text)?.[0] ?? newest, options);
    return '';
  }
  const reading = parseRequest(whole, { config, preApprovedBy: null });
  if ('question' in reading) {
    say(reading.question);
    return whole;
  }
  const { service, version, features, target } = reading.request;
  say(
    `I understood: ${service} ${version}${features.length > 0 ? ` with ${features.join(', ')}` : ''}, ${target === 'production' ? 'to staging and on to production' : 'staging only'}.`,
  );
  await release(whole, options);
  return '';
};
