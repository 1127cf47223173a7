import { StagingError } from '../catalog/errors.js';
import type { Caller } from '../desk/desk-contract.js';
import type { Attempts } from './attempts.js';
import type { Credentials } from './credentials.js';

/** Of a request what says who sends it. */
type Calling = { env: unknown; req: { header: (name: string) => string | undefined } };

/** Says who calls, and counts who guesses. */
export const openDoorkeeper = (credentials: Pick<Credentials, 'callerOf'>, attempts: Attempts) => ({
  /** Throws TOKEN_MISSING, TOO_MANY_ATTEMPTS. */
  callerOf: (c: Calling): Caller => {
    const [address, authorization] = [addressOf(c), c.req.header('authorization') ?? ''];
    attempts.check(address, authorization);
    const caller = credentials.callerOf(authorization);
    if (caller !== null) {
      attempts.right(address, authorization);
      return caller;
    }
    if (authorization !== '') attempts.wrong(address);
    throw new StagingError('TOKEN_MISSING', 'Failed to answer: no token that is known came with the request.');
  },
  /** A webhook came with a wrong secret. A right one is always taken: an alert must not wait for somebody who guesses. Throws TOO_MANY_ATTEMPTS. */
  wrongSecret: (c: Calling): void => attempts.wrong(addressOf(c)),
});

export type Doorkeeper = ReturnType<typeof openDoorkeeper>;

/** Where a request comes from, as the socket tells it: a header could say anything. Empty where there is no socket. */
const addressOf = ({ env }: Calling): string => (env as { address?: string } | undefined)?.address ?? ''; // startServer puts it there
