import type { JournalRow, ReleaseRow, Store } from '../../blackboard/store.js';
import { agentNames, agents, type AgentName } from '../../catalog/agents.js';
import { fieldNames, fields } from '../../catalog/fields.js';
import type { ApprovalQuestion } from '../../graph/approval-question.js';
import { evidenceIn, newestIn, type ReleaseDocument } from '../document.js';
import { chartsOf, type LiveSamples } from './charts-of.js';

export type ViewInput = {
  row: Pick<ReleaseRow, 'id' | 'request' | 'simulated' | 'createdAt' | 'updatedAt'>;
  document: ReleaseDocument;
  journal: readonly JournalRow[];
  store: Pick<Store, 'evidence'>;
  question?: ApprovalQuestion | null;
  live?: readonly LiveSamples[];
};

export type ReleaseView = Awaited<ReturnType<typeof releaseView>>;

/** Everything that a page shows of one release, as plain JSON: every figure is in the journal, or in evidence that the journal names. */
export const releaseView = async ({ row, document, journal, store, question = null, live = [] }: ViewInput) => {
  const { release, service, version, outcome, state, reason, model, criteria, gates } = document;
  return {
    ...{ release, service, version, outcome, state, reason, model, criteria, gates, question },
    features: row.request.features,
    target: row.request.target,
    asked: row.request.text,
    simulated: row.simulated,
    from: row.createdAt,
    to: row.updatedAt,
    agents: agentNames.map((agent) => standingOf(agent, journal, document)),
    charts: await chartsOf(journal, store, live),
    load: await loadOf(journal, store),
    ...(await testsOf(journal, store)),
    plan: document.blackboard.deployment_plan,
    deployments: document.blackboard.deployment_history ?? [],
    board: boardOf(document, journal),
    timeline: journal.filter((entry) => told.includes(entry.kind)).map(line),
    evidence: journal
      .filter((entry) => entry.kind === 'evidence')
      .map((entry) => ({ sequence: entry.sequence, tool: entry.name, digest: (entry.value as { digest: string }).digest })), // every evidence row names its digest
    journal: document.journal,
  };
};

const told: readonly string[] = ['event', 'report', 'rollout', 'note'];

/** What an agent did last. The one that spoke last is at work while the release runs. */
const standingOf = (agent: AgentName, journal: readonly JournalRow[], { state }: ReleaseDocument) => {
  const own = journal.findLast((entry) => entry.agent === agent);
  const last = journal.findLast((entry) => agentNames.some((name) => name === entry.agent));
  const report = journal.findLast((entry) => entry.agent === agent && entry.kind === 'report');
  return {
    agent,
    title: agents[agent].title,
    active: state === 'running' && own !== undefined && own === last,
    routine: own?.routine ?? '',
    says: report === undefined ? '' : wordsOf(report),
    at: own?.at ?? null,
  };
};

const line = (entry: JournalRow) => ({
  sequence: entry.sequence,
  at: entry.at,
  who: entry.routine || entry.agent,
  what: `${entry.kind} ${entry.name}`,
  text: wordsOf(entry),
});

const wordsOf = ({ value }: JournalRow): string => {
  if (typeof value === 'string') return value;
  const known = value as { says?: string; reason?: string; text?: string; weight?: number } | null; // read for display only
  return [known?.weight === undefined ? '' : `${known.weight} %`, known?.says ?? known?.reason ?? known?.text ?? '']
    .filter(Boolean)
    .join(': ');
};

const loadOf = async (journal: readonly JournalRow[], store: Pick<Store, 'evidence'>) => {
  const load = await newestIn(journal, store, 'run_load');
  if (load?.status !== 'completed') return null;
  const { requests, throughputRps, errorRate, latencyMs } = load;
  return { requests, throughputRps, errorRate, latencyMs };
};

const testsOf = async (journal: readonly JournalRow[], store: Pick<Store, 'evidence'>) => {
  const runs = await evidenceIn(journal, store, 'run_suite');
  return {
    suites: runs.map(({ digest, data: { suite, target, status, passed, failed, total, durationMs, reason } }) => ({
      ...{ suite, target, passed, total, durationMs, reason, digest },
      outcome: status !== 'completed' ? status : failed === 0 ? 'passed' : 'failed',
    })),
    failures: runs.flatMap(({ data: { suite, failures } }) => failures.map(({ test, message }) => ({ suite, test, message }))),
  };
};

/** The blackboard, and who wrote what when. */
const boardOf = ({ blackboard }: ReleaseDocument, journal: readonly JournalRow[]) =>
  fieldNames
    .filter((field) => blackboard[field] !== null)
    .map((field) => {
      const posts = journal.filter((entry) => entry.kind === 'field' && entry.name === field);
      const last = posts.at(-1);
      return {
        field,
        purpose: fields[field].purpose,
        owner: fields[field].owner,
        by: last?.routine || last?.agent || '',
        at: last?.at ?? null,
        writes: posts.length,
        value: JSON.stringify(blackboard[field], null, 2),
      };
    });
