import type { RunnableConfig } from '@langchain/core/runnables';
import type { Checkpoint, CheckpointMetadata } from '@langchain/langgraph';
import { SqliteSaver } from '@langchain/langgraph-checkpoint-sqlite';
import Database from 'better-sqlite3';

/**
 * Checkpoints in one SQLite file. A release goes on from its newest checkpoint, and what happened stands in the journal: so of every thread
 * the newest two are kept, and the file grows with the releases, not with their steps. Like the journal's, its commits reach the disk with
 * the next WAL checkpoint: the end of a process loses nothing, and the end of the machine at most the last steps, which are taken again.
 */
export const openCheckpoints = (path: string): NewestCheckpoints => new NewestCheckpoints(path);

class NewestCheckpoints extends SqliteSaver {
  private forget: Database.Transaction<(thread: string, namespace: string, newest: string, before: string) => void> | null = null;

  constructor(path: string) {
    const db = new Database(path);
    super(db);
    this.setup();
    db.pragma('synchronous = NORMAL');
  }

  override async put(config: RunnableConfig, checkpoint: Checkpoint, metadata: CheckpointMetadata): Promise<RunnableConfig> {
    const put = await super.put(config, checkpoint, metadata);
    const { thread_id: thread, checkpoint_ns: namespace = '', checkpoint_id: before = '' } = (config.configurable ?? {}) as Configurable; // LangGraph's own keys
    this.forget ??= forgetting(this.db);
    this.forget(thread, namespace, checkpoint.id, before);
    return put;
  }
}

type Configurable = { thread_id: string; checkpoint_ns?: string; checkpoint_id?: string };

const forgetting = (db: Database.Database) => {
  const statements = ['checkpoints', 'writes'].map((table) =>
    db.prepare(`DELETE FROM ${table} WHERE thread_id = ? AND checkpoint_ns = ? AND checkpoint_id NOT IN (?, ?)`),
  );
  return db.transaction((...keys: [thread: string, namespace: string, newest: string, before: string]) => {
    for (const statement of statements) statement.run(...keys);
  });
};
