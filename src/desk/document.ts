import { culpritsOf } from './culprits.js';
import { sealName, type JournalRow, type Outcome, type ReleaseRow, type Seal, type Store } from '../blackboard/store.js';
import { fieldNames, type Board, type FieldName, type GateEvaluation } from '../catalog/fields.js';
import type { Waiver } from '../catalog/approval-config.js';
import type { StagingConfig } from '../catalog/config.js';
import type { Evidence, WeightChange } from '../catalog/tools.js';
import { withCare } from '../rollout/with-care.js';
import { deploymentMetricsOf, evaluateCriteria } from '../scenario/evaluate-criteria.js';

/**
 * The document that `release --json` ends with. It is read from the journal alone, so that every figure in it is there too.
 */
export const releaseDocument = async (row: ReleaseRow, store: Store, config: StagingConfig) => {
  const journal = await store.journal(row.id);
  const board = boardFrom(journal);
  const seal = sealIn(journal);
  const spent = await store.spent(row.id);
  const events = journal
    .filter((entry) => entry.kind === 'event')
    .map((entry) => ({ topic: entry.name, emittedBy: entry.routine || entry.agent, at: entry.at }));
  return {
    release: row.id,
    service: row.request.service,
    version: row.request.version,
    outcome: row.outcome,
    state: row.state,
    reason: row.reason,
    simulated: row.simulated,
    request: row.request,
    model: { name: row.model, isLanguageModel: row.model !== 'runbook', ...spent },
    events,
    blackboard: Object.fromEntries(fieldNames.map((field) => [field, board[field] ?? null])) as {
      [F in FieldName]: NonNullable<Board[F]> | null;
    }, // one entry per field
    gates:
      seal === null
        ? latestGates(board.gate_evaluations ?? []).map(({ gate, outcome, checks, attempt }) => ({ gate, outcome, attempt, checks }))
        : seal.keeps.gates.map((gate) => ({ ...gate, checks: [] })),
    /** Where its journal was pruned: how many rows a seal stands for, and the hash of the last of them. */
    sealed: seal === null ? null : { rows: seal.rows, hash: seal.hash },
    plan: board.deployment_plan?.release ?? [],
    waivers: journal.filter((entry) => entry.kind === 'note' && entry.name === 'waiver').map((entry) => entry.value as Waiver), // written at intake
    /** Calls that models were refused; who, what and why stand in the journal. */
    refusedCalls: journal.filter((entry) => entry.kind === 'note' && entry.name === 'refused').length,
    culprits: culpritsOf(board),
    patches: await patchesOf(journal, store),
    criteria: evaluateCriteria({
      events: events.map((event) => event.topic),
      board,
      soakMs: withCare(config, row.request).stability.soakMs,
    }),
    rollout: journal.filter((entry) => entry.kind === 'rollout').map((entry) => entry.value as WeightChange), // written by the rollout itself
    deploymentMetrics: { ...deploymentMetricsOf(board), ...(await trafficOf(journal, store)) },
    journal: { rows: journal.length, head: journal.at(-1)?.hash ?? '' },
  };
};

export type ReleaseDocument = Awaited<ReturnType<typeof releaseDocument>>;

/** The blackboard as the journal tells it: field rows in order, lists merged by id. */
export const boardFrom = (journal: readonly JournalRow[]): Board => {
  const board: Record<string, unknown> = {};
  const deployments = sealIn(journal)?.keeps.deployments ?? [];
  if (deployments.length > 0) board['deployment_history'] = deployments;
  for (const { name, value } of journal.filter((entry) => entry.kind === 'field')) board[name] = merged(board[name], value);
  return board; // every value was parsed by its field's schema before it was written
};

/** The seal that stands for the rows before the first one, or null. */
export const sealIn = ([first]: readonly JournalRow[]): Seal | null =>
  first?.kind === 'note' && first.name === sealName ? (first.value as Seal) : null; // written by `prune`

