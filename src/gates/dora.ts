import { median } from 'simple-statistics';
import type { FieldValue } from '../catalog/fields.js';

export type Deployment = Pick<
  FieldValue<'deployment_history'>[number],
  'environment' | 'at' | 'durationMs' | 'status' | 'restoreMs' | 'committedAt'
>;

/** `unknown` is its own answer; `of` is how many deployments or changes it was computed from, and `why` is for people. */
export type Metric = { value: number | 'unknown'; of: number; why: string };

export type DoraMetrics = {
  /** Deployments to production per day. */
  deploymentFrequencyPerDay: Metric;
  leadTimeForChangesMs: Metric;
  /** Fraction of 1. */
  changeFailureRate: Metric;
  timeToRestoreMs: Metric;
};

/**
 * The four metrics of DORA, from the deployment history alone, as https://dora.dev/guides/dora-metrics defines them:
 *
 * - deployment frequency: deployments to production in a period; here those that stayed, per day from the first deployment in the
 *   history to `now`, and unknown before a day is over;
 * - lead time for changes: from the commit of a change to its deployment in production; the median over changes;
 * - change failure rate: the share of deployments to production that had to go back or be mended at once;
 * - time to restore (failed deployment recovery time): from the first sign of such a failure to restored service; the median.
 *
 * A deployment that a freeze refused never took place. What the history does not tell is unknown, never zero.
 */
export const doraMetrics = (history: readonly Deployment[], now: number): DoraMetrics => {
  const deployed = history.filter((one) => one.environment === 'production' && one.status !== 'refused');
  const stayed = deployed.filter((one) => one.status === 'success');
  const failed = deployed.filter((one) => one.status !== 'success');
  return {
    deploymentFrequencyPerDay: frequency(stayed, Math.min(...history.map((one) => one.at)), now),
    leadTimeForChangesMs: middle(
      stayed.flatMap(({ at, durationMs, committedAt = [] }) => committedAt.map((committed) => at + durationMs - committed)),
      'change',
      'no change in production tells when it was committed',
    ),
    changeFailureRate:
      deployed.length === 0
        ? unknown('nothing was deployed to production')
        : { value: failed.length / deployed.length, of: deployed.length, why: `${failed.length} of ${deployed.length} deployments failed` },
    timeToRestoreMs: middle(
      failed.flatMap(({ restoreMs }) => restoreMs ?? []),
      'failure',
      failed.length === 0 ? 'nothing had to be restored' : 'no failed deployment tells how long it took',
    ),
  };
};

const dayMs = 24 * 3_600_000;

const frequency = (stayed: readonly Deployment[], since: number, now: number): Metric => {
  const days = (now - since) / dayMs;
  if (stayed.length === 0) return unknown('nothing was deployed to production, or nothing stayed');
  if (days < 1) return unknown('the history is younger than a day', stayed.length);
  return { value: stayed.length / days, of: stayed.length, why: `${stayed.length} in ${days.toFixed(1)} days` };
};

const middle = (values: readonly number[], what: string, otherwise: string): Metric =>
  values.length === 0
    ? unknown(otherwise)
    : { value: median([...values]), of: values.length, why: `median of ${values.length} ${what}${values.length === 1 ? '' : 's'}` };

const unknown = (why: string, of = 0): Metric => ({ value: 'unknown', of, why });
