import { createHash } from 'node:crypto';
import { StagingError } from '../catalog/errors.js';
import type { Clock } from '../tools/ports.js';

type Options = { clock: Pick<Clock, 'now'>; most?: number; windowMs?: number };
type Tries = { since: number; wrong: number; good: Set<string> };

const mostAddresses = 10_000;

/**
 * Wrong credentials by the address that they come from: after `most` of them within `windowMs` no credential is looked at that this address
 * has not used before, so that guessing stops and whoever works there goes on.
 */
export const openAttempts = ({ clock, most = 20, windowMs = 60_000 }: Options) => {
  const addresses = new Map<string, Tries>();

  const of = (address: string): Tries => {
    const now = clock.now();
    const known = addresses.get(address) ?? { since: now, wrong: 0, good: new Set() };
    if (now - known.since >= windowMs) Object.assign(known, { since: now, wrong: 0 });
    addresses.delete(address);
    addresses.set(address, known);
    const [oldest] = addresses.keys();
    if (addresses.size > mostAddresses && oldest !== undefined) addresses.delete(oldest);
    return known;
  };

  const refuseOver = ({ since, wrong }: Tries): void => {
    if (wrong < most) return;
    const seconds = Math.max(1, Math.ceil((since + windowMs - clock.now()) / 1_000));
    throw new TooManyAttempts(seconds);
  };

  return {
    /** Throws TOO_MANY_ATTEMPTS. */
    check: (address: string, credential: string): void => {
      const tries = of(address);
      if (!tries.good.has(digest(credential))) refuseOver(tries);
    },
    right: (address: string, credential: string): void => void of(address).good.add(digest(credential)),
    /** Throws TOO_MANY_ATTEMPTS for one that came after the last that is borne. */
    wrong: (address: string): void => {
      const tries = of(address);
      refuseOver(tries);
      tries.wrong += 1;
    },
  };
};

export type Attempts = ReturnType<typeof openAttempts>;

export class TooManyAttempts extends StagingError {
  constructor(readonly retryAfterSeconds: number) {
    super('TOO_MANY_ATTEMPTS', 'Failed to answer: too many wrong credentials have come from this address.', {
      remedy: `Wait ${retryAfterSeconds} s, then send a credential that is known.`,
    });
  }
}

/** No credential is kept as it is. */
const digest = (credential: string): string => createHash('sha256').update(credential).digest('hex');
