import { writeFileSync } from 'node:fs';
import { reason, StagingError } from '../catalog/errors.js';

/** Writes a file where a person wants it. Throws FILE_WRITE_FAILED. */
export const writeFile = (file: string, text: string): void => {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new StagingError('FILE_WRITE_FAILED', `Failed to write ${file}: ${reason(error)}.`, { cause: error });
  }
};
