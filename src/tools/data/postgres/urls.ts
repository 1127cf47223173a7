import type { DataConfig } from '../../../catalog/data.js';
import { StagingError } from '../../../catalog/errors.js';
import { readSecret } from '../../read-secret.js';

export type PostgresUrls = { staging: string; production: string };

/** The addresses of both environments, and the variable that gives a service its own; null where no PostgreSQL is declared. Throws CONFIG_INVALID. */
export const postgresUrls = (config: DataConfig['postgres'], configDir: string): (PostgresUrls & { variable: string }) | null => {
  if (config === undefined) return null;
  const [staging, production] = [config.url.staging, config.url.production].map((place) => {
    const url = readSecret(place, configDir, 1);
    if (URL.canParse(url) && /^postgres(?:ql)?:$/.test(new URL(url).protocol)) return url;
    const where = 'env' in place ? `the environment variable ${place.env}` : `the file ${place.file}`;
    throw new StagingError('CONFIG_INVALID', `Failed to read data.postgres.url: what stands in ${where} is no address of PostgreSQL.`, {
      remedy: 'Put postgres://USER:PASSWORD@HOST:PORT/DATABASE there.',
    });
  }) as [string, string]; // one for each of the two
  if (staging === production)
    throw new StagingError('CONFIG_INVALID', 'Failed to read data.postgres.url: staging and production have the same address.', {
      remedy: 'Give each environment a database of its own.',
    });
  return { staging, production, variable: config.variable };
};

/** Takes addresses and their passwords out of what a program printed. */
export const withoutPasswords = (text: string, urls: PostgresUrls | null): string =>
  (urls === null ? [] : [urls.staging, urls.production])
    .flatMap((url) => [url, new URL(url).password, decodeURIComponent(new URL(url).password)])
    .filter((secret) => secret !== '')
    .reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
