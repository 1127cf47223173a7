import { gateNames, type GateName } from '../../catalog/gates.js';
import type { Outcome } from '../../blackboard/store.js';
import { isOpen } from '../../gates/evaluate-gate.js';
import type { Caller, ReleaseDesk } from '../../desk/desk-contract.js';

/** 1: open. 0: shut by evidence. -1: nobody can tell yet, which is no pass and no failure. */
export type GateValue = 1 | 0 | -1;
export type GateStanding = {
  release: string;
  version: string;
  outcome: Outcome | null;
  reason: string;
  gates: Record<GateName, { outcome: string; value: GateValue }>;
};

const hook: Caller = { name: 'hook', roles: ['viewer'] };

/** Where the gates of the newest release stand, or of the newest of one version; null where there is none. */
export const gatesOf = async (desk: ReleaseDesk, version?: string): Promise<GateStanding | null> => {
  const bare = (text: string): string => text.replace(/^v/i, '');
  const found = (await desk.list(hook)).find((one) => version === undefined || bare(one.version) === bare(version));
  if (found === undefined) return null;
  const judged = new Map((await desk.get(hook, found.release)).gates.map(({ gate, outcome }) => [gate, outcome]));
  const standing = (gate: GateName) => {
    const outcome = judged.get(gate);
    return { outcome: outcome ?? 'not judged yet', value: outcome === undefined ? (-1 as const) : valueOf(outcome) };
  };
  return {
    release: found.release,
    version: found.version,
    outcome: found.outcome,
    reason: found.reason,
    gates: Object.fromEntries(gateNames.map((gate) => [gate, standing(gate)])) as GateStanding['gates'], // one entry per gate
  };
};

const valueOf = (outcome: Parameters<typeof isOpen>[0]): GateValue => (isOpen(outcome) ? 1 : outcome === 'failed' ? 0 : -1);
