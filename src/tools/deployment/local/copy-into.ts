import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { reason, StagingError } from '../../../catalog/errors.js';
import type { ToolResult } from '../../../catalog/tools.js';
import { anonymise } from '../../data/anonymise.js';
import { putInPlace, removeDatabase, schemaCookie, schemaOf } from '../../data/sqlite.js';
import { runCommand } from '../../processes.js';
import type { SnapshotOptions } from './snapshot.js';

type Options = SnapshotOptions & {
  productionDir: string;
  configDir: string;
  draftDir: string;
  /** The schema counters from before the first try: a file whose counter has moved since is filled already. */
  cookies: readonly (number | null)[];
  /** Whether staging serves the very version that production serves: then it can live with any data of production's. */
  sameVersion: () => Promise<boolean>;
};

/**
 * Fills the environment's data with the anonymised copy, below the running service. Nothing is put in place before the whole copy is
 * made and checked. Throws DATA_COPY_FAILED. The generic command is the owner's own: what it leaves is not checked.
 */
export const copyInto = async ({ environment, config, clock, ...where }: Options): Promise<ToolResult<'copy_data'>> => {
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
  const sourceDir = copy.from === 'production' ? where.productionDir : dirname(resolve(where.configDir, copy.from));
  await mkdir(where.dataDir, { recursive: true });
  if (copy.command !== undefined) {
    const env = { ...where.env, SOURCE_DATA_DIR: sourceDir, COPY_SEED: copy.seed };
    const { exitCode, output } = await runCommand({ ...copy.command, cwd: where.dataDir, env, signal: where.signal });
    if (exitCode === 0) return answer('copied', 'by the configured command, and not checked by us');
    throw failed(`\`${copy.command.command.join(' ')}\` ended with ${exitCode ?? 'a signal'}: ${lastLine(output)}`);
  }
  if (copy.from !== 'production' && config.sqlite.length !== 1)
    throw failed('data.copy.from names one file, and data.sqlite does not name exactly one to fill');
  const pairs = config.sqlite.map((file, place) => ({
    place,
    from: copy.from === 'production' ? join(sourceDir, file) : resolve(where.configDir, copy.from),
    draft: join(where.draftDir, `copy-${place}.db`),
    live: join(where.dataDir, file),
  }));
  const missing = pairs.find(({ from }) => !existsSync(from));
  if (missing !== undefined)
    if (copy.from === 'production') return answer('none', 'production has no data yet');
    else throw failed(`there is no ${missing.from}`);
  try {
    const copied: Awaited<ReturnType<typeof anonymise>>[] = [];
    for (const { from, draft } of pairs) copied.push(await anonymise(from, draft, copy));
    const other = pairs.find(({ draft, live }) => existsSync(live) && schemaOf(live) !== schemaOf(draft));
    if (copy.from === 'production' && other !== undefined && !(await where.sameVersion()))
      return answer('none', 'production has another version and another schema, which the one in staging may not live with');
    for (const { place, draft, live } of pairs) if (schemaCookie(live) === (where.cookies[place] ?? null)) await putInPlace(draft, live);
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

const failed = (why: string, cause?: unknown): StagingError =>
  new StagingError('DATA_COPY_FAILED', `Failed to copy data into staging: ${why}.`, { cause });

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';
