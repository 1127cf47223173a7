import type { Waiver } from '../catalog/approval-config.js';
import { gates, type CheckName } from '../catalog/gates.js';
import type { CheckInput, GateConfig, Judgement } from './check-row.js';
import { plain } from './words.js';

/**
 * A failed check that a person waives is a warning that says so: it opens, and stays in sight. What a waiver may not cover stays as it
 * is, and its reason says why the waiver does not hold.
 */
export const waive = (judged: Judgement, { check, config, at }: CheckInput): Judgement => {
  if (!shut.includes(judged.outcome)) return judged;
  const waivers = config.waivers.filter((one) => one.check === check);
  const [against, ...more] = waivers.map((one) => notHolding(one, judged.outcome, config, at));
  const holds = waivers.find((one) => notHolding(one, judged.outcome, config, at) === null);
  if (holds === undefined) {
    const why = [against, ...more].filter((one) => one != null).join('; ');
    return why === '' ? judged : { ...judged, reason: `${judged.reason} (${why})` };
  }
  const who = `waived by ${plain(holds.by)} until ${holds.until}: ${plain(holds.reason)}`;
  return {
    ...judged,
    outcome: 'warning',
    reason: `${who}; it ${judged.outcome === 'failed' ? 'failed' : `is ${judged.outcome}`}: ${judged.reason}`,
  };
};

const shut: readonly Judgement['outcome'][] = ['failed', 'errored', 'inconclusive'];

/** Why a waiver does not hold, or null. */
const notHolding = (waiver: Waiver, outcome: Judgement['outcome'], { approvers, approval }: GateConfig, at: number): string | null => {
  const whose = `the waiver by ${plain(waiver.by)} does not hold`;
  if (!approvers.includes(waiver.by)) return `${whose}: that is no approver`;
  if (at >= Date.parse(waiver.until)) return `${whose}: it ended ${waiver.until}`;
  if (waiver.check in gates.approval.checks) return `${whose}: what an approver is asked cannot be waived`;
  if (isSecurity(waiver.check) && !approval.waivable.security)
    return `${whose}: checks of security are not waived (approval.waivable.security)`;
  if (outcome !== 'failed' && !approval.waivable.outages) return `${whose}: it is for a check that failed, not for one that is ${outcome}`;
  return null;
};

const isSecurity = (check: CheckName): boolean => check in gates.security.checks;
