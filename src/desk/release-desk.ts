import { randomBytes } from 'node:crypto';
import { StagingError } from '../catalog/errors.js';
import type { ReleaseRow } from '../blackboard/store.js';
import { answerQuestion } from '../graph/answer-question.js';
import { understood } from '../graph/intake.js';
import type { Caller, ReleaseDesk, ReleaseSummary, Role } from './desk-contract.js';
import { releaseDocument } from './document.js';
import { createEventLog } from './event-log.js';
import { explainRelease } from './explain-release.js';
import { readDecision } from './read-decision.js';
import { hearRequest, readRequest } from './read-request.js';
import { releaseNamed } from './release-named.js';
import { openReleaseLine, type LocalLine } from './release-line.js';
import { openSharedLine } from './shared/shared-line.js';
import { environmentOf } from './shared/environment-of.js';
import { toldFromJournal } from './told-from-journal.js';
import { historyView } from './view/history-view.js';
import { liveSamples } from './view/live-samples.js';
import { releaseView } from './view/release-view.js';
import { waitsFor } from './waits-for.js';
import { openActiveWorkspace, type ActiveWorkspaceOptions } from './active-workspace.js';

/**
 * Opens the desk of one state directory. Releases that a process has left behind go on at once; `pickedUp` names them.
 * Throws RELEASE_RUNNING where another process acts there, and what opening a workspace throws.
 */
