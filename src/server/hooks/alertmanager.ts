import { createHash } from 'node:crypto';
import { Hono } from 'hono';
import { z } from 'zod';
import { StagingError } from '../../catalog/errors.js';
import { redact } from '../../catalog/redact.js';
import type { ServerConfig } from '../../catalog/server-config.js';
import type { ReleaseDesk } from '../../desk/desk-contract.js';
import { plain } from '../../gates/words.js';
import { bearerIn, isSame } from '../secrets.js';
import type { Deliveries } from './deliveries.js';
import { readJson } from './read-json.js';

type AlertmanagerConfig = NonNullable<ServerConfig['webhooks']['alertmanager']>;

const alertSchema = z.looseObject({
  status: z.enum(['firing', 'resolved']),
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()).default({}),
  startsAt: z.string(),
  fingerprint: z.string().optional(),
});
const notificationSchema = z.looseObject({ alerts: z.array(alertSchema).max(1_000) });
type Alert = z.infer<typeof alertSchema>;

/** Alertmanager's notifications: a firing alert that the configuration names takes the traffic back, once however often it is repeated. */
export const alertmanagerHook = (desk: ReleaseDesk, config: AlertmanagerConfig, secret: string, deliveries: Deliveries) =>
  new Hono().post('/alertmanager', async (c) => {
    if (!isSame(bearerIn(c.req.header('authorization')), secret))
      throw new StagingError('SIGNATURE_WRONG', 'Failed to take the alerts: the bearer token is not the one of the configuration.');
    const { alerts } = readJson(await c.req.text(), notificationSchema);
    const told: string[] = [];
    for (const alert of alerts.filter(({ status }) => status === 'firing')) {
      const row = config.alerts.find(({ labels }) => Object.entries(labels).every(([name, value]) => alert.labels[name] === value));
      if (row === undefined) continue;
      const name = plain(redact(alert.labels['alertname'] ?? '')) || 'alert';
      const raise = () =>
        desk.alert(
          { name: 'alertmanager', roles: ['operator'] },
          {
            name,
            detail: plain(redact(alert.annotations['summary'] ?? '')) || 'it fires',
            ...(row.environment && { environment: row.environment }),
          },
        );
      const done = await deliveries.once([markOf(alert)], async () => (await raise(), true));
      if (done) told.push(name);
    }
    return c.json({ told });
  });

/** A firing alert is one from its start on. */
const markOf = ({ fingerprint, labels, startsAt }: Alert): string =>
  `alert:${
    fingerprint ??
    createHash('sha256')
      .update(JSON.stringify(Object.entries(labels).sort()))
      .digest('hex')
  }:${startsAt}`;
