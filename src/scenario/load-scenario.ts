import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { createJiti } from 'jiti';
import { reason, StagingError } from '../catalog/errors.js';
import { parseScenario, type Scenario } from './scenario-schema.js';

/**
 * Reads a scenario from a JSON file, or from the default export of a TypeScript or JavaScript file.
 * Throws SCENARIO_UNKNOWN where there is no file, SCENARIO_INVALID where it holds no scenario.
 */
export const loadScenario = async (file: string): Promise<Scenario> => {
  const path = resolve(file);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new StagingError('SCENARIO_UNKNOWN', `Failed to read the scenario ${path}: ${reason(error)}.`, {
      cause: error,
      remedy: 'Correct the path.',
    });
  });
  try {
    return parseScenario(extname(path) === '.json' ? JSON.parse(text) : await importDefault(path), path);
  } catch (error) {
    if (error instanceof StagingError) throw error;
    throw new StagingError('SCENARIO_INVALID', `Failed to read the scenario ${path}: ${reason(error).split('\n')[0]}.`, { cause: error });
  }
};

/** A file in a folder that has not installed this package finds it all the same. */
const importDefault = (path: string): Promise<unknown> => {
  const own = new URL(import.meta.url.endsWith('.ts') ? './public.ts' : './public.js', import.meta.url).pathname;
  return createJiti(import.meta.url, { alias: { 'langgraph-staging/scenario': own }, moduleCache: false, fsCache: false }).import(path, {
    default: true,
  });
};
