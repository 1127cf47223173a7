import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fence } from '../../src/agents/fence.js';
import { configSchema } from '../../src/catalog/config.js';
import { readDocuments } from '../../src/cli/read-documents.js';
import { evaluateExpression } from '../../src/gates/argo/evaluate-expression.js';
import { parseDuration } from '../../src/gates/argo/duration.js';
import { parseExpression } from '../../src/gates/argo/parse-expression.js';
import { readTemplate } from '../../src/gates/argo/template.js';
import { ConditionError } from '../../src/gates/argo/tokens.js';
import { parseCanaryConfig } from '../../src/gates/kayenta/canary-config.js';
import { readAnalysisDefinition } from '../../src/gates/keptn/analysis-definition.js';
import { parseSlo } from '../../src/gates/keptn/parse-slo.js';
import { parseQuantity } from '../../src/gates/keptn/quantity.js';
import { lintPolicy } from '../../src/gates/lint/lint-policy.js';
import { readSlos } from '../../src/gates/openslo/read-slos.js';
import { parseCriterion } from '../../src/gates/scorecard/criterion.js';
import { readAnswer } from '../../src/graph/approval-answers/read-answer.js';
import { approvalQuestion } from '../../src/graph/approval-question.js';
import { parseConfig } from '../../src/graph/parse-config.js';
import { parseRequest } from '../../src/graph/parse-request.js';
import { readConversation } from '../../src/graph/request/read-conversation.js';
import { parseChaos } from '../../src/replay/chaos.js';
import { parseTape } from '../../src/replay/store-tape.js';
import { parseScenario } from '../../src/scenario/scenario-schema.js';
import { storefront } from '../../src/scenario/storefront.js';
import { readManifest } from '../../src/tools/data/read-manifest.js';
import { parsePrometheusText } from '../../src/tools/monitoring/prometheus-text.js';
import { parseJestReport } from '../../src/tools/testing/reports/jest.js';
import { parseJunitReport } from '../../src/tools/testing/reports/junit.js';
import { parsePlaywrightReport } from '../../src/tools/testing/reports/playwright.js';
import { readPackages } from '../../src/tools/testing/security/packages.js';
import { readAdvisories } from '../../src/tools/testing/security/read-advisories.js';
import { readSarif } from '../../src/tools/testing/security/sarif.js';
import { httpTargets } from './http-targets.js';
import {
  advisory,
  argoTemplate,
  exposition,
  kayentaConfig,
  keptnDefinition,
  keptnSlo,
  lockFile,
  openSlo,
  openSloDocument,
  sarifLog,
} from './samples.js';

/** One reader of outside input. `samples` are real; what is made of them goes through `read`, which throws a coded error or nothing. */
export type Target = {
  about: string;
  samples: readonly unknown[];
  read: (input: never) => unknown;
  /** Part of the whole: what is slow gets less. */
  share: number;
  /** Another class of error that the reader promises. */
  mayThrow?: (error: unknown) => boolean;
};

const target = <I>(
  about: string,
  share: number,
  samples: readonly I[],
  read: (input: I) => unknown,
  more: Pick<Target, 'mayThrow'> = {},
): Target => ({ about, samples, read, share, ...more });

const config = configSchema.parse(storefront);
const context = {
  config,
  preApprovedBy: null,
  now: 1_700_000_000_000,
  last: null,
  features: ['wishlist', 'fast-checkout'],
  versions: ['v2.1.1'],
};
const requests = [
  'ship storefront v2.2.0 to staging, promote it if it is healthy',
  'deploy storefront v2.2.0 with wishlist and fast-checkout, canary at 5 % for ten minutes, not before 18:00 UTC',
  'as last time but 2.2.1, and only staging, without wishlist, after the tests of the payments team',
];
const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
const inFile = async (text: string, read: (file: string) => Promise<unknown>): Promise<unknown> => {
  const file = join(folder, 'input.json');
  writeFileSync(file, text);
  return read(file);
};
const question = approvalQuestion(
  {
    ...{
      release: 'release-1',
      digest: `sha256:${'a1'.repeat(32)}`,
      ask: 1,
      service: 'storefront',
      version: 'v2.2.0',
      services: [],
      artifact: '',
    },
    ...{ gates: [], waived: [], risks: [], rollback: '', conditions: [], changes: null, approvers: ['owner', 'alice'], quorum: 1 },
    ...{ approvedBy: [], requestedBy: null, expiresAt: 0, note: '' },
  },
  'stated',
);
const answers = [
  { digest: question.digest, decision: 'approved', by: 'owner', comment: 'fine' },
  [{ type: 'accept', args: { by: 'owner' } }],
  { decisions: [{ type: 'approve', message: 'fine' }] },
  { action: 'accept', content: { decision: 'approved', digest: question.digest } },
  { parts: [{ kind: 'text', text: `approve ${question.code} as owner` }] },
];
const conditions = [
  'result[0] > 0.95 and len(result) == 1',
  'all(result, # < 500)',
  'isNaN(result) ? true : result.errors / result.total <= 0.01',
];
const json = (value: unknown): string => JSON.stringify(value, null, 1);
const fixture = (name: string): string => readFileSync(join('test/tools/testing/fixtures', name), 'utf8');
const tape = readFileSync('test/recordings/authored/credits-exhausted.tape.json', 'utf8');
const policies = [argoTemplate, keptnSlo, openSlo, json(kayentaConfig), json(keptnDefinition)];

