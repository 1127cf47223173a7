import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { environment, text } from './measurements.js';
import { secretSchema } from './server-config.js';

/**
 * How a migration is taken back. `compatible`: the old version lives with it, so the way back leaves it. `reversible`: the down command
 * undoes it. `snapshot`: what it changed comes back only from a snapshot. `forward-only`: the old version can't live with it.
 */
export const declaredKinds = ['compatible', 'reversible', 'snapshot', 'forward-only'] as const;

const migration = z.strictObject({
  id: z.string().regex(/^[\w.:-]+$/, 'letters, digits and . _ : - only'),
  kind: z.enum(declaredKinds),
  /** One sentence for whoever approves it or is woken up by it. */
  why: z.string().default(''),
});
export type Migration = z.infer<typeof migration>;

/** The file that travels with a version and says what each of its migrations is. */
export const manifestSchema = z.strictObject({
  migrations: z
    .array(migration)
    .refine((all) => new Set(all.map(({ id }) => id)).size === all.length, 'every id may stand there only once'),
});

/** The heaviest of the migrations that the version before does not know; `undeclared` where a version says nothing about them. */
export const migrationKind = z.enum(['none', ...declaredKinds, 'undeclared']);
export type MigrationKind = z.infer<typeof migrationKind>;

const command = z.array(z.string().min(1)).min(1);
const milliseconds = z.number().int().nonnegative();
const insideFolder = z
  .string()
  .min(1)
  .refine((path) => !isAbsolute(path) && !path.split('/').includes('..'), 'must stay inside its folder');
const timed = z.strictObject({ command, timeoutMs: milliseconds.default(600_000) });

/** What becomes of a column in the anonymised copy. */
const columnRule = z.union([
  z.enum(['keep', 'null', 'hash', 'mask']),
  z.strictObject({ fake: z.enum(['name', 'email', 'phone', 'city', 'text']) }),
  z.strictObject({ shiftDays: z.number().int().positive() }),
]);
export type ColumnRule = z.infer<typeof columnRule>;

const copySchema = z.strictObject({
  /** `production`, the production environment beside this one, or the path of an SQLite file relative to the configuration. */
  from: z.string().min(1),
  /** Whoever knows it can guess what was hashed: keep it as secret as the data. */
  seed: z.string().min(16),
  /** Every table of the source: a rule for every column, or `empty`. What is not named is refused. */
  tables: z.record(z.string(), z.union([z.literal('empty'), z.record(z.string(), columnRule)])).optional(),
  /** Instead of `tables`, for another store than SQLite and PostgreSQL: reads SOURCE_DATA_DIR, fills DATA_DIR. What it leaves there can't be checked by us. */
  command: timed.optional(),
});
export type CopyConfig = z.infer<typeof copySchema>;

const postgresSchema = z.strictObject({
  /** Where each environment's address stands, never the address itself: it holds a password. */
  url: z.strictObject({ staging: secretSchema, production: secretSchema }),
  /** The variable in which the service and its migration command find the address of their environment. */
  variable: z
    .string()
    .regex(/^[A-Z_][A-Z0-9_]*$/, 'an environment variable in upper case')
    .default('DATABASE_URL'),
  /** What belongs to the service there: this is copied and put back, and nothing else is touched. */
  schemas: z.array(z.string().min(1)).min(1).default(['public']),
});

/** Where the data of an environment lies, and how far a rollback may go with it. */
export const dataSchema = z
  .strictObject({
    /** SQLite files in DATA_DIR: their snapshots are taken and restored while the service runs. */
    sqlite: z.array(insideFolder).default([]),
    /** A PostgreSQL database per environment: its snapshots are taken and restored while the service runs. Needs the package `pg`. */
    postgres: postgresSchema.optional(),
    /** Any other store: writes the file `{snapshot}`. */
    snapshot: timed.optional(),
    /** Any other store: brings back what `{snapshot}` holds; running it twice must be the same as once. */
    restore: timed.optional(),
    /** Whether a version may bring a migration that the old version can't live with: there is no way back from it. */
    forwardOnly: z.enum(['refuse', 'accept']).default('refuse'),
    /** Whether a rollback may lose what was written since the snapshot; `hold` leaves the data as it is and says so. */
    lostWrites: z
      .strictObject({ staging: z.enum(['accept', 'hold']).default('accept'), production: z.enum(['accept', 'hold']).default('hold') })
      .prefault({}),
    copy: copySchema.optional(),
  })
  .refine(({ snapshot, restore }) => (snapshot === undefined) === (restore === undefined), 'snapshot and restore belong together')
  .refine(
    ({ copy }) => copy === undefined || (copy.tables === undefined) !== (copy.command === undefined),
    'copy needs tables or a command',
  )
  .refine(
    ({ postgres }) => postgres === undefined || JSON.stringify(postgres.url.staging) !== JSON.stringify(postgres.url.production),
    'postgres.url names one place for staging and production, and each needs a database of its own',
  );
