import { StagingError } from '../../catalog/errors.js';
import { plain } from '../words.js';
import { parseCanaryConfig, type CanaryConfig } from './canary-config.js';
import { classifyMetric, type MetricVerdict } from './classify-metric.js';
import type { Sides } from './mann-whitney.js';
import { readSamples } from './samples.js';
import { score, type CanaryScore, type Thresholds } from './score.js';
import { warningsOf, type KayentaWarning } from './warnings.js';

/** A metric's verdict under its name; `muted` ones are reported and count nowhere. */
type JudgedMetric = MetricVerdict & { name: string; groups: string[]; muted: boolean };
export type KayentaJudgement = Omit<CanaryScore, 'reason'> & { reason: string; metrics: JudgedMetric[]; warnings: KayentaWarning[] };

const noSamples: Sides = { control: new Float64Array(), experiment: new Float64Array() };

/** The pair that Spinnaker's canary stage proposes; the peer itself refuses a request without thresholds. */
const proposedThresholds: Thresholds = { pass: 95, marginal: 75 };

/**
 * The verdict that Kayenta would give, from its own canary config and `{ metrics: { NAME: { control, experiment } } }`, both as
 * parsed JSON. The result is the peer's, unsound rules included; `warnings` say where one of those decided or could have.
 * A metric without data counts as empty on both sides. Throws `POLICY_INVALID`, `SAMPLES_INVALID`.
 */
export const judge = ({ config, data, thresholds }: { config: unknown; data: unknown; thresholds?: Thresholds }): KayentaJudgement => {
  const policy = parseCanaryConfig(config);
  const samples = samplesByMetric(data, policy);
  const limits = thresholds ?? policy.thresholds ?? policy.classifier?.scoreThresholds;
  const metrics = policy.metrics.map(({ name, groups = [], analysisConfigurations }): JudgedMetric => {
    const { muted = false, ...rule } = analysisConfigurations?.canary ?? {};
    return { name, groups, muted, ...classifyMetric({ ...rule, ...(samples.get(name) ?? noSamples) }) };
  });
  const groupWeights = policy.classifier?.groupWeights ?? {};
  const scored = score({ metrics, groupWeights, thresholds: limits ?? proposedThresholds });
  const warnings = warningsOf({ policy, samples, metrics, groups: scored.groups, thresholds: limits ?? null });
  return { ...scored, metrics, warnings };
};

const samplesByMetric = (data: unknown, { metrics }: CanaryConfig): Map<string, Sides> => {
  const given = isRecord(data) ? data['metrics'] : undefined;
  if (!isRecord(given)) throw refused('it needs { "metrics": { NAME: { "control": [..], "experiment": [..] } } }');
  const known = new Set(metrics.map(({ name }) => name));
  return new Map(
    Object.entries(given).map(([name, pair]) => {
      if (!known.has(name)) throw refused(`the canary config has no metric "${plain(name)}"`);
      if (!isRecord(pair)) throw refused(`metrics.${plain(name)} is not { "control": [..], "experiment": [..] }`);
      const side = (of: 'control' | 'experiment') => readSamples(pair[of] ?? [], `metrics.${plain(name)}.${of}`);
      return [name, { control: side('control'), experiment: side('experiment') }];
    }),
  );
};

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

const refused = (why: string): StagingError => new StagingError('SAMPLES_INVALID', `Failed to read the samples: ${why}.`);
