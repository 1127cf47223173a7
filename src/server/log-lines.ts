import { pino, type DestinationStream } from 'pino';
import { redact, redactAll } from '../catalog/redact.js';
import type { ReleaseDesk } from '../desk/desk-contract.js';

export type Log = { say: (line: string) => void; stop: () => void };

/**
 * One JSON line for everything that happens at a desk, with the release it belongs to and without secrets, on stderr unless told otherwise. `say` takes the lines
 * that the server itself has for people.
 */
export const startLog = (desk: ReleaseDesk, destination: DestinationStream = pino.destination({ dest: 2, sync: true })): Log => {
  const log = pino(
    { base: { service: desk.config.service.name, simulated: desk.simulated }, timestamp: pino.stdTimeFunctions.isoTime },
    destination,
  );
  const stop = desk.follow(({ text, at, sequence, ...event }) =>
    log.info({ ...redactAll(event), sequence, happenedAt: new Date(at).toISOString() }, redact(text)),
  );
  return { say: (line) => log.info(redact(line)), stop };
};
