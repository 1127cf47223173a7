import { AIMessage } from '@langchain/core/messages';
import { interrupt, type LangGraphRunnableConfig } from '@langchain/langgraph';
import { approvalDigest } from '../agents/approval-digest.js';
import { digestOf } from '../blackboard/digest.js';
import { countSignatures, awaited } from '../gates/sign-off.js';
import { ruleOnAnswer, type Ruling } from '../gates/rule-on-answer.js';
import { plain } from '../gates/words.js';
import { withCare } from '../rollout/with-care.js';
import { emitted } from './agent-node.js';
import { readAnswer } from './approval-answers/read-answer.js';
import { approvalQuestion, type ApprovalQuestion } from './approval-question.js';
import { callerOf, isEmbedded } from './caller.js';
import { newsOf } from './repository-news.js';
import type { Runtime } from './runtime.js';
import { boardOf, type StagingState, type StagingUpdate } from './state.js';

/**
 * Alone in its node, as LangGraph asks of an interrupt: asks, reads the answer, and rules on it. An answer that decides nothing leaves
 * the question open, with one sentence of why, and the node is dispatched again. It never throws on an answer, and only evidence opens
 * the gate: an approval goes back to the validator, who counts and judges again.
 */
export const approval =
  (runtime: Runtime) =>
  async (state: StagingState, config: LangGraphRunnableConfig): Promise<StagingUpdate> => {
    const open = openQuestion(state, runtime);
    if (open === null) return {};
    const given: unknown = interrupt<ApprovalQuestion>(open.question);
    return takeAnswer(given, open, runtime, config);
  };

/**
 * A message on the thread that waits, taken as an answer to the open question where a credential says who wrote it; null where none does,
 * or where somebody else's graph could have written it.
 */
export const answerInWords = async (
  text: string,
  state: StagingState,
  runtime: Runtime,
  config: LangGraphRunnableConfig,
): Promise<StagingUpdate | null> => {
  const open = openQuestion(state, runtime);
  return open === null || callerOf(config) === null || isEmbedded(config) ? null : takeAnswer(text, open, runtime, config);
};

type Open = { asked: Asked; question: ApprovalQuestion };

const openQuestion = (state: StagingState, runtime: Runtime): Open | null => {
  const { waiting, request, releaseId } = state;
  if (waiting?.kind !== 'approval' || request === null || releaseId === null) return null;
  const about = { ...state, waiting, request, releaseId };
  const policy = withCare(runtime.config, request);
  const asked = { ...about, subject: approvalDigest({ ...about, config: policy, board: boardOf(state) }) };
  return { asked, question: questionOf(asked, runtime) };
};

const takeAnswer = async (
  given: unknown,
  { asked, question }: Open,
  runtime: Runtime,
  config: LangGraphRunnableConfig,
): Promise<StagingUpdate> => {
  const { waiting } = asked;
  const id = digestOf(given ?? null);
  const at = runtime.ports.clock.now();
  const ruling = ruleOnAnswer(readAnswer(given, question), {
    policy: runtime.config,
    digest: waiting.digest,
    current: shownDigest(asked.subject, waiting.news),
    askedAt: waiting.askedAt,
    at,
    requestedBy: question.requestedBy,
    caller: callerOf(config),
    repeated: isEmbedded(config) && asked.answers.some((one) => one.id === id),
    approvals: yesesOf(asked),
  });
  const news = ruling.kind === 'approved' ? await newsOf(asked, runtime.ports.source) : waiting.news;
  return {
    answers: [{ id, at }],
    ...(await settle(news.join() === waiting.news.join() ? ruling : { kind: 'news', by: ruling.by, news }, {
      asked,
      runtime,
      at,
      ask: question.ask,
    })),
  };
};

type Asked = StagingState & {
  waiting: Extract<StagingState['waiting'], { kind: 'approval' }>;
  request: NonNullable<StagingState['request']>;
  releaseId: string;
  /** The digest of what there is now: what approvals are for. */
  subject: string;
};
type News = { kind: 'news'; by: string | null; news: string[] };
type Given = { asked: Asked; runtime: Runtime; at: number; ask: number };