export const openReleaseDesk = async (options: ActiveWorkspaceOptions): Promise<ReleaseDesk> => {
  let local: LocalLine | null = null;
  const workspace = await openActiveWorkspace({ ...options, progress: (progress) => local?.progress(progress) });
  const { store, config, ports } = workspace;
  const log = createEventLog({ first: ports.clock.now() }); // later than any event of a desk before, so that a follower can tell
  const at =
    workspace.shared === null
      ? (local = openReleaseLine(workspace, log))
      : await openSharedLine(workspace, workspace.shared, environmentOf(config, options.dryRun), log).catch(async (error: unknown) => {
          await workspace.close();
          throw error;
        });
  const model = options.model ?? 'runbook';

  const rowOf = (id: string): Promise<ReleaseRow> => releaseNamed(store, id);

  const summaryOf = async (of: ReleaseRow, rows?: readonly ReleaseRow[]): Promise<ReleaseSummary> => {
    const { id, request, state, outcome, ...row } = of;
    const soaks = (state === 'running' || state === 'waiting') && (await at.isSoaking(id));
    return {
      release: id,
      service: request.service,
      version: request.version,
      features: request.features,
      target: request.target,
      state: soaks ? 'waiting' : state,
      waitingFor: soaks ? 'soak' : state !== 'waiting' ? null : outcome === null ? 'approval' : 'person',
      outcome,
      reason: state === 'queued' ? waitsFor(of, rows ?? (await store.releases()), { shared: workspace.shared !== null }) : row.reason,
      requestedBy: request.requestedBy ?? '',
      simulated: row.simulated,
      createdAt: row.createdAt,
      updatedAt: row.updatedAt,
    };
  };

  /** An operator's way to end a release. */
  const end = async (caller: Caller, id: string, word: 'rolled back' | 'cancelled', why: string): Promise<void> => {
    check(caller, 'operator', word === 'cancelled' ? 'cancel a release' : 'roll a release back');
    const row = await rowOf(id);
    const rollBack = word === 'rolled back';
    if (row.state === 'ended' && !(rollBack && row.outcome === 'promoted'))
      throw new StagingError('RELEASE_ENDED', `Failed to end release ${id}: it has ended (${row.outcome}).`);
    const reason = row.state === 'ended' ? why : `${word} by ${caller.name}${why === '' ? '' : `: ${why}`}`;
    await at.end(id, { by: caller.name, reason, rollBack });
  };

  const pickedUp = await at.pickUp();
  return {
    config,
    simulated: options.dryRun ?? false,
    configDir: workspace.configDir,
    stateDir: workspace.stateDir,
    pickedUp,
    list: async (_, { limit = 100 } = {}) => {
      const rows = await store.releases();
      return Promise.all(rows.slice(0, limit).map((row) => summaryOf(row, rows)));
    },
    summary: async (_, id) => summaryOf(await rowOf(id)),
    get: async (_, id) => releaseDocument(await rowOf(id), store, config),
    view: async (_, id) => {
      const row = await rowOf(id);
      const journal = await store.journal(id);
      return releaseView({
        ...{ row, document: await releaseDocument(row, store, config), journal, store },
        question: await at.question(id),
        live: row.state === 'ended' ? [] : await liveSamples(ports, row.createdAt, journal),
      });
    },
    history: () => historyView(store, ports.clock.now()),
    journal: async (_, id, { from = 1 } = {}) => (await store.journal((await rowOf(id)).id)).filter((row) => row.sequence >= from),
    reader: store.reader,
    evidence: (_, digest) => store.evidence(digest),
    explain: async (_, id) => explainRelease(await rowOf(id), store, config),
    question: async (_, id) => at.question((await rowOf(id)).id),
    ask: async (_, text, id) => {
      const row = id === undefined ? (await store.releases())[0] : await rowOf(id);
      if (row === undefined) return { text: 'No release yet.', evidence: [] };
      const now = { approvers: config.approvers, question: await at.question(row.id), soaking: await at.isSoaking(row.id) };
      return answerQuestion(text, toldFromJournal(row, await store.journal(row.id), now), ports.clock.now());
    },
    follow: log.follow,
    span: log.span,
    settled: async (id) => {
      await rowOf(id);
      await at.settled(id);
      return summaryOf(await rowOf(id));
    },
    hear: async (caller, open, text) => {
      check(caller, 'requester', 'ask for a release');
      return hearRequest(workspace, open, text);
    },
    request: async (caller, sentence, from = {}) => {
      check(caller, 'requester', 'ask for a release');
      const reading = await readRequest(workspace, sentence, { ...from, preApprovedBy: null, requestedBy: caller.name });
      if ('question' in reading) {
        const { question, choices, sentences } = reading;
        return { kind: 'unclear', question, choices, sentences };
      }
      const { request } = reading;
      const queued = (await store.releases()).filter((row) => row.state === 'queued').length;
      if (!(await at.isFree()) && queued >= config.server.maxQueued)
        throw new StagingError(
          'QUEUE_FULL',
          `Failed to take the request: ${queued} releases wait already, and ${config.server.maxQueued} may.`,
        );
      const id = randomBytes(4).toString('hex');
      const now = ports.clock.now();
      const state = (await at.isFree()) ? 'running' : 'queued';
      await at.enqueue({
        ...{ id, request, state: 'queued', outcome: null, reason: '', model, simulated: options.dryRun ?? false },
        ...{ createdAt: now, updatedAt: now },
      });
      return { kind: 'accepted', release: id, understood: understood(id, request), state };
    },
    decide: async (caller, id, answer, shown) => {
      check(caller, 'approver', 'decide');
      await rowOf(id);
      const question = await at.question(id);
      if (question === null) throw new StagingError('NOT_WAITING', `Failed to answer: release ${id} is not waiting for an approval.`);
      const resume = readDecision(answer, caller, { question, shown }, config);
      await at.answer(id, resume, caller.vouched ? caller.name : undefined);
      return resume;
    },
    resume: async (caller, id) => {
      check(caller, 'operator', 'go on with a release');
      const row = await rowOf(id);
      if (row.state === 'ended')
        throw new StagingError('RELEASE_ENDED', `Failed to go on with release ${id}: it has ended (${row.outcome}).`);
      if (await at.isBusy(id)) throw new StagingError('RELEASE_RUNNING', `Failed to go on with release ${id}: it is ${row.state}.`);
      await at.resume(id);
    },
    rollBack: (caller, id, why) => end(caller, id, 'rolled back', why),
    cancel: (caller, id, why) => end(caller, id, 'cancelled', why),
    alert: async (caller, { name, detail, environment }) => {
      check(caller, 'operator', 'raise an alert');
      await ports.interventions?.ask({
        kind: 'alert',
        by: name,
        at: ports.clock.now(),
        reason: detail,
        environment: environment ?? null,
        release: null,
      });
    },
    close: async () => {
      await at.close();
      await workspace.close();
    },
  };
};

const check = ({ name, roles }: Caller, role: Role, what: string): void => {
  if (!roles.includes(role))
    throw new StagingError('ROLE_MISSING', `Failed to ${what}: ${name} is ${roles.join(', ') || 'without a role'}, and only ${role} may.`);
};
