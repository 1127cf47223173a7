import type { RolloutConfig } from '../catalog/config.js';
import type { Breach, Sample } from '../catalog/tools.js';
import { byService } from './by-service.js';

type Rules = RolloutConfig['breach'];
/** Looks back from the sample at `index`. */
type Rule = (samples: readonly Sample[], index: number, rules: Rules) => { value: number; target: number } | null;

/**
 * The first breach in the samples of one slot, oldest first, or null. Of several services each is judged by its own. `firstSampleAt` is the time of the sample with which it
 * began to hold. Later good samples do not undo it: nobody waits a breach out.
 */
export const findBreach = (samples: readonly Sample[], rules: Rules): Breach | null =>
  byService(samples)
    .flatMap((own) => breachOf(own, rules) ?? [])
    .reduce<Breach | null>((first, one) => (first === null || one.firstSampleAt < first.firstSampleAt ? one : first), null);

const breachOf = (samples: readonly Sample[], rules: Rules): Breach | null => {
  for (const [index, sample] of samples.entries()) {
    for (const { metric, rule } of ruleRows) {
      const found = rule(samples, index, rules);
      if (found === null) continue;
      return { metric, ...found, firstSampleAt: sample.at, ...(sample.service !== undefined && { service: sample.service }) };
    }
  }
  return null;
};

/** A process that restarted, or that does not answer and has left the process table. */
const crash: Rule = (samples, index) => {
  const sample = samples[index];
  const restarts = (sample?.restarts ?? 0) - (samples[0]?.restarts ?? 0);
  if (restarts > 0) return { value: restarts, target: 0 };
  const gone = sample?.healthy === false && sample.memoryBytes === null && sample.cpuCores === null;
  return gone && samples.slice(0, index).some((before) => before.memoryBytes !== null) ? { value: 1, target: 0 } : null;
};

/** Bad answers in a row; a sample that did not ask neither breaks the row nor adds to it. */
const health: Rule = (samples, index, { failedHealthChecks }) => {
  let failed = 0;
  for (let at = index; at >= 0 && samples[at]?.healthy !== true && failed < failedHealthChecks; at -= 1) {
    if (samples[at]?.healthy === false) failed += 1;
  }
  return failed >= failedHealthChecks ? { value: failed, target: failedHealthChecks } : null;
};

const errorRate: Rule = (samples, index, rules) => {
  const seen = windowOf(samples, index, rules);
  const requests = sum(seen, (sample) => sample.requests);
  if (requests < rules.minRequests) return null;
  const value = sum(seen, (sample) => sample.errors) / requests;
  return value > rules.errorRate ? { value, target: rules.errorRate } : null;
};

/** The p95 of each sample, weighted by its requests: close to the p95 of the window, and never above its worst sample. */
const latencyP95: Rule = (samples, index, rules) => {
  const seen = windowOf(samples, index, rules).filter((sample) => sample.latencyP95Ms !== null);
  const requests = sum(seen, (sample) => sample.requests);
  if (requests < rules.minRequests) return null;
  const value = sum(seen, (sample) => (sample.latencyP95Ms ?? 0) * sample.requests) / requests;
  return value > rules.latencyP95Ms ? { value, target: rules.latencyP95Ms } : null;
};

/** In the order in which they are named when several hold at once. */
const ruleRows: readonly { metric: Breach['metric']; rule: Rule }[] = [
  { metric: 'crash', rule: crash },
  { metric: 'health', rule: health },
  { metric: 'error_rate', rule: errorRate },
  { metric: 'latency_p95', rule: latencyP95 },
];

const windowOf = (samples: readonly Sample[], index: number, { windowSamples }: Rules): readonly Sample[] =>
  samples.slice(Math.max(0, index + 1 - windowSamples), index + 1);

const sum = (samples: readonly Sample[], of: (sample: Sample) => number): number =>
  samples.reduce((total, sample) => total + of(sample), 0);
