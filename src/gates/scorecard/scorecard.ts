import { judgeScorecard } from './judge-scorecard.js';

/** Our own scorecard: weighted objectives that say when there was nothing to compare with. */
export const scorecard = { judge: judgeScorecard } as const;
