import { explainGate, isOpen } from '../../gates/evaluate-gate.js';
import { formatDuration, plain } from '../../gates/words.js';
import { evidenceOf, gatesOf, inUtc, says, sayCheck, sentence, shutChecksOf, type Answer, type AnswerRow, type Told } from './told.js';

/** Where it stands in one sentence, and why. */
export const standsAt = (told: Told): Answer => {
  const { release, request, outcome, reason, waiting, halt } = told;
  const name = `Release ${release}, ${request.service} ${request.version}`;
  const shut = shutChecksOf(told);
  if (outcome !== null) return says([`${name}: ${outcome}.`, sentence(reason)], outcome === 'promoted' ? [] : evidenceOf(shut));
  if (waiting?.kind === 'approval')
    return says([`${name}, waits for an approver.`, sentence(waiting.reason), ...conditionsOf(told)], evidenceOf(shut));
  if (waiting?.kind === 'soak') return says([`${name}, is being observed.`, sentence(waiting.reason)], evidenceOf(shut));
  if (halt !== null) return says([`${name}, has stopped and goes on when somebody resumes it.`, sentence(halt.reason)], evidenceOf(shut));
  const last = told.events.at(-1);
  return says(
    [
      `${name}, is under way${last ? `: ${last.topic}` : ''}.`,
      ...gatesOf(told)
        .filter((one) => !isOpen(one.outcome))
        .map(explainGate),
    ],
    evidenceOf(shut),
  );
};

const conditionsOf = ({ outcome, waiting, request: { conditions = [] } }: Told): string[] =>
  outcome !== null || conditions.length === 0 || waiting?.reason.includes('A yes confirms') === true
    ? []
    : [`A yes confirms: ${conditions.map(plain).join('; ')}.`];

const toPass = (told: Told): Answer => {
  const { outcome, waiting, halt, request } = told;
  const shut = shutChecksOf(told);
  if (outcome === 'promoted') return says(['Nothing: it is in production.']);
  if (outcome !== null)
    return says(
      [`It has ended (${outcome}). ${sentence(told.reason)} A new release would have to pass:`, ...shut.map(wanted)],
      evidenceOf(shut),
    );
  if (halt !== null) return says([`Somebody has to resume it: ${sentence(halt.reason)}`, ...shut.map(wanted)], evidenceOf(shut));
  const open = shut.map(wanted);
  const person = waiting?.kind === 'approval' ? `${told.approvers.join(' or ')} must approve it.` : null;
  if (open.length > 0 || person !== null) return says([...open, person, ...conditionsOf(told)], evidenceOf(shut));
  const judged = gatesOf(told).map(({ gate }) => gate);
  const rest = (
    ['security', 'performance', 'functional', 'stability', ...(request.target === 'production' ? (['approval'] as const) : [])] as const
  ).filter((gate) => !judged.includes(gate));
  return says([rest.length === 0 ? 'Every gate that was judged is open.' : `No gate is shut; still to be judged: ${rest.join(', ')}.`]);
};

/** What separates a check from passing. */
const wanted = (check: Parameters<typeof sayCheck>[0]): string => `${sayCheck(check)} It wants ${check.target}.`;

const approvedBy = (told: Told): Answer => {
  const { approvals, request, approvers, waiting } = told;
  const given = approvals.map(
    ({ decision, by, at, preSigned, comment }) =>
      `${plain(by)} has ${decision} it${preSigned ? ', signed beforehand' : ''} at ${inUtc(at)}${comment === '' ? '' : `: ${plain(comment)}`}.`,
  );
  const asked = request.requestedBy === undefined ? [] : [`${plain(request.requestedBy)} asked for it.`];
  const beforehand = request.preApprovedBy !== null && given.length === 0 ? [`${plain(request.preApprovedBy)} has signed beforehand.`] : [];
  const open =
    waiting?.kind === 'approval' ? [`The question is open (${waiting.digest.slice(7, 15)}); ${approvers.join(' or ')} may answer it.`] : [];
  const nobody = given.length + beforehand.length + open.length === 0 ? [`Nobody yet; ${approvers.join(' or ')} will be asked.`] : [];
  return says(
    [...given, ...beforehand, ...open, ...nobody, ...asked, ...conditionsOf(told)],
    gatesOf(told)
      .filter(({ gate }) => gate === 'approval')
      .flatMap(({ checks }) => evidenceOf(checks)),
  );
};

