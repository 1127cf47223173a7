import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { DataConfig } from '../../../catalog/data.js';
import { reason, StagingError } from '../../../catalog/errors.js';
import type { ToolResult } from '../../../catalog/tools.js';
import type { Cookie, Copied, RowAccess } from '../../data/data-store.js';
import { removeDatabase } from '../../data/sqlite.js';
import { sqliteStore } from '../../data/sqlite-store.js';
import { runCommand } from '../../processes.js';
import type { SnapshotOptions } from './snapshot.js';

type Options = SnapshotOptions & {
  config: DataConfig;
  /** The data that is filled, and that of production with its stores. */
  dataDir: string;
  production: Pick<SnapshotOptions, 'stores'> & { dataDir: string };
  env: Record<string, string>;
  signal: AbortSignal;
  configDir: string;
  draftDir: string;
  /** The cookies from before the first try: a store whose cookie has changed since is filled already. */
  cookies: readonly Cookie[];
  /** Whether staging serves the very version that production serves: then it can live with any data of production's. */
  sameVersion: () => Promise<boolean>;
};

/**
 * Fills the environment's data with the anonymised copy, below the running service. Nothing is put in place before the whole copy is
 * made and checked. Throws DATA_COPY_FAILED. The generic command is the owner's own: what it leaves is not checked.
 */
export const copyInto = async ({ environment, stores, config, clock, ...where }: Options): Promise<ToolResult<'copy_data'>> => {
  const startedAt = clock.now();
  const { copy } = config;
  const answer = (status: 'none' | 'copied', why: string, more: Partial<ToolResult<'copy_data'>> = {}) => ({
    status,
    reason: why,
    tables: [],
    checked: null,
    ...more,
    durationMs: clock.now() - startedAt,
  });
  if (copy === undefined) return answer('none', 'no copy is declared: data.copy is not set');
  if (environment === 'production') return answer('none', 'production is never filled from a copy');
  const fromFile = copy.from === 'production' ? null : resolve(where.configDir, copy.from);
  await mkdir(where.dataDir, { recursive: true });
  if (copy.command !== undefined) {
    const sourceDir = fromFile === null ? where.production.dataDir : dirname(fromFile);
    const env = { ...where.env, SOURCE_DATA_DIR: sourceDir, COPY_SEED: copy.seed };
    const { exitCode, output } = await runCommand({ ...copy.command, cwd: where.dataDir, env, signal: where.signal });
    if (exitCode === 0) return answer('copied', 'by the configured command, and not checked by us');
    throw failed(`\`${copy.command.command.join(' ')}\` ended with ${exitCode ?? 'a signal'}: ${lastLine(output)}`);
  }
  if (fromFile !== null && config.sqlite.length !== 1)
    throw failed('data.copy.from names one file, and data.sqlite does not name exactly one to fill');
  const sources = fromFile === null ? where.production.stores : [sqliteStore(copy.from, fromFile)];
  const pairs = sources.flatMap((source, place) => {
    const live = stores[place];
    if (live === undefined || live.rows === null || source.rows === null) return []; // what only commands know is copied by a command
    return [{ place, source: source.rows, live, schema: live.rows, draft: join(where.draftDir, `copy-${place}.db`) }];
  });
  if (await anyMissing(pairs.map(({ source }) => source)))
    if (fromFile === null) return answer('none', 'production has no data yet');
    else throw failed(`there is no ${fromFile}`);
  try {
    const copied: Copied[] = [];
    for (const { source, draft } of pairs) copied.push(await source.anonymise(draft, copy));
    if (fromFile === null && !(await sameSchemas(pairs)) && !(await where.sameVersion()))
      return answer('none', 'production has another version and another schema, which the one in staging may not live with');
    for (const { place, draft, live } of pairs) if ((await live.cookie()) === (where.cookies[place] ?? null)) await live.restore(draft);
    const sum = (count: (one: NonNullable<ToolResult<'copy_data'>['checked']>) => number) =>
      copied.reduce((total, { checked }) => total + (checked === null ? 0 : count(checked)), 0);
    return answer('copied', '', {
      tables: copied.flatMap(({ tables }) => tables),
      checked: { rawValues: sum((one) => one.rawValues), cells: sum((one) => one.cells), foreignKeys: true },
    });
  } catch (error) {
    throw failed(reason(error), error);
  } finally {
    for (const { draft } of pairs) await removeDatabase(draft);
  }
};

const anyMissing = async (sources: readonly RowAccess[]): Promise<boolean> => {
  for (const source of sources) if ((await source.schema()) === null) return true;
  return false;
};

/** Whether what staging has now is of the shape of what would come; where it has nothing, anything fits. */
const sameSchemas = async (pairs: readonly { source: RowAccess; schema: RowAccess }[]): Promise<boolean> => {
  for (const { source, schema } of pairs) {
    const now = await schema.schema();
    if (now !== null && now !== (await source.schema())) return false;
  }
  return true;
};

const failed = (why: string, cause?: unknown): StagingError =>
  new StagingError('DATA_COPY_FAILED', `Failed to copy data into staging: ${why}.`, { cause });

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';
