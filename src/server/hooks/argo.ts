import { Hono } from 'hono';
import { gateNames, type GateName } from '../../catalog/gates.js';
import { StagingError } from '../../catalog/errors.js';
import type { Caller, ReleaseDesk } from '../../desk/desk-contract.js';
import { gatesOf, type GateValue } from './gates-of.js';

const unknown = { release: null, version: null, value: -1, gates: {} };

/**
 * What a `web` metric of an Argo AnalysisTemplate reads: `value` is 1, 0 or -1, so that `result == 1` succeeds, `result == 0` fails and
 * anything else is inconclusive. Any token may look.
 */
export const argoHook = (desk: ReleaseDesk, callerOf: (authorization: string | undefined) => Caller | null) =>
  new Hono().get('/argo', async (c) => {
    if (callerOf(c.req.header('authorization')) === null)
      throw new StagingError('TOKEN_MISSING', 'Failed to answer: no token that is known came with the request.');
    const gate = c.req.query('gate');
    if (gate !== undefined && !isGate(gate))
      throw new StagingError('BODY_INVALID', `Failed to answer: there is no gate ${JSON.stringify(gate)}.`, {
        remedy: `Use one of ${gateNames.join(', ')}.`,
      });
    const standing = await gatesOf(desk, c.req.query('version'));
    if (standing === null) return c.json(unknown);
    const { gates } = standing;
    return c.json({ ...standing, value: gate === undefined ? worst(Object.values(gates).map((one) => one.value)) : gates[gate].value });
  });

const isGate = (name: string): name is GateName => gateNames.some((gate) => gate === name);

const worst = (values: readonly GateValue[]): GateValue => (values.includes(0) ? 0 : values.includes(-1) ? -1 : 1);
