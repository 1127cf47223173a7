import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { reason, StagingError } from '../catalog/errors.js';
import { hide } from '../catalog/redact.js';
import type { SecretPlace } from '../catalog/server-config.js';

/** The secret that stands where the configuration says, struck out everywhere from now on; relative files lie beside it. Throws CONFIG_INVALID, without the secret in it. */
export const readSecret = (place: SecretPlace, configDir: string, shortest = 16): string => {
  const where = 'env' in place ? `the environment variable ${place.env}` : `the file ${place.file}`;
  const secret = ('env' in place ? (process.env[place.env] ?? '') : textOf(resolve(configDir, place.file), where)).trim();
  if (secret.length >= shortest) {
    hide([secret]);
    return secret;
  }
  const why = secret === '' ? 'is not set or empty' : `has ${secret.length} characters, and at least ${shortest} are wanted`;
  throw new StagingError('CONFIG_INVALID', `Failed to read a secret: ${where} ${why}.`, {
    remedy: secret === '' ? 'Put it there.' : 'Put a long random value there.',
  });
};

const textOf = (path: string, where: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new StagingError('CONFIG_INVALID', `Failed to read a secret: ${where} cannot be read (${reason(error)}).`, {
      cause: error,
      remedy: 'Correct the path, or create the file.',
    });
  }
};
