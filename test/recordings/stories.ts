import type { FaultInput } from '../../src/scenario/faults.js';
import type { TapeSource } from '../../src/replay/public.js';
import { simulatedRelease } from '../support/simulated-release.js';
import { authoredAnswers, type AuthoredScript } from './authored-answers.js';
import { openAimock, runbookAnswers } from './model-answers.js';
import { openModelEndpoint, type Endpoint } from './model-endpoint.js';

type Release = Awaited<ReturnType<typeof simulatedRelease>>;
type Taken = Awaited<ReturnType<Release['run']>>;

export type Story = {
  name: string;
  source: TapeSource;
  open: () => Promise<Endpoint>;
  faults?: FaultInput[];
  preApprovedBy?: null;
  /** What a person does after the first run. */
  then?: (release: Release, first: Taken) => Promise<Taken>;
  outcome: string;
};

/** The model that the recordings ask for. Its price list stands in the catalog. */
export const recordedModel = 'openai:gpt-4.1-mini';

const runbook = () => openModelEndpoint(runbookAnswers());
const authored = (script: AuthoredScript) => () => openModelEndpoint(authoredAnswers(script));

/** The whole scenario and its failing paths, each on a tape of its own. */
export const stories: readonly Story[] = [
  { name: 'whole-release', source: 'authored', open: authored('calmRelease'), outcome: 'promoted' },
  { name: 'whole-release', source: 'runbook', open: runbook, outcome: 'promoted' },
  { name: 'whole-release', source: 'aimock', open: openAimock, outcome: 'promoted' },
  {
    name: 'red-test-then-fix',
    source: 'authored',
    open: authored('redTest'),
    faults: [{ kind: 'red_test', untilAttempt: 1 }],
    outcome: 'promoted',
  },
  {
    name: 'breach-in-the-canary',
    source: 'authored',
    open: authored('breach'),
    faults: [{ kind: 'error_rate', value: 0.1 }],
    outcome: 'rolled_back',
  },
  {
    name: 'a-question-first',
    source: 'authored',
    open: authored('question'),
    then: (release) => release.resume(),
    outcome: 'promoted',
  },
  {
    name: 'approval-refused',
    source: 'authored',
    open: authored('calmRelease'),
    preApprovedBy: null,
    then: (release, { question }) =>
      release.answer({ digest: question?.digest, decision: 'rejected', by: 'owner', comment: 'not on a Friday' }),
    outcome: 'rejected',
  },
  {
    name: 'alert-in-the-soak',
    source: 'authored',
    open: authored('calmRelease'),
    faults: [{ kind: 'error_rate', value: 0.2, afterS: 7_200 }],
    outcome: 'rolled_back',
  },
  { name: 'critical-vulnerability', source: 'runbook', open: runbook, faults: [{ kind: 'critical_vulnerability' }], outcome: 'rejected' },
  { name: 'slow-preview', source: 'runbook', open: runbook, faults: [{ kind: 'slow_load', value: 400 }], outcome: 'rejected' },
  { name: 'merge-conflict', source: 'runbook', open: runbook, faults: [{ kind: 'merge_conflict' }], outcome: 'rejected' },
  { name: 'build-failure', source: 'runbook', open: runbook, faults: [{ kind: 'build_failure' }], outcome: 'rejected' },
  { name: 'dead-preview', source: 'runbook', open: runbook, faults: [{ kind: 'preview_dead' }], outcome: 'rejected' },
  { name: 'crash-in-the-canary', source: 'runbook', open: runbook, faults: [{ kind: 'crash' }], outcome: 'rolled_back' },
  {
    name: 'memory-leak',
    source: 'runbook',
    open: runbook,
    faults: [{ kind: 'memory_leak', value: 200 * 1024 ** 2 }],
    outcome: 'rolled_back',
  },
  { name: 'monitoring-down', source: 'runbook', open: runbook, faults: [{ kind: 'monitoring_down' }], outcome: 'rolled_back' },
  {
    name: 'errors-in-production',
    source: 'runbook',
    open: runbook,
    faults: [{ kind: 'error_rate', value: 0.1, environment: 'production' }],
    outcome: 'rolled_back',
  },
];

export const tapeOf = ({ name, source }: Story, folder = 'test/recordings'): string => `${folder}/${source}/${name}.tape.json`;

/** Takes the release of a story through the graph, asking the model over the wire. */
export const tell = async ({ faults = [], preApprovedBy, then }: Story) => {
  const release = await simulatedRelease({ faults, model: recordedModel, ...(preApprovedBy === null && { preApprovedBy }) });
  const first = await release.run();
  const { state } = then ? await then(release, first) : first;
  const journal = state.releaseId === null ? [] : release.store.journal(state.releaseId);
  const spent = state.releaseId === null ? null : release.store.spent(state.releaseId);
  return { state, journal, spent };
};
