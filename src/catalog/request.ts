import { z } from 'zod';
import { milliseconds } from './rollout-config.js';

const careSchema = z.strictObject({
  /** The first step of the canary. */
  canary: z.strictObject({ weightPercent: z.number().positive().max(100), pauseMs: milliseconds }).optional(),
  /** Healthy time that must be observed. */
  soakMs: milliseconds.optional(),
});
export type Care = z.infer<typeof careSchema>;

/** What a person asked for, as the intake understood it. */
export const releaseRequestSchema = z.strictObject({
  service: z.string(),
  version: z.string(),
  features: z.array(z.string()),
  /** A feature that no branch holds: a model develops it from these words, with a test, documentation and a changelog entry. */
  develop: z.string().min(8).max(1_000).optional(),
  /** What is released together with it: a service of the configuration, its version, and features of its own. Left out where it goes alone. */
  services: z.array(z.strictObject({ service: z.string(), version: z.string(), features: z.array(z.string()).optional() })).optional(),
  /** Where it ends: `staging` holds the ready candidate there, `production` promotes it. */
  target: z.enum(['staging', 'production']),
  /** What the sentence says about a feature that makes the others fail; left out, the configuration decides. */
  onCulprit: z.enum(['drop', 'stop']).optional(),
  /** What must hold before production and nobody here can measure: whoever approves confirms it. A signature given beforehand does not. */
  conditions: z.array(z.string().min(1)).optional(),
  /** Production not before this moment. */
  notBeforeAt: z.number().optional(),
  /** More care than the configuration asks for, never less: see `withCare`. */
  care: careSchema.optional(),
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

/** What is released, in words: the service and its version, and what goes with it. */
export const titleOf = ({ service, version, services = [] }: Pick<ReleaseRequest, 'service' | 'version' | 'services'>): string =>
  [{ service, version }, ...services].map((one) => `${one.service} ${one.version}`).join(' and ');
