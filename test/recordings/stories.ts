import { createHash } from 'node:crypto';
import type { TapeSource } from '../../src/replay/public.js';
import { ScenarioFactory, shippedScenarios, type FaultInput, type ScenarioInput } from '../../src/scenario/public.js';
import { authoredAnswers } from './authored-answers.js';
import type { Script } from './authored-script.js';
import { calmRelease } from './calm-release.js';
import * as candidates from './bad-candidates.js';
import * as questions from './open-questions.js';
import { describedFeature, developer } from './described-feature.js';
import { openAimock, runbookAnswers } from './model-answers.js';
import { openModelEndpoint, type Endpoint } from './model-endpoint.js';

/** A scenario, and who answers for the model in it. */
export type Story = { source: TapeSource; open: () => Promise<Endpoint>; scenario: ScenarioInput };

/** The model that the recordings ask for. Its price list stands in the catalog. */
export const recordedModel = 'openai:gpt-4.1-mini';

const runbook = (scenario: ScenarioInput): Story => ({ source: 'runbook', open: () => openModelEndpoint(runbookAnswers()), scenario });
const aimock = (scenario: ScenarioInput): Story => ({ source: 'aimock', open: openAimock, scenario });
const authored = (scenario: ScenarioInput, script: Script): Story => ({
  source: 'authored',
  open: () => openModelEndpoint(authoredAnswers(script)),
  scenario,
});

/** A scenario of the package, with what is different when a language model is asked. */
const shipped = (name: string, changes: Partial<ScenarioInput> = {}): ScenarioInput => {
  const scenario = shippedScenarios.find((one) => one.name === name);
  if (scenario === undefined) throw new Error(`There is no shipped scenario ${name}.`);
  const expect = changes.expect && { ...scenario.expect, ...changes.expect };
  return { ...scenario, ...changes, ...(expect && { expect }) };
};

/** A language model may edit, so a candidate that failed gets a second attempt; nothing comes of it where no file can be read. */
const triedAgain = { attempts: 2, because: 'nothing was changed since the attempt before' };

/** Every scenario of the package, told by an author. */
const shippedStories: readonly Story[] = [
  authored(shipped('staging-env-scenario'), calmRelease),
  authored(shipped('red-test-then-fix'), candidates.redTest),
  authored(shipped('breach-in-the-canary', { expect: { outcome: 'rolled_back', ...triedAgain } }), candidates.breach),
  authored(shipped('no-data'), questions.noData),
  authored(
    shipped('monitoring-down', { decisions: [{ on: 'hold', afterS: 1_800 }], expect: { outcome: 'rolled_back', stops: ['HELD'] } }),
    questions.monitoringDown,
  ),
  authored(shipped('flapping-metric'), candidates.flapping),
  authored(shipped('approval-refused'), questions.refused),
  authored(shipped('approval-late'), questions.late),
  // What the answers cost here, they cost by the price list of the model.
  authored(shipped('credits-exhausted', { limits: { maxCredits: 10_000 } }), calmRelease),
  authored(shipped('time-exhausted'), questions.outOfTime),
  authored(shipped('crash-during-deployment', { expect: { outcome: 'rolled_back', ...triedAgain } }), candidates.crash),
  authored(
    shipped('migration-without-return', {
      decisions: [{ on: 'hold', afterS: 600 }, { on: 'approval' }],
      expect: { outcome: 'errored', stops: ['HELD', 'ADAPTER_FAILED'] },
    }),
    questions.migration,
  ),
  authored(shipped('one-bad-feature-of-two', { expect: { outcome: 'rejected', ...triedAgain } }), candidates.oneBadFeature),
  authored(shipped('one-bad-feature-of-three'), candidates.oneBadOfThree),
  authored(shipped('two-services-go-back'), candidates.secondService),
];

const promoted: ScenarioInput['expect'] = { outcome: 'promoted', unmet: [], serves: { staging: 'v2.2.0', production: 'v2.2.0' } };
const wentBack = { staging: 'v2.1.1', production: null };

const oneFault = (name: string, fault: FaultInput, expect: NonNullable<ScenarioInput['expect']>): ScenarioInput => ({
  name,
  faults: [fault],
  decisions: [{ on: 'approval' }],
  expect: { serves: wentBack, neverEmits: ['swarm/completed'], ...expect },
});

/** Scenarios, each told on a tape of its own; together they take the whole release, and each of its failing paths, through the graph. */
export const stories: readonly Story[] = [
  ...shippedStories,
  authored(
    { name: 'a-question-first', decisions: [{ on: 'hold' }, { on: 'approval' }], expect: { ...promoted, stops: ['HELD'] } },
    questions.question,
  ),
  authored(
    {
      name: 'asked-in-other-words',
      request: {
        says: [
          'Bitte storefront 2.2.0 mit wishlist und fast-checkout ausrollen, und nicht in Produktion, bevor die Tests vom Payments-Team grün sind',
          'ja',
        ],
      },
      decisions: [{ on: 'approval' }],
      expect: promoted,
    },
    questions.otherWords,
  ),
  authored(
    oneFault(
      'alert-in-the-soak',
      { kind: 'error_rate', value: 0.2, at: 'health-check-routine', afterS: 7_200 },
      { outcome: 'rolled_back', emits: ['staging/alert_triggered', 'staging/rollback_required'] },
    ),
    candidates.alertInTheSoak,
  ),
  authored(describedFeature, developer),
  runbook(shipped('staging-env-scenario')),
  aimock(shipped('staging-env-scenario')),
  runbook(oneFault('critical-vulnerability', { kind: 'critical_vulnerability' }, { outcome: 'rejected', gates: { security: 'failed' } })),
  runbook(oneFault('slow-preview', { kind: 'slow_load', value: 400 }, { outcome: 'rejected', gates: { performance: 'failed' } })),
  runbook(oneFault('merge-conflict', { kind: 'merge_conflict' }, { outcome: 'rejected', attempts: 1 })),
  runbook(oneFault('build-failure', { kind: 'build_failure' }, { outcome: 'rejected' })),
  runbook(oneFault('dead-preview', { kind: 'preview_dead' }, { outcome: 'rejected' })),
  runbook(
    oneFault(
      'memory-leak',
      { kind: 'memory_leak', value: 200 * 1024 ** 2, at: 'performance-monitoring-routine' },
      { outcome: 'rolled_back', gates: { stability: 'failed' } },
    ),
  ),
  runbook(
    oneFault(
      'errors-in-production',
      { kind: 'error_rate', value: 0.1, at: 'production-promotion-routine' },
      {
        outcome: 'rolled_back',
        emits: ['production/promotion_requested', 'staging/rollback_required'],
        serves: { staging: 'v2.1.1', production: 'v2.1.1' },
      },
    ),
  ),
];

/** What tells one journal from another: every byte of it. */
export const journalDigest = ({ journal }: ScenarioFactory): string =>
  `sha256:${createHash('sha256').update(JSON.stringify(journal)).digest('hex')}`;

export const journalsFile = 'journals.json';
export const storyName = ({ scenario, source }: Story): string => `${source}/${scenario.name}`;

export const tapeOf = (story: Story, folder = 'test/recordings'): string => `${folder}/${storyName(story)}.tape.json`;

/** Takes the release of a story through the graph, asking the model over the wire. */
export const tell = ({ scenario }: Story): Promise<ScenarioFactory> => new ScenarioFactory(scenario, { model: recordedModel }).play();
