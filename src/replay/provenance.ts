import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import type { Call } from './tape-file.js';
import { isObject } from './conversation.js';

const packageSchema = z.object({ name: z.string().optional(), version: z.string().optional() });

/** Packages whose versions shape what is sent. */
const telling = ['@langchain/core', '@langchain/langgraph', '@langchain/openai', 'langchain', 'openai'];

/** The name of the package that the file stands in: the program whose tape it is. */
export const programOf = (file: string): string => {
  for (const folder of foldersAbove(file)) {
    const name = readPackage(join(folder, 'package.json'))?.name;
    if (name !== undefined) return name;
  }
  return 'unnamed';
};

/** Versions of the packages that shaped the requests, as installed for the program. */
export const packagesOf = (file: string): Record<string, string> => {
  const own = readPackage(new URL('../../package.json', import.meta.url));
  const found = telling.flatMap((name) => {
    const folder = foldersAbove(file).find((one) => existsSync(join(one, 'node_modules', name, 'package.json')));
    const version = folder === undefined ? undefined : readPackage(join(folder, 'node_modules', name, 'package.json'))?.version;
    return version === undefined ? [] : [[name, version] as const];
  });
  return Object.fromEntries([['langgraph-staging', own?.version ?? 'unknown'], ...found]);
};

export const modelsOf = (calls: readonly Call[]): string[] => {
  const models = calls.flatMap(({ request: { body } }) => (isObject(body) && typeof body['model'] === 'string' ? [body['model']] : []));
  return [...new Set(models)].sort();
};

const foldersAbove = (file: string): string[] => {
  const folders = [dirname(resolve(file))];
  for (let parent = dirname(folders[0] ?? '/'); parent !== folders.at(-1); parent = dirname(parent)) folders.push(parent);
  return folders;
};

const readPackage = (file: string | URL): z.infer<typeof packageSchema> | null => {
  if (!existsSync(file)) return null;
  try {
    return packageSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null; // a broken package.json is not the tape's to report: it only leaves a name out
  }
};
