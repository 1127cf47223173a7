import type { StagingConfig } from '../../../catalog/config.js';

/** Where load and probes go when nothing else is declared: the critical user paths, else the health path. */
export const probePaths = ({ criticalUserPaths, service }: StagingConfig): string[] =>
  criticalUserPaths.length > 0 ? criticalUserPaths : [service.health];
