import { z } from 'zod';
import { checkNames } from './gates.js';
import { milliseconds } from './rollout-config.js';

/** How a promotion is approved. */
export const approvalSchema = z.strictObject({
  /** How many of the approvers must say yes. One of them saying no is enough for a no. */
  quorum: z.number().int().positive().default(1),
  /** Whoever asked for the release does not count among those who approve it. */
  fourEyes: z.boolean().default(true),
  /** How long a question stands, and how long a yes counts; afterwards it is asked anew, on fresh evidence. */
  expiresMs: milliseconds.default(7 * 24 * 3_600_000),
  /**
   * Who answers: `stated`, where the answer may name its approver (a credential has the last word wherever there is one);
   * `credential`, where nothing that an answer says counts.
   */
  identity: z.enum(['stated', 'credential']).default('stated'),
  /** Which waivers may hold besides those of a check that failed. */
  waivable: z
    .strictObject({
      /** The checks of the security gate. */
      security: z.boolean().default(false),
      /** Checks that could not be made, or lack evidence. */
      outages: z.boolean().default(false),
    })
    .prefault({}),
});
export type ApprovalConfig = z.infer<typeof approvalSchema>;

const moment = z
  .string()
  .refine((text) => /^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(Date.parse(text)), 'must be a date, for example 2026-12-01T00:00:00Z');

/** A person lets one failed check pass, for a while and for a reason. */
export const waiverSchema = z.strictObject({
  check: z.enum(checkNames),
  by: z.string().min(1),
  reason: z.string().min(1),
  until: moment,
});
export type Waiver = z.infer<typeof waiverSchema>;
