import type { RunnableConfig } from '@langchain/core/runnables';
import type { Checkpoint, CheckpointMetadata } from '@langchain/langgraph';
import { SqliteSaver } from '@langchain/langgraph-checkpoint-sqlite';
import Database from 'better-sqlite3';

/**
 * Checkpoints in one SQLite file. A release goes on from its newest checkpoint, and what happened stands in the journal: so of every thread
 * the newest is kept, and the file grows with the releases, not with their steps. Like the journal's, its commits reach the disk with
 * the next WAL checkpoint: the end of a process loses nothing, and the end of the machine at most the last steps, which are taken again.
 */
export const openCheckpoints = (path: string): NewestCheckpoints => new NewestCheckpoints(path);

class NewestCheckpoints extends SqliteSaver {
  private readonly keep: ReturnType<typeof keeping>;

  constructor(path: string) {
    const db = new Database(path);
    super(db);
    this.setup();
    db.pragma('synchronous = NORMAL');
    this.keep = keeping(db);
  }

  /** What the saver itself does, and the forgetting, in one transaction. */
  override async put(config: RunnableConfig, checkpoint: Checkpoint, metadata: CheckpointMetadata): Promise<RunnableConfig> {
    const { thread_id: thread, checkpoint_ns: namespace = '', checkpoint_id: before } = (config.configurable ?? {}) as Configurable; // LangGraph's own keys
    const [type, state] = await this.serde.dumpsTyped(checkpoint);
    const [, about] = await this.serde.dumpsTyped(metadata);
    const { id } = checkpoint;
    this.keep({ thread, namespace, id, before: before ?? null, type, state, about });
    return { configurable: { thread_id: thread, checkpoint_ns: namespace, checkpoint_id: id } };
  }
}

type Configurable = { thread_id: string; checkpoint_ns?: string; checkpoint_id?: string };

type Kept = { thread: string; namespace: string; id: string; before: string | null; type: string; state: Uint8Array; about: Uint8Array };

const keeping = (db: Database.Database) => {
  const insert = db.prepare(
    `INSERT OR REPLACE INTO checkpoints (thread_id, checkpoint_ns, checkpoint_id, parent_checkpoint_id, type, checkpoint, metadata)
     VALUES (:thread, :namespace, :id, :before, :type, :state, :about)`,
  );
  const forget = ['checkpoints', 'writes'].map((table) =>
    db.prepare(`DELETE FROM ${table} WHERE thread_id = :thread AND checkpoint_ns = :namespace AND checkpoint_id != :id`),
  );
  return db.transaction((kept: Kept) => {
    insert.run(kept);
    for (const statement of forget) statement.run(kept);
  });
};
