import { StagingError } from '../../catalog/errors.js';
import type { SecretPlace } from '../../catalog/server-config.js';
import type { Caller, ReleaseDesk } from '../../desk/desk-contract.js';
import { readSecret } from '../../tools/read-secret.js';
import { isSame } from '../secrets.js';

/**
 * Who speaks on stdio: a requester, unless the client was started with a token that `server.tokens` names. No argument of a tool can say
 * a name. Throws TOKEN_MISSING for a token that is none of them.
 */
export const stdioCaller = ({ config, configDir }: ReleaseDesk, token: string | undefined): Caller => {
  if (token === undefined) return { name: 'mcp', roles: ['requester', 'viewer'] };
  const holder = config.server.tokens.find(({ secret }) => isSame(token, secretAt(secret, configDir)));
  if (holder === undefined)
    throw new StagingError('TOKEN_MISSING', 'Failed to know who calls: the token is none that `server.tokens` names.', {
      remedy: 'Correct LANGGRAPH_STAGING_TOKEN, or leave it out to call as a requester.',
    });
  return { name: holder.name, roles: holder.roles, vouched: true };
};

/** Nobody's where this process cannot read it: another person's secret need not be here. */
const secretAt = (place: SecretPlace, configDir: string): string => {
  try {
    return readSecret(place, configDir);
  } catch (error) {
    if (error instanceof StagingError) return '';
    throw error;
  }
};
