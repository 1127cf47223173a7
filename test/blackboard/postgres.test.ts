import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { afterEach, expect, test } from 'vitest';
import { openPostgres } from '../../src/blackboard/postgres.js';

const closing: (() => unknown)[] = [];
afterEach(() => Promise.all(closing.splice(0).map((close) => close())));

/** A message of PostgreSQL's protocol, version 3: https://www.postgresql.org/docs/current/protocol-message-formats.html */
const message = (type: string, ...parts: (string | number)[]): Buffer => {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'number' ? int(part) : Buffer.from(part))));
  return Buffer.concat([Buffer.from(type), int(body.length + 4), body]);
};
const int = (value: number): Buffer => {
  const four = Buffer.alloc(4);
  four.writeInt32BE(value);
  return four;
};
const welcome = Buffer.concat([message('R', 0), message('Z', 'I')]);
const farewell = message('E', 'SFATAL\0', 'C57P01\0', 'Mterminating connection due to administrator command\0', '\0');
const done = Buffer.concat([message('C', 'OK\0'), message('Z', 'I')]);

/** A server that says welcome and farewell in one breath to the first who comes, as one that is being stopped does. */
const stoppingServer = async (): Promise<string> => {
  let connections = 0;
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    connections += 1;
    const isFirst = connections === 1;
    let isKnown = false;
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', () => {
      if (isFirst) socket.end(Buffer.concat([welcome, farewell]));
      else socket.write(isKnown ? done : welcome);
      isKnown = true;
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  closing.push(() => (sockets.forEach((socket) => socket.destroy()), server.close()));
  const { port } = server.address() as AddressInfo; // it listens on a port
  return `postgres://somebody@127.0.0.1:${port}/any`;
};

test('a connection that ends in the moment in which it is lent ends no process: it is asked again on another one', async () => {
  const postgres = openPostgres(new pg.Pool({ connectionString: await stoppingServer() }));
  closing.push(postgres.close);
  expect(await postgres.transaction(() => Promise.resolve('done'))).toBe('done');
});
