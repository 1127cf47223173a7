import { z } from 'zod';
import { reason, StagingError } from '../../catalog/errors.js';
import { aggregates, type Aggregate } from './aggregate.js';
import { parseCriterion } from './criterion.js';

const criterion = z.string().superRefine((text, context) => {
  const parsed = parseCriterion(text);
  if ('error' in parsed) context.addIssue({ code: 'custom', message: parsed.error });
});
/** Alternatives of conditions: one alternative suffices, each of its conditions is needed. */
const alternatives = z.array(z.array(criterion).min(1));
const percent = z.number().min(0).max(100);

const cardSchema = z.strictObject({
  objectives: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        /** Left empty, the value is only shown. */
        pass: alternatives.default([]),
        /** Earns half the weight. */
        warning: alternatives.default([]),
        weight: z.number().nonnegative().default(1),
        /** Fails the whole where it fails. */
        key: z.boolean().default(false),
        /** Fewer measurements than this decide nothing. */
        minSamples: z.number().int().nonnegative().default(0),
      }),
    )
    .min(1),
  /** What relative criteria are compared with: the newest releases that passed, or a pinned one. */
  baseline: z
    .strictObject({
      release: z.string().optional(),
      last: z.number().int().positive().default(3),
      aggregate: z.enum(Object.keys(aggregates) as [Aggregate, ...Aggregate[]]).default('p50'), // the keys of the table
    })
    .prefault({}),
  score: z
    .strictObject({ passPercent: percent.default(90), warningPercent: percent.default(75) })
    .refine(({ passPercent, warningPercent }) => warningPercent <= passPercent, 'warningPercent must not be above passPercent')
    .prefault({}),
});

export type Card = z.infer<typeof cardSchema>;
export type CardInput = z.input<typeof cardSchema>;

/** Throws POLICY_INVALID. */
export const readCard = (card: unknown): Card => {
  const parsed = cardSchema.safeParse(card);
  if (parsed.success) return parsed.data;
  throw new StagingError('POLICY_INVALID', `Failed to read the scorecard: ${reason(parsed.error)}.`, { cause: parsed.error });
};
