import { titleOf } from '../catalog/request.js';
import { codeOf } from '../gates/rule-on-answer.js';
import { plain } from '../gates/words.js';

/** What an approver is shown. The answer is bound to its digest. */
type Shown = {
  kind: 'approval';
  release: string;
  digest: string;
  /** The beginning of the digest: what a sentence must name to approve. */
  code: string;
  /** Which question of this release it is, counted by the answers before it. */
  ask: number;
  service: string;
  version: string;
  /** What goes to production together with it. */
  services: { service: string; version: string }[];
  artifact: string;
  environment: 'production';
  gates: { gate: string; outcome: string }[];
  /** Failed checks that a person has waived: who, until when, why. */
  waived: string[];
  risks: string[];
  rollback: string;
  /** What the request waits for and nobody here can measure: a yes confirms that it holds. */
  conditions: string[];
  /** What separates it from the version before. */
  changes: { commit: string; files: number; insertions: number; deletions: number; features: string[]; detail: string } | null;
  approvers: string[];
  quorum: number;
  approvedBy: string[];
  requestedBy: string | null;
  expiresAt: number;
  question: string;
  /** Why it is asked again; empty the first time. */
  note: string;
};

type Args = Record<string, string>;

/** The same question in the shapes that chat UIs render: Agent Inbox, LangChain's middleware in JavaScript and in Python. */
type Rendered = {
  action_request: { action: string; args: Args };
  config: { allow_ignore: boolean; allow_respond: boolean; allow_edit: boolean; allow_accept: boolean };
  description: string;
  actionRequests: [{ name: string; args: Args; description: string }];
  reviewConfigs: [{ actionName: string; allowedDecisions: string[] }];
  action_requests: [{ name: string; args: Args; description: string }];
  review_configs: [{ action_name: string; allowed_decisions: string[] }];
};

export type ApprovalQuestion = Shown & Rendered;

const promotion = 'promote_to_production';

/** The keys of the arguments that an edit may fill in: who decides, and why. The others are what is decided upon. */
export const editable: readonly string[] = ['by', 'comment'];

/**
 * One payload for every UI. `by` is filled in where only one person can be meant; where it is not and nothing vouches for a name, an
 * edit is offered for that alone.
 */
export const approvalQuestion = (
  facts: Omit<Shown, 'kind' | 'code' | 'environment' | 'question'>,
  identity: 'stated' | 'credential',
): ApprovalQuestion => {
  const shown: Shown = {
    kind: 'approval',
    ...facts,
    code: codeOf(facts.digest),
    environment: 'production',
    question: `Promote ${titleOf(facts)} to production?${facts.conditions.length === 0 ? '' : ` A yes confirms: ${facts.conditions.map(plain).join('; ')}.`}`,
  };
  const [only, ...others] = shown.approvers;
  const by = identity === 'stated' && others.length === 0 ? (only ?? '') : '';
  const args: Args = {
    release: shown.release,
    digest: shown.digest,
    ask: String(shown.ask),
    service: shown.service,
    version: shown.version,
    artifact: shown.artifact,
    environment: shown.environment,
    by,
    comment: '',
  };
  const description = describeQuestion(shown);
  const canEdit = identity === 'stated' && by === '';
  const decisions = ['approve', ...(canEdit ? ['edit'] : []), 'reject'];
  return {
    ...shown,
    action_request: { action: promotion, args },
    config: { allow_ignore: false, allow_respond: true, allow_edit: canEdit, allow_accept: true },
    description,
    actionRequests: [{ name: promotion, args, description }],
    reviewConfigs: [{ actionName: promotion, allowedDecisions: decisions }],
    action_requests: [{ name: promotion, args, description }],
    review_configs: [{ action_name: promotion, allowed_decisions: decisions }],
  };
};

/** The question in Markdown, whole: for a chat, a form, a task that waits for input. */
const describeQuestion = (shown: Shown): string =>
  [
    `**${shown.question}**${shown.note === '' ? '' : ` Asked again: ${shown.note}.`}`,
    `Artifact ${shown.artifact}, release ${shown.release}${shown.requestedBy === null ? '' : `, asked for by ${shown.requestedBy}`}.`,
    `Gates: ${shown.gates.map(({ gate, outcome }) => `${gate} ${outcome}`).join(', ')}.`,
    ...shown.waived.map((waiver) => `Waived: ${waiver}.`),
    shown.risks.length === 0 ? 'Risks: none known.' : `Risks: ${shown.risks.join('; ')}.`,
    ...(shown.changes === null
      ? []
      : [
          `Since the last release: ${shown.changes.files} files, +${shown.changes.insertions} −${shown.changes.deletions}${shown.changes.features.length > 0 ? `, features ${shown.changes.features.join(', ')}` : ''}.`,
        ]),
    `The way back: ${shown.rollback}.`,
    ...shown.conditions.map((condition) => `Open, and confirmed by a yes: ${plain(condition)}.`),
    `${shown.quorum === 1 ? 'One' : shown.quorum} of ${shown.approvers.join(', ')} decides${shown.approvedBy.length === 0 ? '' : `; ${shown.approvedBy.join(' and ')} said yes`}.`,
    `In words: \`approve ${shown.code}\`, or \`reject\` and why.`,
  ].join('\n\n');
