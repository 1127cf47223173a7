import type { gates } from '../../catalog/gates.js';
import type { Approval, CheckRow } from '../check-row.js';
import { newest } from '../newest.js';
import { awaited, countSignatures } from '../sign-off.js';
import { counted, named, plain } from '../words.js';

/** The approval gate: a named person, known risks, a plan, and a way back that works. */
export const approvalChecks: Record<keyof (typeof gates)['approval']['checks'], CheckRow> = {
  stakeholder_signoff: {
    unit: '',
    target: ({ approvers, approval: { quorum } }) =>
      quorum === 1 ? `approved by ${approvers.join(' or ')}` : `approved by ${quorum} of ${approvers.join(', ')}`,
    judge: ({ approvals, config, requestedBy, at }) => {
      const signed = countSignatures(approvals, config, { requestedBy, at });
      const said = ({ by, preSigned, digest }: Approval) => `${plain(by)} approved ${digest}${preSigned ? ', signed beforehand' : ''}`;
      if (signed.enough) {
        const value = signed.counted.map((one) => plain(one.by)).join(' and ');
        return { outcome: 'passed', value, reason: signed.counted.map(said).join('; ') };
      }
      const [refused] = signed.refused;
      if (refused !== undefined) return { outcome: 'failed', value: plain(refused.by), reason: `${said(refused)}, but ${refused.against}` };
      return { outcome: 'pending', reason: awaited(signed, config) };
    },
  },
  risk_assessment: {
    unit: 'risks',
    target: () => '0 blocking',
    judge: ({ evidence }) => {
      const plan = newest(evidence, 'plan_deployment');
      if (plan === null)
        return { outcome: 'inconclusive', reason: 'no deployment plan was recorded, so nobody has named the risks; plan the deployment' };
      const { risks } = plan.data;
      const blocking = risks.filter((one) => one.blocking);
      const measured = { value: blocking.length, margin: 0 - blocking.length, evidence: [plan.digest] };
      if (blocking.length > 0)
        return {
          ...measured,
          outcome: 'failed',
          reason: `${counted(blocking.length, 'blocking risk')}: ${named(blocking.map((one) => one.risk))}; remove them`,
        };
      const known = risks.length > 0 ? `: ${named(risks.map((one) => one.risk))}` : '';
      return { ...measured, outcome: 'passed', reason: `${counted(risks.length, 'known risk')}, none blocking${known}` };
    },
  },
  deployment_plan: {
    unit: '',
    target: () => 'recorded',
    judge: ({ evidence }) => {
      const plan = newest(evidence, 'plan_deployment');
      if (plan === null) return { outcome: 'inconclusive', reason: 'no deployment plan was recorded; plan the deployment' };
      const reason = `a ${plan.data.strategy} deployment in ${counted(plan.data.steps.length, 'step')} is recorded`;
      return { outcome: 'passed', value: plan.data.strategy, reason, evidence: [plan.digest] };
    },
  },
  rollback_plan: {
    unit: '',
    target: () => 'runs and answers',
    judge: ({ evidence }) => {
      const target = newest(evidence, 'check_rollback_target');
      if (target === null)
        return { outcome: 'inconclusive', reason: 'no check of the rollback target was recorded; ask whether it still runs' };
      const { version, healthy, slot, detail } = target.data;
      const measured = { value: version ?? 'nothing', evidence: [target.digest] };
      return healthy && version !== null
        ? { ...measured, outcome: 'passed', reason: `${plain(version)} runs and answers in the ${slot} slot` }
        : {
            ...measured,
            outcome: 'failed',
            reason: `there is no way back in the ${slot} slot: ${plain(detail)}; start the stable version there`,
          };
    },
  },
};
