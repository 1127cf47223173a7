import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChatOpenAI, type ChatOpenAIFields } from '@langchain/openai';
import { onTestFinished, vi } from 'vitest';
import { openTape, type TapeMode, type TapeOptions } from '../../../src/replay/public.js';

/** A folder of its own for one test, and a tape in it. CI's variable is taken away: these tests record. */
export const tapeFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'tape-'));
  vi.stubEnv('CI', '');
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });
  return { folder, file: join(folder, 'one.tape.json') };
};

/** Opens the tape, runs the program, closes it. */
export const withTapeAt = async <T>(
  file: string,
  mode: TapeMode,
  program: () => Promise<T>,
  options: Partial<TapeOptions> = {},
): Promise<T> => {
  const tape = await openTape({ file, mode, program: 'tape-tests', ...options });
  try {
    return await tape.run(program);
  } finally {
    tape.close();
  }
};

export const chat = (url: string, fields: ChatOpenAIFields = {}) =>
  new ChatOpenAI({
    model: 'gpt-test',
    apiKey: 'test-key-0123456789',
    temperature: 0,
    maxRetries: 0,
    configuration: { baseURL: url },
    ...fields,
  });
