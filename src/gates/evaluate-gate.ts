import type { Check, GateEvaluation } from '../catalog/fields.js';
import { gates, type CheckName, type GateName } from '../catalog/gates.js';
import type { Evidence } from '../catalog/tools.js';
import type { Approval, CheckInput, CheckRow, GateConfig, Stage } from './check-row.js';
import { approvalChecks } from './checks/approval.js';
import { functionalChecks } from './checks/functional.js';
import { performanceChecks } from './checks/performance.js';
import { securityChecks } from './checks/security.js';
import { stabilityChecks } from './checks/stability.js';
import { evidenceOf } from './evidence-of.js';
import { isOpen, worst } from './outcomes.js';
import { waive } from './waive.js';

export { isOpen, worst } from './outcomes.js';

export type GateInput = {
  config: GateConfig;
  evidence: readonly Evidence[];
  attempt: number;
  at: number;
  stage: Stage;
  approval: Approval | null;
  /** Where more than one person must approve: all of them, `approval` included. */
  approvals?: readonly Approval[];
  /** Who asked for the release, where that is known: left out of those who approve it. */
  requestedBy?: string | null;
  /** What is released together with the first, each with what it is judged by. */
  services?: readonly { service: string; config: GateConfig }[];
};

/** Every check of the catalog, by its name. */
const checkRows: Record<CheckName, CheckRow> = {
  ...securityChecks,
  ...performanceChecks,
  ...functionalChecks,
  ...stabilityChecks,
  ...approvalChecks,
};

/**
 * The verdict of a gate, computed from recorded evidence and nothing else: the same evidence gives the same verdict, whoever asks.
 * Only evidence of the attempt counts, and of each kind the newest. A gate is as bad as its worst check. Its `id` is one per
 * gate and attempt: evaluated again, a gate replaces its earlier verdict. Of several services each is judged by its own evidence, and a
 * check is as bad as the worst of them; the approval is of all together.
 */
export const evaluateGate = (
  gate: GateName,
  { config, attempt, approval, approvals, requestedBy = null, services = [], ...about }: GateInput,
): GateEvaluation => {
  const { at, stage } = about;
  const evidence = about.evidence.filter((item) => item.attempt === attempt);
  const signed = approvals ?? (approval === null ? [] : [approval]);
  const all = gate === 'approval' || services.length === 0 ? [{ config, evidence }] : eachService(config, services, evidence);
  const checks = checksOf(gate).map((check) =>
    worstOf(all.map((one) => ({ ...one, verdict: evaluateCheck({ ...one, check, at, stage, approvals: signed, requestedBy }) }))),
  );
  return { id: `${gate}:${attempt}`, gate, attempt, outcome: worst(checks.map((check) => check.outcome)), checks, at };
};

const eachService = (config: GateConfig, services: NonNullable<GateInput['services']>, evidence: readonly Evidence[]) =>
  [{ config }, ...services].map((one) => {
    const service = 'service' in one ? one.service : undefined;
    return { service, config: one.config, evidence: evidenceOf(service, evidence, one.config) };
  });

/** One check of several services as one: the worst speaks, and the others are named. */
const worstOf = (judged: readonly { service?: string | undefined; verdict: Check }[]): Check => {
  const outcome = worst(judged.map(({ verdict }) => verdict.outcome));
  const shown = judged.find(({ verdict }) => verdict.outcome === outcome);
  if (shown === undefined) throw new RangeError('a check of nothing');
  const others = judged.filter((one) => one !== shown);
  if (others.length === 0) return shown.verdict;
  const reason = shown.service === undefined ? shown.verdict.reason : `${shown.service}: ${shown.verdict.reason}`;
  return {
    ...shown.verdict,
    reason: [reason, ...others.map(({ service, verdict }) => `${service ?? 'the first service'} ${verdict.outcome}`)].join('; '),
    evidence: [...new Set(judged.flatMap(({ verdict }) => verdict.evidence))],
  };
};

const checksOf = (gate: GateName): CheckName[] => Object.keys(gates[gate].checks) as CheckName[]; // keys of a const table

const evaluateCheck = (input: CheckInput): Check => {
  const { check, config } = input;
  const { unit, target, judge } = checkRows[check];
  const about = { check, target: target(config), unit };
  const without = config.gates.off[check];
  if (without !== undefined)
    return { ...about, outcome: 'off', value: null, margin: null, reason: `not checked: ${without}`, evidence: [] };
  const { outcome, reason, value = null, margin = null, evidence = [] } = waive(judge(input), input);
  return { ...about, outcome, value, margin, reason, evidence: [...evidence] };
};

/** A verdict in one paragraph: of a shut gate the checks that shut it, the worst first; of an open one all of them. */
export const explainGate = ({ gate, outcome, checks }: GateEvaluation): string => {
  const told = isOpen(outcome) ? checks : checks.filter((check) => !isOpen(check.outcome));
  const sentences = byOutcome(told).map((check) => `${check.check} ${check.outcome}: ${check.reason}.`);
  return `${gates[gate].title} ${outcome}. ${sentences.join(' ')}`;
};

const byOutcome = (checks: readonly Check[]): Check[] =>
  [...checks].sort((a, b) => (a.outcome === b.outcome ? 0 : worst([a.outcome, b.outcome]) === a.outcome ? -1 : 1));
