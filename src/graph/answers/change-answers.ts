import { amount, amountIn, duration, durationIn } from '../request/amounts.js';
import { counted, formatDuration, plain } from '../../gates/words.js';
import { inUtc, says, sentence, type Answer, type AnswerRow, type Told } from './told.js';

const dayMs = 86_400_000;

/** From when on, or null where the question names no time that is known. */
const sinceOf = (question: string, now: number): number | null => {
  const today = Math.floor(now / dayMs) * dayMs;
  const ago = new RegExp(
    String.raw`(?:last|past|since|in the last|in the past|for)\s+(${duration})|(${duration})\s+ago|\b(?:last|past)\s+(hour|day|minute)\b`,
    'i',
  ).exec(question);
  if (ago) return now - (ago[3] === undefined ? durationIn(ago[1] ?? ago[2] ?? '') : durationIn(`one ${ago[3]}`));
  if (/\byesterday\b/i.test(question)) return today - dayMs;
  if (/\btoday\b|\bthis morning\b|\bmidnight\b/i.test(question)) return today;
  const weeks = new RegExp(String.raw`(${amount})?\s*(?:last |past |a )?weeks?\b`, 'i').exec(question);
  if (weeks) return now - (weeks[1] === undefined ? 1 : amountIn(weeks[1])) * 7 * dayMs;
  const date = /\d{4}-\d{2}-\d{2}/.exec(question)?.[0];
  if (date !== undefined && !Number.isNaN(Date.parse(date))) return Date.parse(date);
  const clock = /\b(\d{1,2}):(\d{2})\b/.exec(question);
  return clock ? today + (Number(clock[1]) * 60 + Number(clock[2])) * 60_000 : null;
};

type Dated = { at: number; text: string; evidence: readonly string[] };

const changed = (told: Told, now: number, question: string): Answer => {
  const since = sinceOf(question, now) ?? Number.NEGATIVE_INFINITY;
  const { board } = told;
  const all: Dated[] = [
    ...(board.deployment_history ?? []).map((one) => ({
      at: one.at,
      text: `${one.environment} ${one.version}: ${one.status}${one.reason === '' ? '' : ` (${plain(one.reason)})`}`,
      evidence: one.evidence,
    })),
    ...(board.gate_evaluations ?? []).map((one) => ({
      at: one.at,
      text: `${one.gate} gate ${one.outcome}${one.attempt > 1 ? `, attempt ${one.attempt}` : ''}`,
      evidence: one.checks.flatMap(({ evidence }) => evidence),
    })),
    ...(board.monitoring_alerts ?? []).map((one) => ({
      at: one.since,
      text: `alert ${plain(one.name)}: ${plain(one.detail)}`,
      evidence: [],
    })),
    ...told.approvals.map((one) => ({ at: one.at, text: `${plain(one.by)} ${one.decision} it`, evidence: [] })),
    ...told.events
      .filter(({ topic }) => topic.startsWith('swarm/') || topic === 'staging/rollback_required')
      .map((one) => ({ at: one.at, text: one.topic === 'swarm/started' ? 'the release began' : one.topic, evidence: [] })),
  ];
  const newer = all.filter((one) => one.at >= since).sort((a, b) => a.at - b.at);
  const from = Number.isFinite(since) ? `Since ${inUtc(since)}` : 'So far';
  if (newer.length === 0) return says([`${from}, nothing has changed.`]);
  const told12 = newer.slice(-12);
  return says(
    [
      `${from}: ${told12.map((one) => `${inUtc(one.at)} ${one.text}`).join('; ')}.`,
      newer.length > told12.length && `${newer.length - told12.length} older changes are left out.`,
    ],
    told12.flatMap((one) => [...one.evidence]),
  );
};

const contains = (told: Told): Answer => {
  const { request, board } = told;
  const { development_changes: changes, feature_artifacts: features = [], dropped_features: dropped = [] } = board;
  const wanted = request.features.length === 0 ? 'no features beside it' : `with ${request.features.join(' and ')}`;
  if (!changes) return says([`${request.service} ${request.version}, ${wanted}. It has not been built yet.`]);
  return says(
    [
      `${request.service} ${request.version}, ${wanted}: ${counted(changes.files, 'file')} changed against the stable version, +${changes.insertions} −${changes.deletions}.`,
      `Commit ${changes.commit.slice(0, 10)}, artifact ${changes.artifact.slice(0, 15)}.`,
      ...features
        .filter((one) => one.attempt === told.attempt)
        .map((one) => `${one.feature} is ${one.branch} at ${one.commit.slice(0, 10)}.`),
      ...dropped.map((one) => `${one.feature} was dropped: ${plain(one.reason)}.`),
    ],
    [...changes.evidence, ...features.flatMap((one) => one.evidence)],
  );
};

const traffic = ({ board }: Told): Answer => {
  const history = board.deployment_history ?? [];
  const plan = board.deployment_plan;
  const last = history.at(-1);
  return says(
    [
      last
        ? `The newest rollout: ${last.environment} ${last.version}, ${last.status}, ${formatDuration(last.durationMs)} long.`
        : 'The candidate has had no traffic yet, as far as it is recorded.',
      last && last.reason !== '' && sentence(plain(last.reason)),
      plan ? `Planned: ${plan.strategy}, ${plan.steps.join(', ')}.` : null,
    ],
    [...(last?.evidence ?? []), ...(plan?.evidence ?? [])],
  );
};

/** Questions about what changed and what it is made of. */
export const changeAnswers: AnswerRow[] = [
  {
    about: 'what changed since a time',
    asked:
      /\bchang\w*\b(?!.*\bcandidate\b)|\bwhat(?:'s| is) new\b|\bsince (?:yesterday|last|this|\d)|\bhappened (?:since|today|yesterday|in the last)|\bnews\b|\bhistory\b/i,
    answer: changed,
  },
  {
    about: 'what the candidate contains',
    asked:
      /\bcontain\w*\b|\bcandidate\b|\bwhat(?:'s| is) (?:in|inside) (?:it|this|the)\b|\bfeatures?\b|\bcommits?\b|\bartifact\b|\bfiles?\b|\bdiff\w*\b|\bwhich version\b|\bwhat version\b/i,
    answer: contains,
  },
  {
    about: 'how much traffic it has',
    asked: /\btraffic\b|\bweight\b|\bcanary\b|\bslot\b|\bpercent\b|\bdeployed\b|\brollout\b/i,
    answer: traffic,
  },
];
