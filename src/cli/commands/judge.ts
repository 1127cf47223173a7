import { StagingError } from '../../catalog/errors.js';
import { argo, kayenta, keptn, openslo, type Explanation } from '../../gates/public.js';
import { unexplained } from '../../gates/scorecard/explanation.js';
import { lookUp } from '../../gates/look-up.js';
import { formatNumber } from '../../gates/words.js';
import { openOutput } from '../output.js';
import { readDocuments } from '../read-documents.js';

type Policy = { documents: readonly unknown[]; data: unknown };

/** What every format has to say: `result` is the document that `--json` prints. */
type Judgement = { passed: boolean; headline: string; explain: readonly Explanation[]; warnings: readonly string[]; result: object };

/** One row per format: how its verdict is found, and which of its words is a pass. */
const formats: Record<string, (policy: Policy) => Judgement> = {
  kayenta: ({ documents: [config], data }) => {
    const result = kayenta.judge({ config, data });
    const explain = result.metrics.map(({ name, classification, estimate, reason }) => ({
      ...unexplained,
      name,
      outcome: classification,
      rule: 'canary against control',
      value: estimate,
      reason,
      wouldChange:
        classification === 'Pass'
          ? 'a shift beyond what the config tolerates'
          : 'a shift within what the config tolerates, or data where there is none',
    }));
    const warnings = result.warnings.map(({ path, message }) => `${path}: ${message}`);
    return {
      passed: result.classification === 'Pass',
      headline: `${result.classification}, score ${formatNumber(result.score)}: ${result.reason}`,
      explain,
      warnings,
      result,
    };
  },
  keptn: (policy) => {
    const result = keptn.judge({ policy: only(policy, 'objectives', 'AnalysisDefinition'), data: policy.data });
    const { score, message, explain, warnings } = result;
    return {
      passed: result.result === 'pass',
      headline: `${result.result}, score ${formatNumber(score)}: ${message}`,
      explain,
      warnings,
      result,
    };
  },
  argo: (policy) => {
    const result = argo.judge({
      template: only(policy, 'metrics', 'AnalysisTemplate', 'ClusterAnalysisTemplate', 'AnalysisRun'),
      data: policy.data,
    });
    const { phase, message, explain, warnings } = result;
    return { passed: phase === 'Successful', headline: message === '' ? phase : `${phase}: ${message}`, explain, warnings, result };
  },
  openslo: (policy) => {
    const result = openslo.judge(policy);
    const { outcome, score, reason, warnings, objectives } = result;
    const headline = `${outcome}, score ${formatNumber(score)}: ${reason}`;
    return { passed: outcome === 'passed', headline, explain: objectives, warnings, result };
  },
};

export type JudgeOptions = { format: string; policy: string; data: string; json?: boolean };

/** `judge --format F --policy FILE --data FILE`: a verdict on samples without a release. Exit 0 on a pass and 4 on everything else. */
export const judge = async (options: JudgeOptions): Promise<number> => {
  const format = lookUp(formats, options.format);
  if (format === undefined)
    throw new StagingError('POLICY_INVALID', `Failed to judge: there is no format "${options.format}".`, {
      remedy: `Use --format ${Object.keys(formats).join(', ')}.`,
    });
  const documents = await readDocuments(options.policy, 'POLICY_INVALID');
  const [data] = await readDocuments(options.data, 'SAMPLES_INVALID');
  const judgement = format({ documents, data });
  openOutput({ json: options.json ?? false, simulated: false }).result(
    options.json ? JSON.stringify(judgement.result, null, 2) : inWords(judgement),
  );
  return judgement.passed ? 0 : 4;
};

/** The one document of the file that is of a kind, or has the key of the bare format. */
const only = ({ documents }: Policy, key: string, ...kinds: string[]): unknown => {
  const found = documents.filter(
    (one) => isRecord(one) && ('kind' in one ? kinds.includes(String(one['kind'])) : key in one || 'spec' in one),
  );
  if (found.length === 1) return found[0];
  const wanted = `${kinds.join(', ')} or a document with "${key}"`;
  throw new StagingError(
    'POLICY_INVALID',
    `Failed to read the policy: it holds ${found.length === 0 ? 'no' : 'more than one'} ${wanted}.`,
    {
      remedy: found.length === 0 ? 'Name the file that holds it, and the format that it is in.' : 'Judge one at a time.',
    },
  );
};

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

const inWords = ({ headline, explain, warnings }: Judgement): string =>
  [
    headline,
    ...explain.flatMap((one) => [
      `\n${one.name}: ${one.outcome}`,
      ...lines.flatMap(({ label, of }) => {
        const text = of(one);
        return text === null ? [] : [`  ${label.padEnd(13)} ${text}`];
      }),
    ]),
    ...(warnings.length === 0 ? [] : ['\nWarnings:', ...warnings.map((warning) => `  ${warning}`)]),
  ].join('\n');

const numberOr = (value: number | null): string | null =>
  value === null ? null : Number.isFinite(value) ? formatNumber(value) : String(value);

const lines: readonly { label: string; of: (explanation: Explanation) => string | null }[] = [
  { label: 'rule', of: ({ rule }) => rule },
  { label: 'value', of: ({ value }) => numberOr(value) },
  { label: 'target', of: ({ target }) => numberOr(target) },
  { label: 'margin', of: ({ margin }) => numberOr(margin) },
  { label: 'baseline', of: ({ baseline }) => numberOr(baseline) },
  { label: 'samples', of: ({ samples }) => numberOr(samples) },
  { label: 'why', of: ({ reason }) => reason },
  { label: 'would change', of: ({ wouldChange }) => wouldChange },
];
