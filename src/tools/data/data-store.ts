import type { CopyConfig, Writes } from '../../catalog/data.js';
import type { ToolResult } from '../../catalog/tools.js';

/** Tells after a crash whether a restore has happened: it changes with each, and never by what a service writes. null: nothing there, or nobody can tell. */
export type Cookie = number | string | null;
export type Taken = { bytes: number; digest: string };
export type Copied = Pick<ToolResult<'copy_data'>, 'tables' | 'checked'>;

/** One store of an environment's data, below the service that has it open. A path is that of a file which is written whole or not at all. */
export interface DataStore {
  /** How a snapshot names it. */
  readonly of: string;
  /** Copies the store as it is at one moment. null: there is nothing yet. */
  snapshot(path: string): Promise<Taken | null>;
  /** Puts what was copied in the place of what is there: all of it, or on an error nothing. */
  restore(path: string): Promise<void>;
  cookie(): Promise<Cookie>;
  /** What can be said of tables and rows. null: only commands of the owner's know the store. */
  readonly rows: RowAccess | null;
}

export interface RowAccess {
  /** What the schema says, whichever way it came to be. null: there is nothing yet. */
  schema(): Promise<string | null>;
  /** Rows that the store has and the copy has not, and the reverse. A changed row is one added and one removed. */
  writesSince(path: string): Promise<Writes>;
  /** Writes an anonymised copy, for `restore` to put in the place of another store of the same kind. Throws with a sentence that names table and column. */
  anonymise(path: string, copy: CopyConfig): Promise<Copied>;
}
