import { Hono } from 'hono';
import type { Caller, ReleaseDesk } from '../../desk/desk-contract.js';
import { readSecret } from '../../tools/read-secret.js';
import { alertmanagerHook } from './alertmanager.js';
import { argoHook } from './argo.js';
import { openDeliveries } from './deliveries.js';
import { flaggerHook } from './flagger.js';
import { githubHook } from './github.js';

/** The webhooks that the configuration names, each with a secret of its own. Throws CONFIG_INVALID for a secret that is not there. */
export const createHooks = (desk: ReleaseDesk, callerOf: (authorization: string | undefined) => Caller | null): Hono => {
  const { github, alertmanager, flagger } = desk.config.server.webhooks;
  const deliveries = openDeliveries(desk.stateDir);
  const app = new Hono().route('/', argoHook(desk, callerOf));
  if (github) app.route('/', githubHook(desk, github, readSecret(github.secret, desk.configDir), deliveries));
  if (alertmanager) app.route('/', alertmanagerHook(desk, alertmanager, readSecret(alertmanager.secret, desk.configDir), deliveries));
  if (flagger) app.route('/', flaggerHook(desk, flagger, readSecret(flagger.secret, desk.configDir)));
  return app;
};
