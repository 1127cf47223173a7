import { z } from 'zod';

const person = { by: z.string(), reason: z.string() };

/** What a person has asked for, until a worker has carried it out. */
export const moveSchema = z.discriminatedUnion('kind', [
  /** To the question that was open. `caller` is whose credential came with it. */
  z.object({
    kind: z.literal('answer'),
    answer: z.object({
      digest: z.string(),
      decision: z.enum(['approved', 'rejected', 'withdrawn']),
      by: z.string(),
      comment: z.string(),
    }),
    caller: z.string().nullable(),
  }),
  z.object({ kind: z.literal('resume') }),
  /** To end it with all traffic on the stable version; of a promoted one, to go back to the version before. */
  z.object({ kind: z.literal('end'), ...person }),
]);
export type Move = z.infer<typeof moveSchema>;
export type Asked = { place: number; move: Move };
