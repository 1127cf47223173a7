import type { FieldValue, GateEvaluation } from '../catalog/fields.js';
import type { Evidence } from '../catalog/tools.js';
import { gateNames } from '../catalog/gates.js';
import { explainGate, isOpen } from '../gates/evaluate-gate.js';
import { approvalDigest } from './approval-digest.js';
import { latest, required, type Approval, type SettleInput, type Settles } from './settle.js';

/** Settles the deployment validator's routines: the five gates, the checklist, and the only hand that writes `deployment_approved`. */
export const deploymentValidator: Settles<'deployment_validator'> = {
  'deployment-validation-routine': ({ judge, id, attempt }) => {
    const judged = [judge('security', 'validation'), judge('performance', 'validation'), judge('functional', 'validation')];
    const shut = judged.filter((one) => !passesValidation(one));
    const validated = shut.length === 0;
    return {
      posts: {
        gate_evaluations: judged,
        validation_results: judged.map((one) => ({
          id: id(one.gate, attempt),
          gate: one.gate,
          outcome: one.outcome,
          reason: explainGate(one),
        })),
        validation_status: validated
          ? 'deployment_validated'
          : shut.some((one) => one.outcome === 'failed')
            ? 'validation_failed'
            : 'validation_inconclusive',
        deployment_approved: validated,
      },
      emits: [
        validated
          ? { topic: 'staging/deployment_validated' }
          : { topic: 'staging/rollback_required', reason: shut.map(explainGate).join(' ') },
      ],
      says: validated ? 'Security, performance and functional gates are open.' : shut.map(explainGate).join(' '),
    };
  },

  'deployment-gate-routine': (input) => {
    const { judge, board, config, now, all } = input;
    const stability = judge('stability', 'readiness');
    if (isOpen(stability.outcome) && board.health_status === 'healthy') {
      return {
        posts: { gate_evaluations: [stability], deployment_approved: true },
        emits: [{ topic: 'staging/production_readiness_check' }],
        says: 'The stability gate is open.',
      };
    }
    const overdue = now > deployedAt(all) + 2 * config.stability.soakMs + 60_000;
    if (overdue || stability.outcome === 'failed' || stability.outcome === 'errored' || board.health_status === 'unhealthy') {
      const reason = isOpen(stability.outcome) ? `staging is ${board.health_status ?? 'unknown'}` : explainGate(stability);
      return {
        posts: { gate_evaluations: [stability], deployment_approved: false },
        emits: [{ topic: 'staging/rollback_required', reason }],
        says: reason,
      };
    }
    return {
      posts: { gate_evaluations: [stability] },
      emits: [],
      waiting: { kind: 'soak', untilAt: now + soakLeft(stability, input), reason: explainGate(stability) },
      says: explainGate(stability),
    };
  },

  'production-readiness-routine': (input) => {
    const { judge, id, attempt, request, board } = input;
    required(input.found, 'check_rollback_target');
    const trouble = troubleIn(required(input.found, 'check_health'));
    const digest = approvalDigest(input);
    const signed = signaturesFor(digest, input);
    const functional = judge('functional', 'readiness');
    const approval = judge('approval', 'readiness', signed);
    const earlier = gateNames
      .filter((gate) => gate !== 'functional' && gate !== 'approval')
      .map((gate) => newest(board.gate_evaluations ?? [], gate, attempt));
    const judged = [...earlier.filter((one) => one !== null), functional];
    const checklist = checklistOf(judged, id);
    const shut = judged.filter((one) => !isOpen(one.outcome));
    const ready = trouble === null && shut.length === 0 && judged.length === gateNames.length - 1;
    const posts = { gate_evaluations: [functional, approval], readiness_checklist: checklist, production_ready: ready };
    if (!ready) {
      const reason = trouble ?? (shut.map(explainGate).join(' ') || 'a gate was never evaluated');
      return {
        posts: { ...posts, production_ready: false, deployment_approved: false },
        emits: [{ topic: 'staging/rollback_required', reason }],
        says: reason,
      };
    }
    if (request.target === 'staging') {
      const reason = `${request.version} is ready and serves staging; promotion was not asked for`;
      return { posts, emits: [{ topic: 'swarm/completed', reason }], says: `${reason}.` };
    }
    if (request.notBeforeAt !== undefined && input.now < request.notBeforeAt) {
      const reason = `ready, and production was asked for not before ${new Date(request.notBeforeAt).toISOString()}`;
      return { posts, emits: [], waiting: { kind: 'soak', untilAt: request.notBeforeAt, reason }, says: `${reason}.` };
    }
    if (isOpen(approval.outcome)) {
      const by = signed.map((one) => `${one.by}${one.preSigned ? ' (signed beforehand)' : ''}`).join(' and ') || 'nobody';
      return {
        posts: { ...posts, deployment_approved: true },
        emits: [{ topic: 'production/promotion_requested' }],
        says: `Ready for production, approved by ${by}.`,
      };
    }
    if (approval.outcome === 'pending') {
      return {
        posts,
        emits: [],
        waiting: { kind: 'approval', digest, reason: explainGate(approval), askedAt: input.now, note: input.why, news: [] },
        says: 'Ready for production; an approver is asked.',
      };
    }
    const reason = explainGate(approval);
    return {
      posts: { ...posts, production_ready: false, deployment_approved: false },
      emits: [{ topic: 'staging/rollback_required', reason }],
      says: reason,
    };
  },
};

