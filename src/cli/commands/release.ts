import { isGraphDrained } from '@langchain/langgraph';
import { confirm, isCancel, select, text } from '@clack/prompts';
import { StagingError } from '../../catalog/errors.js';
import type { ApprovalQuestion } from '../../graph/approval-question.js';
import { signatureRefused } from '../../gates/sign-off.js';
import { randomBytes } from 'node:crypto';
import { exitCodeOf, releaseDocument, type ReleaseDocument } from '../../desk/document.js';
import { begin, drive, goOn, mark, revive, type Answer, type Input, type Stop } from '../../desk/drive.js';
import type { ReleaseLine } from '../../desk/line-contract.js';
import { readRequest } from '../../desk/read-request.js';
import type { ReleaseRow } from '../../blackboard/store.js';
import type { ReleaseRequest } from '../../catalog/request.js';
import { openOutput, type Output } from '../output.js';
import { whereOf } from '../where.js';
import { openActiveWorkspace, type ActiveWorkspace, type ReadingWorkspace } from '../../desk/active-workspace.js';
import { stoppingOnSignals, type Stopping } from '../signals.js';
import { describeRelease, type Standing } from '../describe.js';
import { followed } from '../follow-shared.js';
import { errorTable, type ErrorCode } from '../../catalog/errors.js';

export type CommonOptions = { config?: string; stateDir?: string; json?: boolean; database?: string };
export type ReleaseOptions = CommonOptions & { model?: string; approveAs?: string; dryRun?: boolean };

/** `release "<request>"`: reads the sentence, takes the release as far as it goes, ends with the document and its exit code. */
export const release = async (sentence: string, options: ReleaseOptions): Promise<number> => {
  const output = outputOf(options);
  return inActiveWorkspace(options, output, async (workspace, stopping) => {
    const reading = await readRequest(workspace, sentence, { preApprovedBy: options.approveAs ?? null });
    if ('question' in reading)
      throw new StagingError('REQUEST_UNCLEAR', `Failed to understand the request: ${reading.question}`, {
        remedy: reading.sentences.length === 0 ? '' : `Say one of: ${reading.sentences.map((one) => `"${one}"`).join(', ')}.`,
      });
    const { request } = reading;
    const unsigned = request.preApprovedBy === null ? null : signatureRefused(request.preApprovedBy, workspace.config, null);
    if (unsigned !== null) throw new StagingError('NOT_AN_APPROVER', `Failed to sign the approval beforehand: ${unsigned}.`);
    announce(output, workspace, options);
    if (request.preApprovedBy !== null)
      output.say(`The approval gate is signed beforehand by ${request.preApprovedBy}; the journal records it as such.`);
    const id = randomBytes(4).toString('hex');
    if (workspace.shared !== null) {
      const row = newRow(id, request, workspace.ports.clock.now(), options);
      return finish(
        workspace,
        output,
        id,
        await followed(workspace, output, { id, simulated: options.dryRun ?? false }, asker(output), (line) => line.enqueue(row)),
      );
    }
    return driven(workspace, output, id, begin(request), stopping);
  });
};

/**
 * `resume ID`: goes on after a crash, a stop, a limit that was raised, or a hold. One that has ended is told as it ended, with its exit code: so
 * whoever resumes until the end learns which end it was, also where the process died right behind it.
 */
export const resume = (id: string, options: ReleaseOptions): Promise<number> =>
  act(id, options, { here: (_, workspace) => goOn(workspace, id), shared: (line) => line.resume(id), tellsEnd: true });

/** What a person does to a release: to the graph of this process, or where workers take it through. */
export type Move = {
  here: (state: Stop['state'], workspace: ActiveWorkspace) => Input | Promise<Input>;
  shared: (line: ReleaseLine, workspace: ActiveWorkspace, row: ReleaseRow) => Promise<void>;
  /** Where the release has ended there is nothing left to do, and that is no error. */
  tellsEnd?: boolean;
};

export const act = async (id: string, options: ReleaseOptions, move: Move): Promise<number> => {
  const output = outputOf(options);
  return inActiveWorkspace(options, output, async (workspace, stopping) => {
    const row = await workspace.store.release(id);
    if (row?.state === 'ended' && move.tellsEnd === true) {
      output.say(`Release ${id} has ended: there is nothing to go on with.`);
      return finish(workspace, output, id, { kind: 'ended' });
    }
    if (workspace.shared !== null) {
      if (row === null) throw new StagingError('RELEASE_UNKNOWN', `Failed to find release ${id}: the database has none of that id.`);
      return finish(
        workspace,
        output,
        id,
        await followed(workspace, output, { id, simulated: options.dryRun ?? false }, asker(output), (line) =>
          move.shared(line, workspace, row),
        ),
      );
    }
    const state = await revive(workspace, id);
    announce(output, workspace, options);
    const next = await move.here(state, workspace);
    await mark(workspace, id, { state: 'running', outcome: null, reason: '' });
    return driven(workspace, output, id, next, stopping);
  });
};

