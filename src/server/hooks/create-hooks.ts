import { OpenAPIHono } from '@hono/zod-openapi';
import type { Hono } from 'hono';
import type { ReleaseDesk } from '../../desk/desk-contract.js';
import { readSecret } from '../../tools/read-secret.js';
import type { Doorkeeper } from '../doorkeeper.js';
import { alertmanagerHook } from './alertmanager.js';
import { argoHook } from './argo.js';
import { openDeliveries } from './deliveries.js';
import { flaggerHook } from './flagger.js';
import { githubHook } from './github.js';
import { hookPaths, hookSchemes } from './hook-paths.js';

/** The webhooks that the configuration names, each with a secret of its own. Throws CONFIG_INVALID for a secret that is not there. */
export const createHooks = (desk: ReleaseDesk, callerOf: Doorkeeper['callerOf']): OpenAPIHono => {
  const { github, alertmanager, flagger } = desk.config.server.webhooks;
  const deliveries = openDeliveries(desk.stateDir);
  const app = new OpenAPIHono();
  const mount = (name: keyof typeof hookPaths, hook: Hono): void => {
    app.route('/', hook);
    app.openAPIRegistry.registerPath(hookPaths[name]);
    const scheme = hookSchemes[name];
    if (scheme !== undefined) app.openAPIRegistry.registerComponent('securitySchemes', name, scheme);
  };
  mount('argo', argoHook(desk, callerOf));
  if (github) mount('github', githubHook(desk, github, readSecret(github.secret, desk.configDir), deliveries));
  if (alertmanager)
    mount('alertmanager', alertmanagerHook(desk, alertmanager, readSecret(alertmanager.secret, desk.configDir), deliveries));
  if (flagger) mount('flagger', flaggerHook(desk, flagger, readSecret(flagger.secret, desk.configDir)));
  return app;
};