/** What has gone wrong in staging since the stability gate opened, for example while a person was being asked. */
const troubleIn = ({ data }: Evidence<'check_health'>): string | null => {
  const down = data.services.filter((service) => !service.healthy).map(({ name, detail }) => `${name} does not answer (${detail})`);
  const troubles = [...data.alerts.map(({ name, detail }) => `${name}: ${detail}`), ...down];
  return troubles.length === 0 ? null : `staging is no longer healthy: ${troubles.join('; ')}`;
};

/** At validation a check that can only be made after the switch may be pending. */
const passesValidation = (evaluation: GateEvaluation): boolean =>
  evaluation.checks.every((check) => isOpen(check.outcome) || check.outcome === 'pending');

const newest = (evaluations: readonly GateEvaluation[], gate: string, attempt: number): GateEvaluation | null =>
  evaluations.findLast((one) => one.gate === gate && one.attempt === attempt) ?? null;

const deployedAt = (all: SettleInput['all']): number => {
  const rollout = latest(all, 'run_rollout')?.data;
  return rollout ? rollout.startedAt + rollout.durationMs : 0;
};

/** How long to watch before asking again: what is missing of the period, or of the time in which there should have been samples. */
const soakLeft = (stability: GateEvaluation, { config, all, now }: Pick<SettleInput, 'config' | 'all' | 'now'>): number => {
  const { soakMs } = config.stability;
  const period = stability.checks.find((check) => check.check === 'stability_period');
  const spare = Math.max(config.rollout.sampleMs * 2, 1_000);
  if (period?.margin != null && period.margin < 0) return -period.margin + spare;
  // Nothing was observed, or not enough of something else: asked again seldom, for every time costs model calls.
  return Math.max(deployedAt(all) + soakMs - now + spare, soakMs / 24, spare);
};

/** The approvals of this question: those that were given, and a signature from beforehand. */
const signaturesFor = (digest: string, { approvals, request, now }: SettleInput): Approval[] => [
  ...approvals.filter((one) => one.digest === digest && one.decision === 'approved'),
  ...(request.preApprovedBy === null || request.conditions !== undefined // beforehand nobody can confirm that they hold
    ? []
    : [{ id: digest, digest, decision: 'approved' as const, by: request.preApprovedBy, at: now, preSigned: true, comment: '' }]),
];

const checklistItems = {
  stability: 'Stability Check',
  performance: 'Performance Check',
  security: 'Security Check',
  functional: 'Functionality Check',
} as const;

const checklistOf = (judged: readonly GateEvaluation[], id: SettleInput['id']): FieldValue<'readiness_checklist'> =>
  Object.entries(checklistItems).map(([gate, item]) => {
    const evaluation = judged.find((one) => one.gate === gate);
    return {
      id: id(gate),
      item,
      ok: evaluation !== undefined && isOpen(evaluation.outcome),
      detail: evaluation ? explainGate(evaluation) : 'never evaluated',
    };
  });