export type DataConfig = z.infer<typeof dataSchema>;

export const migrateSchema = z.strictObject({
  /** Runs in the artifact against DATA_DIR. Running it again must change nothing: it is run again after a crash. */
  command,
  timeoutMs: milliseconds.default(60_000),
  /** Says what each migration is: a file in the artifact, or a folder of such files. */
  manifest: insideFolder.default('migrations.json'),
  /** Undoes the migrations `{migrations}` (ids, newest first, with commas between), in the artifact that brought them. */
  down: command.optional(),
});

const snapshotFile = z.object({
  /** The data file it was taken of, or `store` for a snapshot by command. */
  of: z.string(),
  path: z.string(),
  bytes: z.number().int(),
  /** Of the bytes of the snapshot: whatever was changed since is not restored. */
  digest: z.string(),
});
/** A `none` has its reason: nothing to take, or nobody declared how. */
export const snapshotResult = z.object({
  environment,
  status: z.enum(['none', 'taken']),
  reason: text,
  files: z.array(snapshotFile),
  durationMs: z.number(),
});
export type Snapshot = z.infer<typeof snapshotResult>;

const tableWrites = z.object({ table: z.string(), added: z.number().int(), removed: z.number().int() });
/** Rows that differ from the data as the migration left it; null where nobody can count. */
export const writesSince = z.object({ rows: z.number().int().nullable(), tables: z.array(tableWrites) });
export type Writes = z.infer<typeof writesSince>;

/** These are there when the service has migrations at all. */
const declaredMigrations = {
  kind: migrationKind.optional(),
  migrations: z.array(migration).optional(),
  snapshot: snapshotResult.nullable().optional(),
};

/** `failed`: the candidate's migration is bad. `refused`: nothing was run, and nothing is changed. */
export const migrationResult = z.object({
  status: z.enum(['none', 'applied', 'failed', 'refused']),
  output: text,
  durationMs: z.number(),
  ...declaredMigrations,
  /** Those of the services that go together with it; the rest of this speaks of the first, and `status` of all. */
  services: z.array(z.object({ service: z.string(), ...declaredMigrations })).optional(),
});

const dataWays = ['nothing', 'left', 'down', 'restored', 'held', 'frozen', 'failed'] as const;

/** The migration of a release in one environment, and what taking it back would lose now. */
export const appliedMigration = z.object({
  kind: migrationKind,
  migrations: z.array(migration),
  state: z.enum(['applying', 'applied', 'failed', 'undoing', 'undone']),
  /** The way on which taking it back was begun. */
  undoing: z.enum(['down', 'restore']).nullable(),
  snapshot: snapshotResult.nullable(),
  writes: writesSince,
});
export type AppliedMigration = z.infer<typeof appliedMigration>;

/** The tools that change data. Only the runtime calls them. */
export const dataTools = {
  copy_data: {
    does: 'Fills staging with an anonymised copy of production-like data, by the declared rules.',
    acts: { staging: ['data'], production: ['data'] },
    args: z.strictObject({}),
    result: z.object({
      status: z.enum(['none', 'copied']),
      reason: text,
      tables: z.array(z.object({ table: z.string(), rows: z.number().int(), columns: z.record(z.string(), z.string()) })),
      /** How the copy was checked: raw values that were looked for, text cells that were read. null: not checked. */
      checked: z.object({ rawValues: z.number().int(), cells: z.number().int(), foreignKeys: z.boolean() }).nullable(),
      durationMs: z.number(),
    }),
  },
  snapshot_database: {
    does: "Takes a snapshot of the staging data, unless the candidate's migrations need none.",
    acts: { staging: ['data'] },
    args: z.strictObject({}),
    result: snapshotResult,
  },
  migrate_database: {
    does: "Applies the candidate's database migrations to the staging data.",
    acts: { staging: ['data'] },
    args: z.strictObject({}),
    result: migrationResult,
  },
  restore_database: {
    does: "Takes the candidate's migrations back where the plan has a way back, and says what that loses.",
    acts: { staging: ['data'], production: ['data'] },
    args: z.strictObject({}),
    result: z.object({
      environments: z.array(
        z.object({
          environment,
          /** Whose data, where it is not the first service's. */
          service: z.string().optional(),
          way: z.enum(dataWays),
          kind: migrationKind,
          lost: writesSince,
          digests: z.array(z.string()),
          reason: text,
        }),
      ),
      durationMs: z.number(),
    }),
  },
} as const;
