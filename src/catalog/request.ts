import { z } from 'zod';

/** What a person asked for, as the intake understood it. */
export const releaseRequestSchema = z.strictObject({
  service: z.string(),
  version: z.string(),
  features: z.array(z.string()),
  /** What is released together with it: a service of the configuration, and its version. Left out where it goes alone. */
  services: z.array(z.strictObject({ service: z.string(), version: z.string() })).optional(),
  /** Where it ends: `staging` holds the ready candidate there, `production` promotes it. */
  target: z.enum(['staging', 'production']),
  /** What the sentence says about a feature that makes the others fail; left out, the configuration decides. */
  onCulprit: z.enum(['drop', 'stop']).optional(),
  /** The sentence itself: outside text. */
  text: z.string(),
  /** Who signed the approval gate beforehand, if anybody. */
  preApprovedBy: z.string().nullable(),
});
export type ReleaseRequest = z.infer<typeof releaseRequestSchema>;

/** What is released, in words: the service and its version, and what goes with it. */
export const titleOf = ({ service, version, services = [] }: ReleaseRequest): string =>
  [{ service, version }, ...services].map((one) => `${one.service} ${one.version}`).join(' and ');
