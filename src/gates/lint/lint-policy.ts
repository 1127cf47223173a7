import type { StagingConfig } from '../../catalog/config.js';
import { StagingError } from '../../catalog/errors.js';
import { isAnalysisDefinition } from '../keptn/judge.js';
import { flaws, type Finding, type Found } from './finding.js';
import { lintTemplate } from './lint-argo.js';
import { lintAnalysisDefinition, lintSlo } from './lint-keptn.js';
import { lintKayenta } from './lint-kayenta.js';
import { lintOpenSlo } from './lint-openslo.js';
import { lintRollout } from './lint-rollout.js';
import { lintStaging, type Repository } from './lint-staging.js';

type Document = Record<string, unknown>;
type Row = { format: string; is: (document: Document) => boolean; lint: (document: Document, documents: readonly unknown[]) => Found[] };

const ofKind =
  (...kinds: string[]) =>
  (document: Document): boolean =>
    kinds.includes(String(document['kind']));

/** How each kind of document is recognised, and what looks for its flaws. The first that fits is taken. */
const rows: readonly Row[] = [
  { format: 'Keptn AnalysisDefinition', is: isAnalysisDefinition, lint: lintAnalysisDefinition },
  { format: 'Argo AnalysisTemplate', is: ofKind('AnalysisTemplate', 'ClusterAnalysisTemplate', 'AnalysisRun'), lint: lintTemplate },
  { format: 'Argo Rollout', is: ofKind('Rollout'), lint: lintRollout },
  {
    format: 'OpenSLO SLO',
    is: ofKind('SLO'),
    lint: (document, documents) => lintOpenSlo([document, ...documents.filter((one) => isDocument(one) && ofKind('SLI')(one))]),
  },
  { format: 'Keptn SLO', is: (document) => 'objectives' in document || 'total_score' in document, lint: lintSlo },
  { format: 'Kayenta canary config', is: (document) => 'metrics' in document || 'canaryConfig' in document, lint: lintKayenta },
];

/**
 * The flaws of other people's policies: what can never fail, never pass, never be judged or never roll back. Documents of other kinds
 * beside them are passed over. Throws POLICY_INVALID where none is known or one cannot be read.
 */
export const lintPolicy = (documents: readonly unknown[]): { formats: string[]; findings: Finding[] } => {
  const linted = documents.filter(isDocument).flatMap((document, index) => {
    const row = rows.find(({ is }) => is(document));
    if (row === undefined) return [];
    const prefix = documents.length === 1 ? '' : `${nameOf(document) ?? `document ${index + 1}`}: `;
    return [{ format: row.format, found: row.lint(document, documents).map((one) => ({ ...one, path: `${prefix}${one.path}` })) }];
  });
  if (linted.length === 0)
    throw new StagingError('POLICY_INVALID', 'Failed to lint the file: no document of it is a policy that is known here.', {
      remedy: `Name one that holds a ${rows.map(({ format }) => format).join(', a ')}, or a staging.config.`,
    });
  return { formats: linted.map(({ format }) => format), findings: linted.flatMap(({ found }) => found.map(finding)) };
};

/** The flaws of a configuration of our own. */
export const lintConfig = (config: StagingConfig, repository: Repository): Finding[] => lintStaging(config, repository).map(finding);

export const finding = (found: Found): Finding => ({ ...found, ...flaws[found.code] });

const isDocument = (document: unknown): document is Document =>
  typeof document === 'object' && document !== null && !Array.isArray(document);

const nameOf = ({ metadata }: Document): string | null =>
  isDocument(metadata) && typeof metadata['name'] === 'string' ? metadata['name'] : null;
