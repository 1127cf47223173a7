import { open } from 'node:fs/promises';
import { StagingError } from '../../catalog/errors.js';

const mebibyte = 1024 ** 2;
const maxReportBytes = 20 * mebibyte;

/** A whole text file without its byte-order mark, or null when there is none. Throws ADAPTER_FAILED beyond `maxBytes`: what is larger is no report. */
export const readTextFile = async (path: string, maxBytes = maxReportBytes): Promise<string | null> => {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw error;
  });
  if (!file) return null;
  try {
    const { size } = await file.stat();
    if (size > maxBytes) throw new StagingError('ADAPTER_FAILED', `Failed to read ${path}: it is larger than ${maxBytes / mebibyte} MiB.`);
    return (await file.readFile('utf8')).replace(/^\uFEFF/, '');
  } finally {
    await file.close();
  }
};