/** Everything that reads what somebody else wrote. */
export const targets: Readonly<Record<string, Target>> = {
  request: target('request grammar', 6, requests, (text) => parseRequest(text, context)),
  conversation: target('conversation', 2, requests, (text) => readConversation(['ship storefront', text], context)),
  'answer in words': target(
    'answer to an approval, in words',
    6,
    [`approve ${question.code} as owner`, 'reject: not before Monday'],
    (text) => readAnswer(text, question),
  ),
  answer: target('answer to an approval, in any shape', 6, answers, (given) => readAnswer(given, question)),
  config: target('configuration', 3, [storefront], (given) => parseConfig(given)),
  scenario: target(
    'scenario file',
    3,
    [{ name: 'slow', faults: [{ at: 'staging-deployment-routine', kind: 'error_rate', value: 0.04 }] }],
    (given) => parseScenario(given),
  ),
  chaos: target(
    'chaos of a tape',
    3,
    [
      [
        { kind: 'reslice', bytes: 3 },
        { kind: 'cut-at', offsets: [1, 2] },
      ],
    ],
    (given) => parseChaos(given),
  ),
  junit: target('JUnit XML', 4, [fixture('junit-nested.xml')], parseJunitReport),
  vitest: target('Vitest and Jest JSON', 5, [fixture('vitest.json')], parseJestReport),
  playwright: target('Playwright JSON', 5, [fixture('playwright.json')], parsePlaywrightReport),
  sarif: target('SARIF', 5, [sarifLog], (text) => readSarif('scan.sarif', text)),
  'lock file': target('lock file', 5, [lockFile], (text) => readPackages('package-lock.json', text)),
  advisories: target('advisories in OSV', 1, [advisory], (text) => inFile(text, readAdvisories)),
  metrics: target('metrics text', 6, [exposition], parsePrometheusText),
  tape: target('tape', 1, [tape], (text) => inFile(text, parseTape)),
  manifest: target('migrations of an artifact', 1, [json({ migrations: [{ id: '001', reversible: true }] })], (text) =>
    inFile(text, () => readManifest(folder, 'input.json')),
  ),
  expression: target('condition of Argo', 6, conditions, (text) => evaluateExpression(parseExpression(text), { result: [0.97, 3, 'x'] }), {
    mayThrow: (error) => error instanceof ConditionError,
  }),
  'argo template': target('AnalysisTemplate of Argo', 3, [argoTemplate], readTemplate),
  'kayenta config': target('canary config of Kayenta', 4, [kayentaConfig], (given) => parseCanaryConfig(given)),
  'keptn slo': target('slo.yaml of Keptn', 3, [keptnSlo], parseSlo),
  'keptn definition': target('AnalysisDefinition of Keptn', 4, [keptnDefinition], (given) => readAnalysisDefinition(given)),
  openslo: target('OpenSLO', 4, [[openSloDocument]], (given) => readSlos([given].flat())),
  criterion: target('criterion of Keptn', 6, ['<=+10%', '>= 99.5', '=0'], parseCriterion),
  quantity: target('quantity of Kubernetes', 6, ['100m', '1.5Gi', '1e3'], parseQuantity),
  duration: target('duration of Argo', 6, ['1h30m', '90s', '1.5h'], parseDuration),
  lint: target('policy file to lint', 1, policies, (text) =>
    inFile(text, async (file) => lintPolicy(await readDocuments(file, 'POLICY_INVALID'))),
  ),
  fence: target('text for a model', 6, [exposition, ...requests], (text) => {
    const fenced = fence('log', text, 'f3a9c07d5e12b864');
    if (fenced.length > 7_000 || fenced.split('f3a9c07d5e12b864').length !== 3) throw new Error('the fence leaks');
  }),
  ...httpTargets,
};
