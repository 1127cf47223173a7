import { randomBytes } from 'node:crypto';

const pattern = /(?:^|;\s*)session=([0-9a-f]{32})(?:;|$)/;
const lifeSeconds = 30 * 24 * 3_600;

/** The session that the cookie names, or null. A session is a name for a cart and nothing more. */
export const sessionOf = (cookie) => (cookie === undefined ? null : (pattern.exec(cookie)?.[1] ?? null));

/** Only a request that stores something starts a session: looking around leaves no trace. */
export const ensureSession = (session) => {
  if (session !== null) return { session, headers: {} };
  const fresh = randomBytes(16).toString('hex');
  return { session: fresh, headers: { 'set-cookie': `session=${fresh}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${lifeSeconds}` } };
};
