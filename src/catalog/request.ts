import { z } from 'zod';

/** What a person asked for, as the intake understood it. */
export const releaseRequestSchema = z.strictObject({
  service: z.string(),
  version: z.string(),
  features: z.array(z.string()),
  /** Where it ends: `staging` holds the ready candidate there, `production` promotes it. */
  target: z.enum(['staging', 'production']),
  /** What the sentence says about a feature that makes the others fail; left out, the configuration decides. */
  onCulprit: z.enum(['drop', 'stop']).optional(),
  /** The sentence itself: outside text. */
  text: z.string(),
  /** Who asked, as a credential told it; left out where nobody was asked for one. */
  requestedBy: z.string().optional(),
  /** The conversation that it came from, as the client of an agent protocol named it. */
  conversation: z.string().optional(),
  /** Who signed the approval gate beforehand, if anybody. */
  preApprovedBy: z.string().nullable(),
});
export type ReleaseRequest = z.infer<typeof releaseRequestSchema>;
