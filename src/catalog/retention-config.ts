import { z } from 'zod';

const days = z.number().nonnegative();

/** How long what a release has left is kept after its end. Of a release that has not ended, everything is. */
export const retentionSchema = z.strictObject({
  /** Days for which its working memory is kept: checkpoints, and answers of the model and settlements that no row of the journal names. */
  workingDays: days.default(7),
  /** Days for which its journal and evidence are kept, then a seal stands for them; null: for ever. */
  journalDays: days.nullable().default(null),
  /** So many of the newest ended releases keep their journal and evidence, however old they are. */
  keepReleases: z.number().int().nonnegative().default(10),
});
