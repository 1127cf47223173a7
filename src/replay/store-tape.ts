import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { reason, StagingError } from '../catalog/errors.js';
import { findSecrets } from './find-secrets.js';
import { shareParts, unshareParts } from './share-parts.js';
import { tapeFileSchema, tapeFormat, tapeVersion, type Tape } from './tape-file.js';

const anyTape = z.object({ format: z.literal(tapeFormat), version: z.number() });

/** Throws TAPE_NOT_FOUND, TAPE_INVALID, TAPE_NEWER, TAPE_SECRET. */
export const readTape = async (file: string): Promise<Tape> => {
  const tape = await parseTape(file);
  refuseSecrets(file, tape, 'read');
  return tape;
};

/** As it stands in the file, secrets or not: for a report on it. Throws TAPE_NOT_FOUND, TAPE_INVALID, TAPE_NEWER. */
export const parseTape = async (file: string): Promise<Tape> => {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (isCode(error, 'ENOENT'))
      throw new StagingError('TAPE_NOT_FOUND', `Failed to read the tape: there is no ${file}.`, { cause: error });
    throw new StagingError('TAPE_INVALID', `Failed to read the tape ${file}: ${reason(error)}.`, { cause: error });
  });
  const json = parseJson(file, text);
  const head = parsedAs(anyTape, json, file);
  if (!head.success) throw new StagingError('TAPE_INVALID', `Failed to read ${file}: it is JSON, and not a tape of langgraph-staging.`);
  if (head.data.version > tapeVersion)
    throw new StagingError(
      'TAPE_NEWER',
      `Failed to read the tape ${file}: its format is ${head.data.version}, and this version reads up to ${tapeVersion}.`,
    );
  const parsed = parsedAs(tapeFileSchema, json, file);
  if (parsed.success) return unshareParts(parsed.data, file);
  throw new StagingError('TAPE_INVALID', `Failed to read the tape ${file}: ${reason(parsed.error)}.`, { cause: parsed.error });
};

/** JSON of any depth is read in a moment, and a schema walks down every step of it. */
const parsedAs = <S extends z.ZodType>(schema: S, json: unknown, file: string): z.ZodSafeParseResult<z.infer<S>> => {
  try {
    return schema.safeParse(json);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new StagingError('TAPE_INVALID', `Failed to read the tape ${file}: it is nested too deeply.`, { cause: error });
  }
};

const parseJson = (file: string, text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new StagingError('TAPE_INVALID', `Failed to read the tape ${file}: it is no whole JSON document (${reason(error)}).`, {
      cause: error,
    });
  }
};

const refuseSecrets = (file: string, tape: Tape, verb: 'read' | 'write'): void => {
  const [secret, ...more] = findSecrets(tape);
  if (!secret) return;
  const others = more.length === 0 ? '' : `, and ${more.length} more`;
  throw new StagingError(
    'TAPE_SECRET',
    `Failed to ${verb} the tape ${file}: ${secret.where} holds what looks like ${secret.what}${others}.`,
  );
};

/** What writes the new file: its content is on the disk when the promise resolves. */
export type WriteFile = (file: string, text: string) => Promise<void>;

const writeThrough: WriteFile = async (file, text) => {
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/**
 * Replaces the file in one step: the new one is written beside it and then takes its name, so that a reader sees the old or the new, whole.
 * Throws TAPE_SECRET, TAPE_WRITE_FAILED; the old file is then as it was.
 */
export const writeTape = async (file: string, tape: Tape, write: WriteFile = writeThrough): Promise<void> => {
  refuseSecrets(file, tape, 'write');
  const beside = `${file}.${randomUUID().slice(0, 8)}.tmp`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await write(beside, `${JSON.stringify(shareParts(tape), null, 2)}\n`);
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw new StagingError('TAPE_WRITE_FAILED', `Failed to write the tape ${file}: ${reason(error)}.`, { cause: error });
  }
};

/** The tape that a new recording would replace; null where there is none. What is no tape is not ours to replace: throws as `parseTape`. */
export const replacedTape = async (file: string): Promise<Tape | null> => {
  try {
    return await parseTape(file);
  } catch (error) {
    if (error instanceof StagingError && error.code === 'TAPE_NOT_FOUND') return null;
    throw error;
  }
};

const isCode = (error: unknown, code: string): boolean => error instanceof Error && 'code' in error && error.code === code;
