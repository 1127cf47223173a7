import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ConfigurationChange } from '../../../catalog/measurements.js';

type Variables = Record<string, string>;

/**
 * The environment variables that are configured, kept under their digest when a version is deployed with them: an old version that is
 * started again gets those that it was released with, whatever the configuration says by then. Values stay in these files.
 */
export const createConfigurations = (folder: string, current: Variables) => {
  const digest = digestOf(current);
  const pathOf = (of: string): string => join(folder, `${of.replace(':', '-')}.json`);

  const read = async (of: string): Promise<Variables | null> => {
    const text = await readFile(pathOf(of), 'utf8').catch(() => null); // never kept, or gone: the caller says so
    return text === null ? null : z.record(z.string(), z.string()).parse(JSON.parse(text));
  };

  return {
    /** Keeps what is configured now, and gives its digest. */
    keep: async (): Promise<string> => {
      if ((await read(digest)) !== null) return digest;
      await mkdir(folder, { recursive: true });
      const draft = `${pathOf(digest)}.${process.pid}.tmp`;
      const file = await open(draft, 'w', 0o600);
      await file.writeFile(JSON.stringify(current, null, 2)).finally(() => file.close());
      await rename(draft, pathOf(digest));
      return digest;
    },
    /** What a version was deployed with; null where that is not known any more. */
    of: (deployed: string | undefined): Promise<Variables | null> => (deployed === undefined ? Promise.resolve(null) : read(deployed)),
    current,
    /** What changes for whoever is deployed now, beside what `previous` was deployed with. Names alone. */
    since: async (previous: string | undefined): Promise<ConfigurationChange> => {
      const before = previous === undefined ? null : await read(previous);
      const names = Object.keys(current).sort();
      return {
        digest,
        previousDigest: previous ?? null,
        added: before === null ? [] : names.filter((name) => !(name in before)),
        changed: before === null ? [] : names.filter((name) => name in before && before[name] !== current[name]),
        removed: before === null ? [] : Object.keys(before).filter((name) => !(name in current)),
      };
    },
  };
};

const digestOf = (variables: Variables): string => {
  const sorted = Object.entries(variables).sort(([one], [other]) => (one < other ? -1 : 1));
  return `sha256:${createHash('sha256').update(JSON.stringify(sorted)).digest('hex')}`;
};
