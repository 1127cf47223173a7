import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StagingError } from '../catalog/errors.js';
import { roles, type ServerConfig } from '../catalog/server-config.js';
import type { Caller } from '../desk/desk-contract.js';
import { readSecret } from '../tools/read-secret.js';
import { bearerIn, isSame } from './secrets.js';

export type Credentials = {
  /** Who sends this `Authorization` header; null for anybody else. */
  callerOf: (authorization: string | undefined) => Caller | null;
  /** Made for this start where none is configured: shown once, and in the file, which only its owner reads. It vouches for nobody's name. */
  generated: { token: string; file: string } | null;
  secrets: string[];
};

type Options = {
  tokens: ServerConfig['tokens'];
  configDir: string;
  stateDir: string;
  loopback: boolean;
  /** Whose the generated token is: one of the approvers may decide with it. */
  as?: string;
};

/** Throws TOKENS_NOT_CONFIGURED where others than this machine could call, CONFIG_INVALID for a secret that is not there. */
export const openCredentials = ({ tokens, configDir, stateDir, loopback, as }: Options): Credentials => {
  const holders = tokens.map(({ name, roles: given, secret }) => ({
    caller: { name, roles: given, vouched: true as const },
    token: readSecret(secret, configDir),
  }));
  const generated = holders.length > 0 ? null : generate(stateDir, loopback);
  const all: { caller: Caller; token: string }[] = generated === null ? holders : [{ caller: callerFor(as), token: generated.token }];
  return {
    callerOf: (authorization) => {
      const sent = bearerIn(authorization);
      const matching = all.filter(({ token }) => isSame(sent, token)); // all are compared, so that none is found sooner
      return sent === '' ? null : (matching[0]?.caller ?? null);
    },
    generated,
    secrets: all.map(({ token }) => token),
  };
};

const callerFor = (as: string | undefined): Caller =>
  as === undefined ? { name: 'operator', roles: roles.filter((role) => role !== 'approver') } : { name: as, roles };

const generate = (stateDir: string, loopback: boolean): { token: string; file: string } => {
  if (!loopback)
    throw new StagingError('TOKENS_NOT_CONFIGURED', 'Failed to serve: others than this machine could call, and no token is configured.');
  const token = randomBytes(24).toString('base64url');
  const file = join(stateDir, 'server-token');
  rmSync(file, { force: true }); // an older one may be readable by others
  writeFileSync(file, `${token}\n`, { mode: 0o600 });
  return { token, file };
};