const stableFor = (told: Told, now: number): Answer => {
  const { board, waiting } = told;
  const deployed = (board.deployment_history ?? []).findLast((one) => one.environment === 'staging' && one.status === 'success');
  const period = gatesOf(told)
    .flatMap(({ checks }) => checks)
    .find(({ check }) => check === 'stability_period');
  if (!deployed) return says(['It has not been deployed to staging in this attempt, so no stable time has begun.']);
  const left =
    waiting?.kind === 'soak' && waiting.untilAt !== null && waiting.untilAt > now
      ? [`It is observed again at ${inUtc(waiting.untilAt)}, in ${formatDuration(Math.ceil((waiting.untilAt - now) / 1_000) * 1_000)}.`]
      : [];
  const since = `It has been in staging since ${inUtc(deployed.at)}, for ${formatDuration(Math.max(0, Math.round((now - deployed.at) / 1_000) * 1_000))}.`;
  return says(
    [since, period ? sayCheck(period) : 'The stability gate has not been judged yet.', ...left],
    [...deployed.evidence, ...(period?.evidence ?? [])],
  );
};

const nextUp = (told: Told): Answer => {
  const plan = told.board.deployment_plan;
  const { waiting, outcome, request } = told;
  if (outcome !== null) return says([`Nothing: it has ended (${outcome}).`]);
  const now =
    waiting?.kind === 'approval'
      ? 'An approver answers; then production.'
      : waiting?.kind === 'soak'
        ? `It is observed; then ${request.target === 'production' ? 'the approval, then production' : 'it is ready and stays in staging'}.`
        : null;
  return says(
    [
      now,
      plan
        ? `The plan: ${plan.strategy}, ${plan.steps.join(', ')}. The way back: ${plan.rollback}.`
        : 'No deployment plan is recorded yet.',
    ],
    plan?.evidence ?? [],
  );
};

/** Questions about where it stands and who has a say. */
export const standingAnswers: AnswerRow[] = [
  {
    about: 'what it would take to pass',
    asked:
      /\bwhat (?:would|does|will|must|needs?|is|do|has|'s)\b.*\b(?:take|pass|missing|needed|block\w*|left to|required|happen for|stop\w*)\b|\bblock(?:ing|er|ed)\b|\bwhat(?:'s| is) (?:still )?(?:missing|open)\b|\bwhy (?:is it |was it |has it |did it )?(?:not|n't)\b|\bwhy (?:isn't|wasn't|hasn't|didn't)\b|\bwhich (?:gates?|checks?) (?:are|is|have|has)\b.*\b(?:shut|failed|fail|red|open|closed|not)\b/i,
    answer: toPass,
  },
  {
    about: 'who approved',
    asked:
      /\bwho\b.*\b(?:approv\w*|reject\w*|sign\w*|asked|request\w*|decid\w*)\b|\b(?:was|is|has) (?:it|this) (?:been )?(?:approved|rejected|signed)\b|\bapprovals?\b/i,
    answer: approvedBy,
  },
  {
    about: 'how long it has been stable',
    asked:
      /\bhow long\b|\bsince when\b|\b(?:stable|soak\w*|stability|observed)\b|\bwhen (?:will|does|is|can|was|did)\b|\bhow much longer\b/i,
    answer: stableFor,
  },
  {
    about: 'what happens next',
    asked:
      /\bwhat(?:'s| is| happens| comes)? next\b|\bthe plan\b|\bway back\b|\broll ?back (?:plan|look)|\bhow (?:do|would|can) (?:we|i|it) (?:go|roll) back\b|\bwhat (?:will|is going to) happen\b/i,
    answer: nextUp,
  },
  { about: 'why it is waiting', asked: /\bwhy\b|\bwait\w*\b|\bstuck\b|\bhang\w*\b/i, answer: standsAt },
  {
    about: 'where it stands',
    asked:
      /\bstatus\b|\bwhere\b|\bhow far\b|\bprogress\b|\bwhat(?:'s| is| are you) (?:going on|happening|doing|up|it doing|running|the state)\b|\bis it (?:done|finished|ready|live|over|in production|running)\b|\bhow (?:is|did|does|was) (?:it|the release|that|things)\b|\b(?:done|finished|ready|ended|failed|promoted|succeed\w*|rolled back|explain|what happened|outcome|result)\b/i,
    answer: standsAt,
  },
];
