import { counted, formatNumber } from '../words.js';
import type { CanaryConfig } from './canary-config.js';
import type { MetricClass, MetricRule } from './classify-metric.js';
import type { Sides } from './mann-whitney.js';
import { present } from './samples.js';
import type { GroupScore, Thresholds } from './score.js';

/** Where the peer's rule decided without evidence or against it; `path` names the key or the metric. */
export type KayentaWarning = { code: string; path: string; message: string };

type Judged = { name: string; groups: readonly string[]; muted: boolean; classification: MetricClass };
type Verdict = {
  policy: CanaryConfig;
  samples: ReadonlyMap<string, Sides>;
  metrics: readonly Judged[];
  groups: readonly GroupScore[];
  thresholds: Thresholds | null;
};

export const warningsOf = (verdict: Verdict): KayentaWarning[] => [
  ...verdict.metrics.flatMap((metric) => metricWarnings(metric, verdict)),
  ...policyRows.flatMap(({ code, path, tell }) => tell(verdict).map((message) => ({ code, path, message }))),
];

/** One metric as the rows below see it; `points` counts what is left without the missing ones. */
type Seen = { metric: Judged; rule: MetricRule; sides: Sides | null; points: { control: number; experiment: number } };

const metricWarnings = (metric: Judged, { policy, samples }: Verdict): KayentaWarning[] => {
  const rule = policy.metrics.find(({ name }) => name === metric.name)?.analysisConfigurations?.canary ?? {};
  const sides = samples.get(metric.name) ?? null;
  const points = { control: present(sides?.control ?? none).length, experiment: present(sides?.experiment ?? none).length };
  return metricRows.flatMap(({ code, tell }) => {
    const message = tell({ metric, rule, sides, points });
    return message === null ? [] : [{ code, path: `metrics.${metric.name}`, message }];
  });
};

const none = new Float64Array();
/** Fewer points than this on a side, and a true +50 % on ordinary noise goes unseen more often than not. */
const fewPoints = 50;

const metricRows: readonly { code: string; tell: (seen: Seen) => string | null }[] = [
  {
    code: 'CRITICAL_ERROR_PASSES',
    tell: ({ metric, rule }) =>
      metric.classification === 'Error' && rule.critical === true
        ? 'this critical metric could not be judged, and the peer counts that as 100; nobody knows whether the canary is good'
        : null,
  },
  {
    code: 'ERROR_NOT_COUNTED',
    tell: ({ metric, rule }) =>
      metric.classification === 'Error' && rule.critical !== true
        ? 'this metric could not be judged, and the peer leaves it out of the score instead of failing it'
        : null,
  },
  {
    code: 'NO_DATA_NOT_COUNTED',
    tell: ({ metric, rule }) =>
      metric.classification === 'Nodata' && rule.critical !== true
        ? 'this metric has no data, and the peer leaves it out of the score; set mustHaveData to fail it'
        : null,
  },
  {
    code: 'NO_DATA_PASSES',
    tell: ({ metric, rule, points }) =>
      metric.classification === 'Pass' && rule.nanStrategy === 'replace' && points.control * points.experiment === 0
        ? 'this metric passed although a side has no values: nanStrategy replace takes silence for zeros'
        : null,
  },
  {
    code: 'NO_SAMPLES',
    tell: ({ sides }) => (sides === null ? 'the data holds nothing under this name; both sides count as empty' : null),
  },
  {
    code: 'SINGLE_POINT',
    tell: ({ points }) =>
      points.control === 1 && points.experiment === 1 ? 'one point on each side can show nothing; the peer ends in Error' : null,
  },
  {
    code: 'FEW_POINTS',
    tell: ({ metric, points }) => {
      const fewest = Math.min(points.control, points.experiment);
      return metric.classification === 'Pass' && fewest > 0 && fewest < fewPoints
        ? `Pass on ${counted(fewest, 'point')} mostly says that there is too little data; the peer asks for no minimum`
        : null;
    },
  },
  {
    code: 'UNKNOWN_WORD',
    tell: ({ rule }) => {
      const unknown = wordRows.find(({ of, known }) => !known.includes(of(rule) ?? known[0]));
      return unknown === undefined
        ? null
        : `${unknown.key} "${unknown.of(rule) ?? ''}" is unknown; the peer reads it as ${unknown.known[0]}`;
    },
  },
  {
    code: 'NO_GROUP',
    tell: ({ metric, rule }) =>
      metric.groups.length === 0 && rule.critical !== true && !metric.muted
        ? 'this metric is in no group and not critical, so it cannot change the score'
        : null,
  },
];

/** The words that the peer knows, its default first. */
const wordRows: readonly { key: string; of: (rule: MetricRule) => string | undefined; known: readonly [string, ...string[]] }[] = [
  { key: 'direction', of: ({ direction }) => direction, known: ['either', 'increase', 'decrease'] },
  { key: 'nanStrategy', of: ({ nanStrategy }) => nanStrategy, known: ['remove', 'replace', 'none'] },
  { key: 'outliers.strategy', of: ({ outliers }) => outliers?.strategy, known: ['keep', 'remove', 'none'] },
  { key: 'effectSize.measure', of: ({ effectSize }) => effectSize?.measure, known: ['meanRatio', 'cles'] },
];

const policyRows: readonly { code: string; path: string; tell: (verdict: Verdict) => string[] }[] = [
  {
    code: 'EMPTY_GROUP_PASSES',
    path: 'classifier.groupWeights',
    tell: ({ groups }) =>
      groups
        .filter(({ noData }) => noData)
        .map(
          ({ name, weight }) =>
            `no metric of group ${name} was judged, and the peer lets it count as 100 with weight ${formatNumber(weight)}`,
        ),
  },
  {
    code: 'WEIGHTS_NOT_100',
    path: 'classifier.groupWeights',
    tell: ({ groups }) => {
      const total = groups.reduce((sum, { weight }) => sum + weight, 0);
      return groups.length === 0 || Math.abs(total - 100) < 1e-6
        ? []
        : [
            `the weights of the groups that have metrics sum to ${formatNumber(total)}, so the best score is ${formatNumber(total)} rather than 100`,
          ];
    },
  },
  {
    code: 'THRESHOLDS_PROPOSED',
    path: 'thresholds',
    tell: ({ thresholds }) =>
      thresholds === null ? ['no thresholds were given; Pass from 95 and Marginal from 75 were used, as Spinnaker proposes'] : [],
  },
  {
    code: 'THRESHOLDS_CROSSED',
    path: 'thresholds',
    tell: ({ thresholds }) =>
      thresholds !== null && thresholds.marginal > thresholds.pass ? ['marginal lies above pass, so that nothing is ever Marginal'] : [],
  },
];
