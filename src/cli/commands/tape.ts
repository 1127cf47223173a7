import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { StagingError } from '../../catalog/errors.js';
import { answerText } from '../../replay/answer-text.js';
import { conversationOf } from '../../replay/conversation.js';
import { parseTape } from '../../replay/store-tape.js';
import { callName, type Call, type Tape } from '../../replay/tape-file.js';
import { modeVariable } from '../../replay/tape-mode.js';
import { openOutput } from '../output.js';
import { diffTapes } from './tape/diff-tapes.js';
import { findTapes } from './tape/find-tapes.js';
import { verifyTape } from './tape/verify-tape.js';

type TapeOptions = { json?: boolean };

/** One JSON document, or the lines for a person. */
const print = (options: TapeOptions, document: object, lines: readonly string[]): void =>
  openOutput({ json: options.json ?? false, simulated: false }).result(options.json ? JSON.stringify(document, null, 2) : lines.join('\n'));

/** `tape ls [FOLDER]`: every tape, and what is on it. */
export const ls = async (folder: string, options: TapeOptions): Promise<number> => {
  const tapes = await Promise.all(findTapes(folder).map(async (file) => ({ file, ...summaryOf(await parseTape(file)) })));
  const lines = tapes.map(
    ({ file, source, recordedAt, calls, lanes, values, models }) =>
      `${file}  ${source} ${recordedAt.slice(0, 10)}  ${calls} calls in ${lanes} lanes${values > 0 ? `, ${values} values` : ''}  ${models.join(', ')}`,
  );
  print(options, { tapes }, lines.length > 0 ? lines : [`No *.tape.json below ${folder}.`]);
  return 0;
};

const summaryOf = ({ header, calls, values }: Tape) => ({
  source: header.source,
  program: header.program,
  recordedAt: header.recordedAt,
  models: header.models,
  calls: calls.length,
  lanes: new Set(calls.map((call) => call.lane)).size,
  values: values.reduce((sum, value) => sum + value.answers.length, 0),
});

/** `tape show FILE`: the conversation, lane by lane. */
export const show = async (file: string, options: TapeOptions): Promise<number> => {
  const { header, calls, values } = await parseTape(file);
  const shown = calls.map((call) => ({
    call: callName(call),
    agent: call.agent ?? null,
    node: call.node ?? null,
    asked: questionOf(call),
    answered: answerText(call.reply),
  }));
  print(options, { file, header, calls: shown, values }, [
    `${file}: ${header.source} ${header.recordedAt} at ${header.endpoints.join(', ') || 'nowhere'}, for ${header.program}`,
    ...(header.note === undefined ? [] : [header.note]),
    ...Object.keys(header.prompts).map((prompt) => `prompt ${prompt}`),
    ...header.rules.map(({ name, pattern }) => `rule   ${name} ${pattern}`),
    ...shown.flatMap(({ call, asked, answered }) => ['', call, ...indent('  asked    ', asked), ...indent('  answered ', answered)]),
    ...(values.length > 0 ? [''] : []),
    ...values.map(({ lane, name, answers }) => `value  ${name} (${lane || 'no graph'}): ${answers.length} answers`),
  ]);
  return 0;
};

/** The last message of the request: the ones before it stand in the calls before. */
const questionOf = ({ request }: Call): string => {
  const last = conversationOf(request.body)?.turns.at(-1);
  return last ? `${last.role}${last.tool ? ` ${last.tool}` : ''}: ${last.text}` : `${request.method} ${request.target}`;
};

const indent = (label: string, text: string): string[] =>
  text.split('\n').map((line, at) => `${at === 0 ? label : ' '.repeat(label.length)}${line.slice(0, 300)}`);

/** `tape verify [PATH]`: what is stale or unsafe, without running anything. Exit 4 where something is. */
export const verify = async (path: string, options: TapeOptions): Promise<number> => {
  const tapes = await Promise.all(findTapes(path).map(verifyTape));
  const sound = tapes.every((tape) => tape.sound);
  print(
    options,
    { sound, tapes },
    tapes.flatMap(({ file, problems }) =>
      problems.length === 0 ? [`sound  ${file}`] : problems.map((problem) => `wrong  ${file}: ${problem}`),
    ),
  );
  return sound ? 0 : 4;
};

/**
 * `tape update PATH -- COMMAND`: runs the command that replays these tapes, with their mode set to `update`: what is stale or missing is
 * asked again, what is unused is dropped. Without a command it says which one to run. Exit 5 where the command fails.
 */
export const update = async (path: string, command: readonly string[], options: TapeOptions): Promise<number> => {
  const files = findTapes(path);
  const [program, ...args] = command;
  if (program === undefined) {
    print(options, { tapes: files, variable: modeVariable, value: 'update' }, [
      `${files.length} tapes. To record again what is stale, run the tests that replay them:`,
      `  langgraph-staging tape update ${path} -- npx vitest run`,
      `which is the same as ${modeVariable}=update npx vitest run.`,
    ]);
    return 0;
  }
  const before = new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));
  const code = await runCommandLine(program, args, options.json ?? false);
  const tapes = findTapes(path).map((file) => ({ file, change: changeOf(before.get(file), readFileSync(file, 'utf8')) }));
  print(
    options,
    { command, code, tapes },
    tapes.map(({ file, change }) => `${change.padEnd(9)}  ${file}`),
  );
  return code === 0 ? 0 : 5;
};

const changeOf = (before: string | undefined, after: string): 'new' | 'unchanged' | 'updated' =>
  before === undefined ? 'new' : before === after ? 'unchanged' : 'updated';

/** What the command prints is for people: on stderr, so that stdout holds the result only. */
const runCommandLine = (program: string, args: readonly string[], quiet: boolean): Promise<number> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['inherit', quiet ? 'ignore' : process.stderr, 'inherit'],
      env: { ...process.env, [modeVariable]: 'update' },
    });
    child.once('error', (error) =>
      reject(new StagingError('COMMAND_MISSING', `Failed to run ${program}: ${error.message}.`, { cause: error })),
    );
    child.once('close', (code) => resolve(code ?? 1));
  });

/** `tape diff A B`: what changed from one tape to the other, word by word. */
export const diff = async (before: string, after: string, options: TapeOptions): Promise<number> => {
  const found = diffTapes(await parseTape(before), await parseTape(after));
  print(options, found, [
    ...(found.same ? ['The same calls with the same answers.'] : []),
    ...found.removed.map((call) => `- ${call}`),
    ...found.added.map((call) => `+ ${call}`),
    ...found.changed.flatMap(({ call, question, answer }) => [
      `~ ${call}`,
      ...(question === null ? [] : [`    asked    ${question}`]),
      ...(answer === null ? [] : [`    answered ${answer}`]),
    ]),
  ]);
  return 0;
};
