import type { StagingConfig } from '../../catalog/config.js';

/** The name that a pair of environments has in the database: the service that is released there. */
export const environmentOf = ({ service }: StagingConfig, simulated = false): string => `${simulated ? 'simulated ' : ''}${service.name}`;
