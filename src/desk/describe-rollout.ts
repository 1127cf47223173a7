import { sayVersions } from '../catalog/measurements.js';
import type { Breach, RolloutRecord } from '../catalog/tools.js';
import { counted, formatDuration, formatNumber, formatPercent, plain } from '../gates/words.js';
import { describeBreach } from '../rollout/describe-breach.js';

/** Why a rollout ended as it did: the rule that it broke, what was measured against it and on how much, and what would have changed it. */
export const explainRollout = ({ environment, outcome, reason, breach, trigger, restoreMs, traffic, ...record }: RolloutRecord) => {
  const own = record.samples.filter(({ slot, service }) => slot === record.slot && (breach === null || service === breach.service));
  const requests = own.reduce((sum, one) => sum + one.requests, 0);
  const errors = own.reduce((sum, one) => sum + one.errors, 0);
  return {
    ...{ environment, version: sayVersions(record.version, record.services), previousVersion: record.previousVersion, outcome, reason },
    breach: breach === null ? null : { ...breach, rule: rules[breach.metric](breach), margin: breach.target - breach.value },
    trigger: trigger ?? null,
    seen: { samples: own.length, requests, errors },
    ...{ restoreMs, traffic },
    changes: record.changes.map(({ at, weight }) => ({ afterMs: at - record.startedAt, weight })),
    wouldChange: breach === null ? null : relief[breach.metric](breach),
  };
};
export type ExplainedRollout = ReturnType<typeof explainRollout>;

type Words = Record<Breach['metric'], (breach: Breach) => string>;

const rules: Words = {
  error_rate: ({ target }) => `at most ${formatPercent(target)} of the candidate's requests may fail (rollout.breach.errorRate)`,
  latency_p95: ({ target }) => `95 % of the requests answered within ${formatNumber(target)} ms (rollout.breach.latencyP95Ms)`,
  crash: () => 'no process of the candidate ends by itself',
  health: ({ target }) => `fewer than ${target} failed health checks in a row (rollout.breach.failedHealthChecks)`,
};

const relief: Words = {
  error_rate: ({ target, value }) =>
    `a candidate that fails at most ${formatPercent(target)}; this one was ${(value / target).toFixed(1)} times over`,
  latency_p95: ({ target, value }) => `a candidate faster by ${formatNumber(Math.round(value - target))} ms`,
  crash: () => 'a candidate whose process stays',
  health: ({ target }) => `a candidate that answers at least every ${counted(target, 'check')}`,
};

/** In words for people. */
export const describeRollout = (rollout: ExplainedRollout): string[] => {
  const { environment, version, previousVersion, outcome, reason, breach, trigger, seen, restoreMs, traffic, changes, wouldChange } =
    rollout;
  const told = breach === null ? plain(reason) : `${breach.metric}: ${describeBreach(breach)}`;
  const by = trigger === null ? '' : ` (by ${plain(trigger.by)})`;
  return [
    `${environment}, ${version}: ${outcome.replace('_', ' ')}${by}; ${told}`,
    ...(breach === null ? [] : [`  rule: ${breach.rule}`]),
    `  measured: ${counted(seen.requests, 'request')} of the candidate in ${counted(seen.samples, 'sample')}, ${seen.errors} of them failed; ${traffic.dropped} of all ${traffic.requests} had no answer`,
    `  traffic: ${changes.map(({ afterMs, weight }) => `${formatNumber(weight)} % after ${seconds(afterMs)}`).join(', ') || 'never moved'}`,
    ...(restoreMs === null
      ? []
      : [
          `  from the first sign of it to all traffic on ${previousVersion ?? 'the version before'}: ${formatDuration(Math.round(restoreMs))}`,
        ]),
    ...(wouldChange === null ? [] : [`  what would change it: ${wouldChange}`]),
  ];
};

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