/** Takes it as far as it goes, or until this process is asked to end: then it waits for `resume`. */
const driven = async (workspace: ActiveWorkspace, output: Output, id: string, input: Input, stopping: Stopping): Promise<number> => {
  try {
    return await finish(workspace, output, id, await drive(workspace, id, input, asker(output), { control: stopping.control }));
  } catch (error) {
    const asked = stopping.asked();
    if (!isGraphDrained(error) || asked === null) throw error;
    const reason = `stopped (${asked.signal}): what had begun is finished, and \`langgraph-staging resume ${id}\` goes on from there`;
    await mark(workspace, id, { state: 'waiting', outcome: 'stopped', reason });
    if ((await workspace.store.release(id)) !== null) await finish(workspace, output, id, { kind: 'halted', code: 'STOPPING', reason });
    return asked.exitCode;
  }
};

const outputOf = (options: ReleaseOptions): Output =>
  openOutput({ json: options.json ?? false, simulated: options.dryRun ?? false, where: whereOf(options) });

const newRow = (id: string, request: ReleaseRequest, at: number, { model = 'runbook', dryRun = false }: ReleaseOptions): ReleaseRow => ({
  ...{ id, request, state: 'queued', outcome: null, reason: '', model, simulated: dryRun, createdAt: at, updatedAt: at },
});

const inActiveWorkspace = async (
  options: ReleaseOptions,
  output: Output,
  work: (workspace: ReadingWorkspace, stopping: Stopping) => Promise<number>,
): Promise<number> => {
  const workspace = await openActiveWorkspace({ ...options, progress: output.progress });
  const stopping = stoppingOnSignals(workspace, output);
  const [worked] = await Promise.allSettled([work(workspace, stopping)]);
  stopping.done();
  const [closed] = await Promise.allSettled([workspace.close()]);
  if (worked.status === 'rejected') throw worked.reason; // what broke first is what is told
  if (closed.status === 'rejected') throw closed.reason;
  return worked.value;
};

const announce = (output: Output, workspace: ActiveWorkspace, options: ReleaseOptions): void => {
  if (options.dryRun) output.say('This is the simulated world: nothing real is deployed, tested or measured.');
  if ((options.model ?? 'runbook') === 'runbook')
    output.say('The built-in runbook is at work, not a language model (--model openai:NAME uses one).');
  const { soakMs } = workspace.config.stability;
  if (soakMs < 24 * 3_600_000) output.say(`Stability is observed for ${soakMs / 1_000} s instead of 24 h, set by the policy.`);
};

const finish = async (workspace: ActiveWorkspace, output: Output, id: string, stop: Standing): Promise<number> => {
  const row = await workspace.store.release(id);
  if (!row) throw new StagingError('RELEASE_UNKNOWN', 'Failed to find the release that was just run.');
  const document = await releaseDocument(row, workspace.store, workspace.config);
  const waiting = stop.kind === 'waiting' ? { waiting: stop.question, outcome: 'held' as const } : {};
  const halted = stop.kind === 'halted' ? { halted: { code: stop.code, reason: stop.reason } } : {};
  if (output.json) output.result(JSON.stringify({ ...document, ...waiting, ...halted }, null, 2));
  else output.result(describeRelease(document, stop, output.where));
  return exitOf(stop, document);
};

const exitOf = (stop: Standing, document: ReleaseDocument): number => {
  if (stop.kind === 'waiting') return 3;
  const code = stop.kind === 'halted' ? stop.code : null;
  const row = code !== null && code in errorTable ? errorTable[code as ErrorCode] : null; // the line before asks whether it is one
  if (row) return row.exit;
  return exitCodeOf(document.outcome, { target: document.request.target, ready: document.blackboard['production_ready'] === true, code });
};

/** On a terminal a person is asked; elsewhere the release waits, and says how to answer. */
const asker =
  (output: Output) =>
  async (question: ApprovalQuestion): Promise<Answer | null> => {
    if (!process.stdin.isTTY || !process.stderr.isTTY || output.json) return null;
    const shown = { output: process.stderr };
    output.say(
      `\n${question.question}\n  gates: ${question.gates.map((one) => `${one.gate} ${one.outcome}`).join(', ')}\n  risks: ${question.risks.join('; ') || 'none known'}\n  way back: ${question.rollback}${question.note === '' ? '' : `\n  asked again: ${question.note}`}`,
    );
    const by = await select({
      message: 'Who decides?',
      options: [...question.approvers.map((name) => ({ value: name, label: name })), { value: '', label: 'nobody now: let it wait' }],
      ...shown,
    });
    if (isCancel(by) || by === '') return null;
    const approved = await confirm({ message: question.question, ...shown });
    if (isCancel(approved)) return null;
    if (approved) return { decision: 'approved', by, comment: '' };
    const comment = await text({ message: 'Why not?', ...shown });
    return { decision: 'rejected', by, comment: isCancel(comment) ? '' : (comment ?? '') };
  };
