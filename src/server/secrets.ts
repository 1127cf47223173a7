import { createHash, timingSafeEqual } from 'node:crypto';

/** Takes the same time whatever differs. */
export const isSame = (one: string, other: string): boolean => timingSafeEqual(hash(one), hash(other));

const hash = (text: string): Buffer => createHash('sha256').update(text).digest();

/** What follows `Bearer ` in a header, or ''. */
export const bearerIn = (authorization: string | undefined): string => /^Bearer\s+(\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
