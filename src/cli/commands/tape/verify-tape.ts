import { reason } from '../../../catalog/errors.js';
import { findSecrets } from '../../../replay/find-secrets.js';
import { promptChanges, promptsNow } from '../../../replay/prompt-digests.js';
import { parseTape } from '../../../replay/store-tape.js';
import { callName } from '../../../replay/tape-file.js';

export type TapeVerdict = { file: string; sound: boolean; problems: string[] };

/** What is wrong with a tape, seen without running anything: its form, prompt files that changed since, secrets, answers that repeat an id. */
export const verifyTape = async (file: string): Promise<TapeVerdict> => {
  const problems = await problemsOf(file);
  return { file, sound: problems.length === 0, problems };
};

const problemsOf = async (file: string): Promise<string[]> => {
  const tape = await parseTape(file).catch((error: unknown) => reason(error));
  if (typeof tape === 'string') return [tape];
  const stale = promptChanges(tape.header.prompts, promptsNow(file, tape.header.prompts));
  const ids = new Map<string, string>();
  const repeated = tape.calls.flatMap((call) => {
    const id = call.reply.kind === 'json' && idOf(call.reply.body);
    if (!id) return [];
    const before = ids.get(id);
    ids.set(id, callName(call));
    return before === undefined
      ? []
      : [`${callName(call)} repeats the answer id of ${before}: an agent would take it for the same message`];
  });
  return [
    ...stale.map(({ file: prompt, change }) => `stale: prompt file ${prompt} was ${change} since it was recorded`),
    ...findSecrets(tape).map(({ where, what }) => `secret: ${where} holds what looks like ${what}`),
    ...repeated,
  ];
};

const idOf = (body: unknown): string | null =>
  typeof body === 'object' && body !== null && 'id' in body && typeof body.id === 'string' ? body.id : null;
