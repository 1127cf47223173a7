import type { Clues } from '../../catalog/clues.js';
import type { ToolResult } from '../../catalog/tools.js';
import { describeBreach } from '../../rollout/describe-breach.js';
import { commitOf, newest, stableVersion } from '../candidate.js';
import { logAround } from '../deployment/log-around.js';
import type { ToolContext } from '../run-tool.js';
import { symptomOf } from './symptom.js';

type Failure = Clues['failure'] & { slot: Clues['log']['slot']; lines?: Clues['log']['lines'] };

/** What failed, what was printed at that time, and which commits could have done it: kept, so that the journal alone can explain it. */
export const gatherClues = async (context: ToolContext): Promise<Clues> => {
  const { slot, lines, ...failure } = failureOf(context);
  const { environment, at } = failure;
  const read = lines === undefined && environment !== null && slot !== null;
  const log = read ? await logAround(context.ports.deployment, { environment, slot, at: at ?? context.ports.clock.now() }) : (lines ?? []);
  return { failure, log: { slot, lines: log }, ...(await commitsOf(context)) };
};

/** The newest of what a release goes back for: a rollout that was sent back, a red suite, an alert, or a gate that judged the whole. */
const failureOf = (context: ToolContext): Failure => {
  const rollouts = [newest(context, 'promote_to_production'), newest(context, 'run_rollout')].flatMap((item) => item?.data ?? []);
  const back = rollouts.find(({ trigger }) => trigger !== undefined);
  if (back !== undefined) {
    const { environment, slot, breach, trigger, reason, log } = back;
    const what = breach === null ? reason : `${breach.metric}: ${describeBreach(breach)}`;
    return { what, at: trigger?.at ?? null, environment, slot, ...(log !== undefined && { lines: log }) };
  }
  const preview = newest(context, 'deploy_preview')?.data;
  const slot = preview?.slot ?? null;
  const suite = context.all.findLast((item) => item.tool === 'run_suite' && item.attempt === context.attempt && item.data.failed > 0);
  if (suite?.tool === 'run_suite') {
    const { target, suite: name, failed } = suite.data;
    const environment = target === 'artifact' ? null : 'staging';
    return { what: `${failed} tests of the ${name} suite failed`, at: suite.at, environment, slot: environment === null ? null : slot };
  }
  const { check } = symptomOf(context.all, context.attempt, context.config);
  const what = check === 'none' ? 'the release was taken back' : `${check} failed`;
  return { what, at: null, environment: preview === undefined ? null : 'staging', slot };
};

/** The range from the version before, each commit with the features that bring it: a feature's own are those which the version does not have. */
const commitsOf = async (context: ToolContext): Promise<Pick<Clues, 'range' | 'commits'>> => {
  const { source } = context.ports;
  const integration = newest(context, 'integrate_features')?.data;
  const from = context.all.findLast((item) => item.tool === 'plan_environment')?.data.stableVersion ?? (await stableVersion(context));
  const to = commitOf(context.all, context.attempt) ?? context.request.version;
  const { base, head, commits } = await source.changes(from, to);
  const broughtBy = new Map<string, string[]>();
  for (const { feature, commit } of integration?.features ?? []) {
    const own = await source.changes(integration?.base ?? from, commit);
    for (const { sha } of own.commits) broughtBy.set(sha, [...(broughtBy.get(sha) ?? []), feature]);
  }
  const told = (one: ToolResult<'read_changes'>['commits'][number]) => ({
    ...one,
    files: (one.files ?? []).slice(0, mostFiles),
    features: broughtBy.get(one.sha) ?? [],
  });
  return { range: { from: base, to: head }, commits: commits.map(told) };
};

const mostFiles = 100;
