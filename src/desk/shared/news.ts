import type { Pool, PoolClient } from 'pg';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { Postgres } from '../../blackboard/postgres.js';
import { eventKinds } from '../../catalog/server-config.js';
import { redactAll } from '../../catalog/redact.js';
import { routineNames, type RoutineName } from '../../catalog/routines.js';

const newsSchema = z.object({
  at: z.number(),
  release: z.string(),
  kind: z.enum(eventKinds),
  agent: z.string(),
  routine: z.enum(routineNames as [RoutineName, ...RoutineName[]]).nullable(),
  text: z.string(),
});
export type News = z.infer<typeof newsSchema>;

const channel = 'staging_news';
/** PostgreSQL takes 8000 bytes at a time. */
const longestText = 1_500;

/** Tells everybody who listens now what a worker does; the journal has it for those who come later. */
export const tellNews = async ({ plain }: Postgres, news: News): Promise<void> => {
  await plain('SELECT pg_notify($1, $2)', [channel, JSON.stringify(redactAll({ ...news, text: news.text.slice(0, longestText) }))]);
};

/** Null where it is not understood: a worker of another version may tell what is not known here. */
const readNews = (payload: string): News | null => {
  try {
    return newsSchema.safeParse(JSON.parse(payload)).data ?? null;
  } catch {
    return null;
  }
};

/** Hears what workers tell, on a connection of its own; one that breaks is opened again. Returns how to stop. */
export const hearNews = (pool: Pool, heard: (news: News) => void): (() => void) => {
  let client: PoolClient | null = null;
  let stopped = false;
  const listen = async (): Promise<void> => {
    while (!stopped) {
      try {
        const opened = await pool.connect();
        client = opened;
        opened.on('notification', ({ payload = '' }) => {
          const news = readNews(payload);
          if (news !== null) heard(news);
        });
        const broken = new Promise<void>((done) => opened.once('error', () => done()).once('end', () => done()));
        await opened.query(`LISTEN ${channel}`);
        await broken;
        client = null;
        opened.release(true);
      } catch {
        client = null; // a server that is away is asked again
      }
      if (!stopped) await pause(1_000);
    }
  };
  void listen();
  return () => {
    stopped = true;
    client?.release(true);
  };
};