/** How the gates stood in the end. */
export const gatesIn = (journal: readonly JournalRow[]): Seal['keeps']['gates'] =>
  sealIn(journal)?.keeps.gates ??
  latestGates(boardFrom(journal).gate_evaluations ?? []).map(({ gate, outcome, attempt }) => ({ gate, outcome, attempt }));

const merged = (current: unknown, next: unknown): unknown => {
  if (isItems(current) && Array.isArray(next) && next.length === 0) return current; // no new item takes no old one away
  if (!isItems(current) || !isItems(next)) return next;
  const items = new Map(current.map((item) => [item.id, item]));
  for (const item of next) items.set(item.id, item);
  return [...items.values()];
};

const isItems = (value: unknown): value is { id: string }[] =>
  Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'object' && item !== null && 'id' in item);

const latestGates = (evaluations: readonly GateEvaluation[]): GateEvaluation[] => [
  ...new Map(evaluations.map((one) => [one.gate, one])).values(),
];

const trafficOf = async (journal: readonly JournalRow[], store: Store) => {
  const rollouts = (await rolloutsIn(journal, store)).map((one) => one.data);
  const restored = rollouts.findLast((one) => one.restoreMs !== null);
  return {
    requests: rollouts.reduce((sum, one) => sum + one.traffic.requests, 0),
    droppedRequests: rollouts.reduce((sum, one) => sum + one.traffic.dropped, 0),
    candidateErrors: rollouts.reduce((sum, one) => sum + one.traffic.candidateErrors, 0),
    restoreMs: restored?.restoreMs ?? null,
  };
};

/** What models have edited, with who and the whole difference: each of it went through every gate like any other change. */
const patchesOf = async (journal: readonly JournalRow[], store: Store) =>
  (await evidenceIn(journal, store, 'edit_file'))
    .filter(({ data }) => data.status === 'done')
    .map(({ digest, at, data: { by, path, commit, diff } }) => ({ by, at, path, commit, diff, evidence: digest }));

/** Every rollout: those in staging, then those in production. */
export const rolloutsIn = async (journal: readonly JournalRow[], store: Pick<Store, 'evidence'>) => [
  ...(await evidenceIn(journal, store, 'run_rollout')),
  ...(await evidenceIn(journal, store, 'promote_to_production')),
];

type Read =
  | 'provision_environment'
  | 'run_rollout'
  | 'promote_to_production'
  | 'deploy_preview'
  | 'run_load'
  | 'check_health'
  | 'run_suite'
  | 'edit_file';

/** Evidence of one tool as the journal names it, oldest first. */
export const evidenceIn = <T extends Read>(journal: readonly JournalRow[], store: Pick<Store, 'evidence'>, tool: T) =>
  Promise.all(
    journal
      .filter((entry) => entry.kind === 'evidence' && entry.name === tool)
      .map(async (entry) => {
        const { digest } = entry.value as { digest: string }; // every evidence row names its digest
        return { digest, at: entry.at, data: (await store.evidence(digest)) as Evidence<T>['data'] }; // parsed by the tool's schema when it was written
      }),
  );

/** The newest of it alone: what a soak has measured is large, and each look at it holds what the looks before it held. */
export const newestIn = async <T extends Read>(journal: readonly JournalRow[], store: Pick<Store, 'evidence'>, tool: T) => {
  const newest = journal.findLast((entry) => entry.kind === 'evidence' && entry.name === tool);
  return newest === undefined ? undefined : (await evidenceIn([newest], store, tool))[0]?.data;
};

export const exitCodeOf = (
  outcome: Outcome | null,
  finished: { target: 'staging' | 'production'; ready: boolean; code: string | null },
): number => {
  if (outcome === 'promoted') return 0;
  if (outcome === 'held' && finished.ready && finished.target === 'staging') return 0;
  if (finished.code === 'LIMIT_REACHED') return 6;
  return outcome === 'errored' ? 5 : 4;
};
