import { z } from 'zod';

/** A viewer looks, a requester asks for releases, an approver decides, an operator stops, resumes and rolls back. Every role may look. */
export const roles = ['viewer', 'requester', 'approver', 'operator'] as const;
export type Role = (typeof roles)[number];

/** Where a secret stands, never the secret itself: an environment variable, or a file relative to the configuration. */
export const secretSchema = z.union([z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })]);
export type SecretPlace = z.infer<typeof secretSchema>;

const tokenSchema = z.strictObject({
  /** Whose it is: an approver's has the name that stands in `approvers`. */
  name: z.string().min(1),
  roles: z.array(z.enum(roles)).min(1),
  secret: secretSchema,
});

const labels = z.record(z.string(), z.string()).refine((map) => Object.keys(map).length > 0, 'at least one label');

/** Which of GitHub's events ask for a release. The version comes from the payload, everything else from here. */
const githubSchema = z.strictObject({
  secret: secretSchema,
  /** owner/name; left out, whatever the secret signs. */
  repository: z.string().includes('/').optional(),
  requests: z
    .array(
      z.strictObject({
        /** release: its tag, when published. deployment: its ref. The dispatches: `version` of their inputs or client payload. */
        event: z.enum(['release', 'deployment', 'workflow_dispatch', 'repository_dispatch']),
        /** Of a deployment. */
        environment: z.string().optional(),
        target: z.enum(['staging', 'production']).default('staging'),
        features: z.array(z.string().regex(/^[\w./-]+$/)).default([]),
      }),
    )
    .min(1),
});

const alertmanagerSchema = z.strictObject({
  secret: secretSchema,
  /** A firing alert with all labels of one row takes the traffic back. */
  alerts: z.array(z.strictObject({ labels, environment: z.enum(['staging', 'production']).optional() })).min(1),
});

/** Flagger sends no header of one's own: the secret stands in the hook's `metadata.token`, or in a bearer header. */
const flaggerSchema = z.strictObject({
  secret: secretSchema,
  /** The canary's name; left out, the service's. */
  canary: z.string().optional(),
  namespace: z.string().optional(),
});

export const eventKinds = ['state', 'started', 'tool', 'settled', 'model', 'gate', 'weight', 'wait'] as const;

/** Those that the journal holds: none of them is lost with a process. */
export const recordedKinds = ['state', 'tool', 'settled', 'gate', 'weight'] as const;

const notificationSchema = z.strictObject({
  /** An address that holds a secret stands where secrets stand. */
  url: z.union([z.url({ protocol: /^https?$/ }), secretSchema]),
  format: z.enum(['generic', 'slack']).default('generic'),
  /** Signs the message as Standard Webhooks does: `whsec_` and base64, or any other text as it is. */
  secret: secretSchema.optional(),
  events: z.array(z.enum(recordedKinds)).min(1).default(['state', 'gate', 'weight']),
  attempts: z.number().int().min(1).max(100).default(10),
});
export type Notification = z.infer<typeof notificationSchema>;

/** What `serve` reads. */
export const serverSchema = z.strictObject({
  tokens: z.array(tokenSchema).default([]),
  /** Names under which browsers and other programs reach this server besides loopback. */
  hosts: z.array(z.string().min(1)).default([]),
  maxBodyBytes: z
    .number()
    .int()
    .positive()
    .default(1024 ** 2),
  /** Releases that may wait behind the one that has the environments. */
  maxQueued: z.number().int().nonnegative().default(50),
  webhooks: z
    .strictObject({ github: githubSchema.optional(), alertmanager: alertmanagerSchema.optional(), flagger: flaggerSchema.optional() })
    .prefault({}),
  notifications: z.array(notificationSchema).default([]),
});
export type ServerConfig = z.infer<typeof serverSchema>;
