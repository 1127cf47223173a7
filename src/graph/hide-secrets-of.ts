import type { StagingConfig } from '../catalog/config.js';
import { hide, hideEnvironment, spare } from '../catalog/redact.js';

/**
 * From now on nothing that is kept or sent holds what this configuration or the environment says is secret: variables that are named
 * like a secret or listed in `secrets`, those that `{ env }` points to, the seed of anonymised copies, and what services are started with
 * under such a name. A secret in a file is hidden when it is read. The names of services and approvers are spared.
 */
export const hideSecretsOf = (config: StagingConfig): void => {
  const { service, services, dependencies, approvers } = config;
  spare([...[service, ...services, ...dependencies].map(({ name }) => name), ...approvers]);
  hideEnvironment(process.env, [...config.secrets, ...variablesIn(config)]);
  hide([config.data.copy?.seed]);
  for (const { start } of [service, ...services]) hideEnvironment(start.env ?? {});
};

/** Names behind `{ env: NAME }`, wherever they stand in the configuration. */
const variablesIn = (value: unknown): string[] => {
  if (typeof value !== 'object' || value === null) return [];
  const { env } = value as { env?: unknown };
  if (typeof env === 'string') return [env];
  return Object.values(value).flatMap(variablesIn);
};
