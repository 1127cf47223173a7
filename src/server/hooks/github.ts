import { createHmac } from 'node:crypto';
import { Hono } from 'hono';
import { z } from 'zod';
import type { StagingConfig } from '../../catalog/config.js';
import { StagingError } from '../../catalog/errors.js';
import type { ServerConfig } from '../../catalog/server-config.js';
import type { Caller, ReleaseDesk } from '../../desk/desk-contract.js';
import { isSame } from '../secrets.js';
import type { Deliveries } from './deliveries.js';
import { readJson } from './read-json.js';

type GithubConfig = NonNullable<ServerConfig['webhooks']['github']>;
type Row = GithubConfig['requests'][number];

const named = z.looseObject({ version: z.unknown() });
const payloadSchema = z.looseObject({
  action: z.string().optional(),
  repository: z.looseObject({ full_name: z.string() }),
  sender: z.looseObject({ login: z.string() }).optional(),
  release: z.looseObject({ tag_name: z.string() }).optional(),
  deployment: z.looseObject({ ref: z.string(), environment: z.string() }).optional(),
  inputs: named.nullish(),
  client_payload: named.nullish(),
});
type Payload = z.infer<typeof payloadSchema>;

/** Where each event names its version, or null where it asks for nothing. */
const versions: Record<Row['event'], (payload: Payload, row: Row) => unknown> = {
  release: ({ action, release }) => (action === 'published' ? release?.tag_name : null),
  deployment: ({ action, deployment }, { environment }) =>
    action === 'created' && (environment === undefined || environment === deployment?.environment) ? deployment?.ref : null,
  workflow_dispatch: ({ inputs }) => inputs?.version,
  repository_dispatch: ({ client_payload: given }) => given?.version,
};

/**
 * GitHub's webhooks: signed over the raw body, done once. An event can ask for a release as the configuration maps it, and nothing
 * else: of its texts only a version is read.
 */
export const githubHook = (desk: ReleaseDesk, config: GithubConfig, secret: string, deliveries: Deliveries) =>
  new Hono().post('/github', async (c) => {
    const raw = await c.req.text();
    const signature = `sha256=${createHmac('sha256', secret).update(raw).digest('hex')}`;
    if (!isSame(c.req.header('x-hub-signature-256') ?? '', signature))
      throw new StagingError('SIGNATURE_WRONG', 'Failed to take the delivery: its signature is not that of the secret.');
    const event = c.req.header('x-github-event') ?? '';
    if (event === 'ping') return c.json({ pong: true });
    const payload = readJson(raw, payloadSchema);
    if (config.repository !== undefined && payload.repository.full_name !== config.repository)
      return c.json({ ignored: `only ${config.repository} may ask` });
    const row = config.requests.find((one) => one.event === event && versions[one.event](payload, one) !== null);
    if (row === undefined) return c.json({ ignored: 'no row of the configuration is about it' });
    const sentence = sentenceFor(desk.config, row, versions[row.event](payload, row));
    const marks = [`github:${c.req.header('x-github-delivery') ?? signature}`, `github:${signature}`]; // the id is not signed, the body is
    const asked = await deliveries.once(marks, () => desk.request(callerFor(payload), sentence));
    return asked === null ? c.json({ duplicate: true }) : c.json(asked, 202);
  });

const callerFor = ({ sender }: Payload): Caller => ({
  name: sender !== undefined && /^[\w[\]-]{1,50}$/.test(sender.login) ? `github:${sender.login}` : 'github',
  roles: ['requester'],
});

const sentenceFor = ({ service }: StagingConfig, { features, target }: Row, version: unknown): string => {
  if (typeof version !== 'string' || !/^v?\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?$/.test(version))
    throw new StagingError('BODY_INVALID', 'Failed to read the delivery: it names no version like v1.2.3.');
  const what = `ship ${service.name} ${version}${features.length > 0 ? ` with ${features.join(' and ')}` : ''}`;
  return target === 'production' ? `${what} to staging, promote it if it is healthy` : `${what} to staging only`;
};
