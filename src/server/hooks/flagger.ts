import { Hono } from 'hono';
import { z } from 'zod';
import { StagingError } from '../../catalog/errors.js';
import type { GateName } from '../../catalog/gates.js';
import type { ServerConfig } from '../../catalog/server-config.js';
import type { ReleaseDesk } from '../../desk/desk-contract.js';
import { bearerIn, isSame } from '../secrets.js';
import { gatesOf, type GateStanding } from './gates-of.js';
import { readJson } from './read-json.js';

type FlaggerConfig = NonNullable<ServerConfig['webhooks']['flagger']>;

const payloadSchema = z.looseObject({
  name: z.string(),
  namespace: z.string(),
  phase: z.string(),
  metadata: z.looseObject({ token: z.string().optional(), version: z.string().optional() }).default({}),
});

const before: readonly GateName[] = ['security', 'performance', 'functional'];
const over = ['Failed', 'Terminating', 'Terminated'];

/** What each hook asks of a release; what it gives is the answer no, and why. `rollback` asks the other way round: yes takes the traffic back. */
const rules = {
  'confirm-rollout': (standing) => endedBadly(standing) ?? shut(standing, before),
  rollout: (standing) => endedBadly(standing) ?? failed(standing),
  'confirm-traffic-increase': (standing) => endedBadly(standing) ?? failed(standing),
  'confirm-promotion': (standing) => endedBadly(standing) ?? shut(standing, [...before, 'stability', 'approval']),
  rollback: ({ outcome }) => (outcome === 'rolled_back' || outcome === 'rejected' ? null : 'the release was not taken back'),
} as const satisfies Record<string, (standing: GateStanding) => string | null>;

/** Flagger's hooks: 200 lets it go on, 403 says why not. The gates answer, whatever the hook's own text says. */
export const flaggerHook = (desk: ReleaseDesk, config: FlaggerConfig, secret: string) =>
  new Hono().post('/flagger/:hook', async (c) => {
    const hook = c.req.param('hook');
    if (!(hook in rules))
      throw new StagingError('PATH_UNKNOWN', `Failed to answer: there is no hook ${JSON.stringify(hook)}.`, {
        remedy: `Use one of ${Object.keys(rules).join(', ')}.`,
      });
    const { name, namespace, phase, metadata } = readJson(await c.req.text(), payloadSchema);
    if (!isSame(metadata.token ?? bearerIn(c.req.header('authorization')), secret))
      throw new StagingError('SIGNATURE_WRONG', 'Failed to answer the hook: metadata.token is not the one of the configuration.');
    const canary = config.canary ?? desk.config.service.name;
    if (name !== canary || (config.namespace !== undefined && namespace !== config.namespace))
      return c.json({ answer: 'no', why: `only ${canary}${config.namespace ? ` in ${config.namespace}` : ''} is released here` }, 403);
    const standing = await gatesOf(desk, metadata.version);
    if (standing === null) return c.json({ answer: 'no', why: 'there is no such release' }, 403);
    const why = over.includes(phase) ? `the canary is ${phase}` : rules[hook as keyof typeof rules](standing); // asked above whether it is one
    const { release, version, gates } = standing;
    return c.json({ answer: why === null ? 'yes' : 'no', ...(why !== null && { why }), release, version, gates }, why === null ? 200 : 403);
  });

const endedBadly = ({ outcome, reason }: GateStanding): string | null =>
  outcome === null || outcome === 'promoted' || outcome === 'held' ? null : `the release is ${outcome}: ${reason}`;

const failed = ({ gates }: GateStanding): string | null => {
  const bad = Object.entries(gates).find(([, gate]) => gate.value === 0);
  return bad === undefined ? null : `the ${bad[0]} gate is ${bad[1].outcome}`;
};

const shut = ({ gates }: GateStanding, wanted: readonly GateName[]): string | null => {
  const bad = wanted.find((gate) => gates[gate].value !== 1);
  return bad === undefined ? null : `the ${bad} gate is ${gates[bad].outcome}`;
};
