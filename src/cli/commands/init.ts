import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { intro, isCancel, outro, text } from '@clack/prompts';
import type { SuiteConfig } from '../../catalog/config.js';
import { StagingError } from '../../catalog/errors.js';
import { suiteKinds } from '../../catalog/suite-kinds.js';
import { commandOf, type Seen } from '../init/detected.js';
import { detect, slug, type Repository } from '../init/detect.js';
import { writeConfig } from '../init/write-config.js';
import { writeFile } from '../write-file.js';

export type InitOptions = {
  force?: boolean;
  name?: string;
  start?: string;
  build?: string;
  test?: string;
  testFormat?: SuiteConfig['format'];
  health?: string;
  approver?: string;
};

/** What a configuration cannot do without, the flag that answers it, and what a person is asked. */
const wanted = {
  start: {
    what: 'the start command',
    flag: '--start "node server.js {port}"',
    asks: 'Which command starts the service? It must listen on {port}, or on the variable PORT.',
    refuses: (given: string) => (given.trim() === '' ? 'A command is wanted.' : undefined),
  },
  health: {
    what: 'the health path',
    flag: '--health /healthz',
    asks: 'Which path answers 2xx when the service is well?',
    refuses: (given: string) => (given.startsWith('/') ? undefined : 'A path begins with a slash.'),
  },
  approver: {
    what: 'who approves',
    flag: '--approver NAME',
    asks: 'Who may approve a promotion to production?',
    refuses: (given: string) => (given.trim() === '' ? 'A name is wanted.' : undefined),
  },
} as const;
type Wanted = keyof typeof wanted;

/**
 * `init`: a commented staging.config.ts for the repository in this folder. What can be seen is taken, what a flag says goes before it, and what
 * neither tells is asked on a terminal. Throws CONFIG_INVALID where the file is there, or nobody can be asked, and FILE_WRITE_FAILED.
 */
export const init = async (options: InitOptions): Promise<number> => {
  const file = resolve('staging.config.ts');
  if (existsSync(file) && options.force !== true)
    throw new StagingError('CONFIG_INVALID', `Failed to write ${file}: it is there already.`, { remedy: 'Pass --force to replace it.' });
  const seen = withFlags(await detect('.'), options);
  const answers = await answered(seen);
  writeFile(
    file,
    writeConfig({ ...seen, ...answers, start: seen.start?.value ?? commandOf(answers.start), metrics: seen.metrics?.value ?? null }),
  );
  process.stderr.write(
    `Wrote ${file}:\n${[...summary(seen, answers), ...advice(seen)].map((line) => `  ${line}\n`).join('')}Then: langgraph-staging doctor\n`,
  );
  return 0;
};

const withFlags = (seen: Repository, { name, start, build, test, testFormat = 'junit', health, approver }: InitOptions): Repository => {
  const given = <T>(value: T): Seen<T> => ({ value, from: 'as you said' });
  if (health !== undefined && !health.startsWith('/'))
    throw new StagingError('CONFIG_INVALID', `Failed to read --health ${health}: a path begins with a slash.`, {
      remedy: 'Correct the flag.',
    });
  return {
    ...seen,
    ...(name !== undefined && { name: slug(name) }),
    ...(start !== undefined && { start: given(commandOf(start)) }),
    ...(build !== undefined && { build: given(commandOf(build)) }),
    ...(test !== undefined && { test: given({ command: commandOf(test), format: testFormat }) }),
    ...(health !== undefined && { health: given(health) }),
    ...(approver !== undefined && { approver: given(approver) }),
  };
};

type Answers = Record<Wanted, string>;

/** What was seen, and a person's word for the rest. */
const answered = async (seen: Repository): Promise<Answers> => {
  const told: Partial<Answers> = {
    ...(seen.start !== null && { start: lineOf(seen.start.value) }),
    ...(seen.health !== null && { health: seen.health.value }),
    ...(seen.approver !== null && { approver: seen.approver.value }),
  };
  const missing = (Object.keys(wanted) as Wanted[]).filter((key) => told[key] === undefined); // keys of a const table
  if (missing.length > 0 && !process.stdin.isTTY)
    throw new StagingError(
      'CONFIG_INVALID',
      `Failed to write staging.config.ts: ${missing.map((key) => wanted[key].what).join(' and ')} cannot be seen in this repository, and there is no terminal to ask on.`,
      { remedy: `Pass ${missing.map((key) => wanted[key].flag).join(' and ')}.` },
    );
  return { ...told, ...(await asked(missing)) } as Answers; // each is either told or asked
};

const asked = async (missing: readonly Wanted[]): Promise<Partial<Answers>> => {
  const answers: Partial<Answers> = {};
  if (missing.length > 0) intro('What cannot be seen in this repository:', { output: process.stderr });
  for (const key of missing) {
    const { asks, refuses } = wanted[key];
    const given = await text({ message: asks, validate: (value) => refuses(value ?? ''), output: process.stderr });
    if (isCancel(given))
      throw new StagingError('CONFIG_INVALID', 'Failed to write staging.config.ts: you left.', { remedy: 'Run it again.' });
    answers[key] = given;
  }
  if (missing.length > 0) outro('Thank you.', { output: process.stderr });
  return answers;
};

/** A command as a line that `commandOf` reads back. */
const lineOf = ([program = '', ...rest]: readonly string[]): string =>
  program === 'sh' && rest[0] === '-c'
    ? (rest[1] ?? '')
    : [program, ...rest].map((word) => (/\s/.test(word) ? `"${word}"` : word)).join(' ');

const summary = ({ start, build, test, health, metrics, approver }: Repository, answers: Answers): string[] => {
  const from = (seen: Seen<unknown> | null): string => `(${seen?.from ?? 'your answer'})`;
  return [
    `start: ${answers.start} ${from(start)}`,
    `health: ${answers.health} ${from(health)}`,
    ...(build === null ? [] : [`build: ${lineOf(build.value)} ${from(build)}`]),
    ...(test === null ? [] : [`tests: ${lineOf(test.value.command)} ${from(test)}`]),
    ...(metrics === null ? [] : [`metrics: ${metrics.value} ${from(metrics)}`]),
    `approver: ${answers.approver} ${from(approver)}`,
  ];
};

const advice = ({ test, tags }: Repository): string[] => [
  ...(test === null
    ? [`No test runner was recognised: pass --test "COMMAND" with --test-format, or add a suite (kinds: ${suiteKinds.join(', ')}).`]
    : []),
  ...(tags.length === 0 ? ['There is no tag yet, so nothing to go back to: tag what runs now, for example `git tag v1.0.0`.'] : []),
];
