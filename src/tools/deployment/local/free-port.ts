import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { StagingError } from '../../../catalog/errors.js';

/** Below every system's ephemeral range, so that no outgoing connection takes the port between our look and the process's listen. */
const range = { from: 20_000, to: 32_000 };

const handedOut = new Set<number>();

/** A port of 127.0.0.1 that nothing listens on, for a process that is about to start. Never the same twice while it is held. */
export const takeFreePort = async (): Promise<number> => {
  for (let tries = 0; tries < 200; tries++) {
    const port = randomInt(range.from, range.to);
    if (handedOut.has(port)) continue;
    handedOut.add(port);
    if (await isFree(port)) return port;
    handedOut.delete(port);
  }
  throw new StagingError('PORT_TAKEN', `Failed to find a free port: 200 ports between ${range.from} and ${range.to} are taken.`);
};

export const giveBackPort = (port: number): void => void handedOut.delete(port);

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
