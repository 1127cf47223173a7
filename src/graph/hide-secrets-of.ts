import type { StagingConfig } from '../catalog/config.js';
import { hide, hideEnvironment } from '../catalog/redact.js';

/**
 * From now on nothing that is kept or sent holds what this configuration or the environment says is secret: variables that are named
 * like a secret or listed in `secrets`, those that `{ env }` points to, the seed of anonymised copies, and what services are started with
 * under such a name. A secret in a file is hidden when it is read.
 */
export const hideSecretsOf = (config: StagingConfig): void => {
  hideEnvironment(process.env, [...config.secrets, ...variablesIn(config)]);
  hide([config.data.copy?.seed]);
  for (const { start } of [config.service, ...config.services]) hideEnvironment(start.env ?? {});
};

/** Names behind `{ env: NAME }`, wherever they stand in the configuration. */
const variablesIn = (value: unknown): string[] => {
  if (typeof value !== 'object' || value === null) return [];
  const { env } = value as { env?: unknown };
  if (typeof env === 'string') return [env];
  return Object.values(value).flatMap(variablesIn);
};
