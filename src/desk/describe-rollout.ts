import { sayVersions } from '../catalog/measurements.js';
import type { Breach, RolloutRecord } from '../catalog/tools.js';
import { binomialTest } from '../gates/canary/proportions.js';
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
    /** How often a candidate just at the limit would fail so many requests; null where no share is measured. */
    byChance:
      breach?.metric === 'error_rate' && requests > 0 ? binomialTest({ events: errors, total: requests }, breach.target).greater : null,
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
    `a candidate that fails at most ${formatPercent(target)}; this one failed ${(value / target).toFixed(1)} times as many`,
  latency_p95: ({ target, value }) => `a candidate faster by ${formatNumber(Math.round(value - target))} ms`,
  crash: () => 'a candidate whose process stays',
  health: ({ target }) => `a candidate that answers at least every ${counted(target, 'check')}`,
};

/** A fraction in percent, as precise as the reason of the rollback tells it. */
const rough = (fraction: number): number => Number((fraction * 100).toPrecision(3));

/** How far beyond its limit a value was. */
const beyond: Words = {
  error_rate: ({ value, target }) => `${rough(value)} % is ${rough(value - target)} percentage points above it`,
  latency_p95: ({ value, target }) => `${formatNumber(Math.round(value))} ms is ${formatNumber(Math.round(value - target))} ms above it`,
  crash: ({ value }) => `${counted(value, 'crash', 'crashes')} too many`,
  health: ({ value, target }) => `${value} in a row, where it ends at ${target}`,
};

/** What it was compared with, and how sure the measurement is. */
const certainty = ({ breach, byChance }: ExplainedRollout): string[] => [
  ...(breach === null ? [] : ['  baseline: none, the limit stands by itself; a step with analysis compares with the version before']),
  ...(byChance === null
    ? []
    : [
        `  how sure: a candidate just at the limit fails so many ${byChance < 1e-6 ? 'less than once in a million times' : `in ${rough(byChance)} % of such samples`}`,
      ]),
];

/** In words for people. */
export const describeRollout = (rollout: ExplainedRollout): string[] => {
  const { environment, version, previousVersion, outcome, reason, breach, trigger, seen, restoreMs, traffic, changes, wouldChange } =
    rollout;
  const told = breach === null ? plain(reason) : `${breach.metric}: ${describeBreach(breach)}`;
  const by = trigger === null ? '' : ` (by ${plain(trigger.by)})`;
  return [
    `${environment}, ${version}: ${outcome.replace('_', ' ')}${by}; ${told}`,
    ...(breach === null ? [] : [`  rule: ${breach.rule}`, `  margin: ${beyond[breach.metric](breach)}`]),
    `  measured: ${counted(seen.requests, 'request')} of the candidate in ${counted(seen.samples, 'sample')}, ${seen.errors} of them failed; ${traffic.dropped} of all ${traffic.requests} had no answer`,
    ...certainty(rollout),
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
