import { z } from 'zod';
import { environment, logLine, slot, text, timestamp } from './measurements.js';

/** `files` is left out by a source that does not tell them apart. */
export const commit = z.object({
  sha: z.string(),
  author: text,
  subject: text,
  committedAt: timestamp.optional(),
  files: z.array(text).optional(),
});

/** What a failed attempt leaves to look for its cause in. */
export const clues = z.object({
  /** What failed, and since when: the first breaching sample, the word that was given, or the red suite. */
  failure: z.object({ what: text, at: timestamp.nullable(), environment: environment.nullable() }),
  log: z.object({ slot: slot.nullable(), lines: z.array(logLine) }),
  /** Reachable from the candidate and not from the version before it. */
  range: z.object({ from: z.string(), to: z.string() }),
  commits: z.array(commit.required({ files: true }).extend({ features: z.array(z.string()) })),
});
export type Clues = z.infer<typeof clues>;