/** What a ruling does to the release. Each leaves one row in the journal. */
const settle = async (ruling: Ruling | News, { asked, runtime, at, ask }: Given): Promise<StagingUpdate> => {
  const { waiting, releaseId, subject } = asked;
  const tell = (name: string, value: object) => {
    const agent = ruling.by ?? 'approval';
    const key = `approval:${ask}:${ruling.kind}`;
    return runtime.store.append(releaseId, [{ key, at, agent, routine: '', kind: 'note', name, value }]);
  };
  const decided = async (decision: 'approved' | 'rejected' | 'withdrawn', by: string, comment: string) => {
    const answer = { digest: subject, decision, by, comment };
    await tell(`approval ${decision}`, answer);
    return [{ id: `${subject}:${by}`, ...answer, at, preSigned: false }];
  };
  const keep = (note: string, change: Partial<Asked['waiting']> = {}): StagingUpdate => ({
    waiting: { ...waiting, note, ...change },
    messages: [new AIMessage(stays(note))],
  });
  switch (ruling.kind) {
    case 'approved': {
      const approvals = await decided('approved', ruling.by, ruling.comment);
      const signed = countSignatures([...yesesOf(asked), ...approvals], runtime.config, {
        requestedBy: asked.request.requestedBy ?? null,
        at,
      });
      if (!signed.enough) return { approvals, ...keep(`${plain(ruling.by)} has approved; ${awaited(signed, runtime.config)}`) };
      const messages = [new AIMessage(`${ruling.by} has approved the promotion.`)];
      return { approvals, waiting: null, messages, ...emits(asked, 'staging/production_readiness_check', '', at) };
    }
    case 'rejected': {
      const approvals = await decided('rejected', ruling.by, ruling.comment);
      const why = `rejected by ${ruling.by}${ruling.comment === '' ? '' : `: ${plain(ruling.comment)}`}`;
      const messages = [new AIMessage(`${ruling.by} has rejected the promotion.`)];
      return { approvals, waiting: null, messages, ...emits(asked, 'staging/rollback_required', why, at) };
    }
    case 'withdrawn':
      return { approvals: await decided('withdrawn', ruling.by, ''), ...keep(ruling.why) };
    case 'asked_again':
      await tell('approval answer refused', { by: ruling.by, why: ruling.why });
      return keep(ruling.why);
    case 'news': {
      const why = `${ruling.news.join('; ')}; the answer came before that was shown`;
      await tell('approval question withdrawn', { why });
      const approvals = asked.approvals.filter((one) => one.digest === subject).map((one) => ({ ...one, decision: 'withdrawn' as const }));
      return { approvals, ...keep(why, { news: ruling.news, digest: shownDigest(subject, ruling.news) }) };
    }
    case 'renewed':
      await tell('approval question withdrawn', { why: ruling.why });
      return {
        waiting: null,
        messages: [new AIMessage(`That decides nothing: ${ruling.why}. It is judged and asked anew.`)],
        ...emits(asked, 'staging/production_readiness_check', ruling.why, at),
      };
  }
};

const stays = (note: string): string => `${note.charAt(0).toUpperCase()}${note.slice(1)}. The question stays open.`;

const emits = (
  asked: Asked,
  topic: 'staging/rollback_required' | 'staging/production_readiness_check',
  reason: string,
  at: number,
): StagingUpdate => {
  const last = asked.events.at(-1);
  return last === undefined ? {} : { events: [emitted(last, topic, 'approval', reason, at)] };
};

const yesesOf = ({ approvals, subject }: Asked) => approvals.filter((one) => one.digest === subject && one.decision === 'approved');

/** News in the repository make it another question, although what would be deployed is the same. */
const shownDigest = (subject: string, news: readonly string[]): string => (news.length === 0 ? subject : digestOf([subject, news]));

const questionOf = (asked: Asked, { config }: Runtime): ApprovalQuestion => {
  const { waiting, request, deployment_plan: plan, development_changes: changes } = asked;
  const evaluations = (asked.gate_evaluations ?? []).filter((one) => one.attempt === asked.attempt);
  return approvalQuestion(
    {
      release: asked.releaseId,
      digest: waiting.digest,
      ask: asked.answers.length + 1,
      service: request.service,
      version: request.version,
      services: request.services ?? [],
      artifact: changes?.artifact ?? '',
      gates: evaluations.map(({ gate, outcome }) => ({ gate, outcome })),
      waived: evaluations
        .flatMap(({ checks }) => checks)
        .filter(({ outcome, reason }) => outcome === 'warning' && reason.startsWith('waived by '))
        .map(({ check, reason }) => `${check} ${reason}`),
      risks: [...(plan?.risks.map(({ risk }) => risk) ?? []), ...patched(asked), ...waiting.news],
      rollback: plan?.rollback ?? '',
      conditions: request.conditions ?? [],
      changes: changes
        ? {
            commit: changes.commit,
            files: changes.files,
            insertions: changes.insertions,
            deletions: changes.deletions,
            features: request.features,
            detail: changes.detail,
          }
        : null,
      approvers: config.approvers,
      quorum: config.approval.quorum,
      approvedBy: yesesOf(asked).map((one) => one.by),
      requestedBy: request.requestedBy ?? null,
      expiresAt: waiting.askedAt + config.approval.expiresMs,
      note: waiting.note,
    },
    config.approval.identity,
  );
};

/** An approver sees that the candidate is not what people have committed alone. */
const patched = ({ development_changes: changes }: StagingState): string[] => {
  const patch = /, (patched by .+)$/.exec(changes?.detail ?? '')?.[1];
  return patch === undefined ? [] : [`a model has edited it: ${patch}`];
};
