import { judge } from './judge.js';
import { readSlos } from './read-slos.js';

/** OpenSLO v1 files, judged on our own scorecard. */
export const openslo = { readSlos, judge } as const;
