import type { AgentCard, Message, SendMessageRequest, StreamResponse, Task } from '@a2a-js/sdk';
import {
  PushNotificationNotSupportedError,
  RequestMalformedError,
  TaskNotCancelableError,
  UnsupportedOperationError,
} from '@a2a-js/sdk/errors';
import type { A2ARequestHandler } from '@a2a-js/sdk/server';
import { TaskState } from '@a2a-js/sdk';
import { explainError, StagingError } from '../../catalog/errors.js';
import type { Caller, ReleaseDesk } from '../../desk/desk-contract.js';
import { standingOf } from '../standing.js';
import { artifactsOf } from './artifacts.js';
import { callerOf } from './call-context.js';
import { openConversations } from './conversations.js';
import { happenings } from './happenings.js';
import { listTasks } from './list-tasks.js';
import { asProtocolError } from './protocol-error.js';
import { readMessage, type Said } from './read-message.js';
import { isTerminal, messageOf, stateOf, statusOf, taskOf, textPart, dataPart } from './task-of.js';

/** What became of a message: words back, or a task; `refused` says why a decision was not taken while the question stays open. */
type Taken = { kind: 'message'; message: Message } | { kind: 'task'; id: string; refused?: StagingError; isNew?: true };

/**
 * The releases of a desk as tasks of the Agent2Agent protocol. A task is read from the desk whenever somebody asks, so that it is the
 * same after a restart; what is said back to a message goes through the desk, which knows who may.
 */
export const releaseTasks = (desk: ReleaseDesk, card: AgentCard, report: (id: string) => Promise<string>): A2ARequestHandler => {
  const conversations = openConversations();

  const contextOf = async (caller: Caller, id: string): Promise<string> => (await desk.get(caller, id)).request.conversation ?? id;

  const read = async (
    caller: Caller,
    id: string,
    { artifacts = true, refused }: { artifacts?: boolean; refused?: StagingError | undefined } = {},
  ): Promise<Task> => {
    const standing = await standingOf(desk, caller, id);
    const { request } = await desk.get(caller, id);
    if (standing.approval !== null) conversations.show(caller.name, id, standing.approval.digest);
    const task = taskOf(standing, request.conversation ?? id, request.text);
    if (refused !== undefined) task.status = statusOf(standing, task.contextId, refused);
    if (artifacts && isTerminal(standing.release)) task.artifacts = await artifactsOf(desk, caller, id, report);
    return task;
  };

  const take = async ({ message }: SendMessageRequest, caller: Caller): Promise<Taken> => {
    if (!message?.messageId) throw new RequestMalformedError('message.messageId is required.');
    const said = readMessage(message);
    if (message.taskId !== '') return inTask(message, said, caller);
    const contextId = conversations.contextOf(message.contextId);
    const [about] = message.referenceTaskIds;
    if (said.kind === 'question') return words(await desk.ask(caller, said.text, about), { contextId, taskId: '' });
    if (said.kind !== 'request')
      throw new RequestMalformedError('A decision is about one task: send it with the taskId of a task that is input-required.');
    return begin(said.text, contextId, caller);
  };

  /** An answer completes the sentence that was unclear; where it does not, it may be a sentence of its own. */
  const begin = async (text: string, contextId: string, caller: Caller): Promise<Taken> => {
    const of = { contextId, taskId: '' };
    const askBack = ({ question, choices }: { question: string; choices: string[] }): Taken =>
      words({ text: [question, ...choices.map((choice) => `- ${choice}`)].join('\n'), question, choices }, of);
    try {
      const { reading, sentence, open } = await desk.hear(caller, conversations.open(caller.name, contextId), text);
      conversations.askedBack(caller.name, contextId, open);
      if ('question' in reading) return askBack(reading);
      const requested = await desk.request(caller, sentence, { conversation: contextId });
      if (requested.kind === 'unclear') return askBack(requested);
      conversations.understood(caller.name, contextId);
      return { kind: 'task', id: requested.release, isNew: true };
    } catch (error) {
      if (!(error instanceof StagingError) || error.code === 'ROLE_MISSING') throw error;
      conversations.understood(caller.name, contextId);
      const { code, message, remedy } = error;
      return words({ text: explainError(error), error: { code, message, remedy } }, of);
    }
  };

  const inTask = async (message: Message, said: Said, caller: Caller): Promise<Taken> => {
    const { release } = await standingOf(desk, caller, message.taskId);
    const [id, contextId] = [release.release, await contextOf(caller, release.release)];
    if (message.contextId !== '' && message.contextId !== contextId)
      throw new RequestMalformedError(`Task ${id} belongs to context ${contextId}, not to ${message.contextId}.`);
    if (isTerminal(release))
      throw new UnsupportedOperationError(
        `Task ${id} has ended. Ask about it in a message without a taskId that names it in referenceTaskIds.`,
      );
    switch (said.kind) {
      case 'data':
      case 'decision':
      case 'unclear':
        return decide(id, message, caller);
      case 'move':
        await moves[said.move](caller, id, said.text);
        return { kind: 'task', id };
      case 'request':
        if ((await desk.question(caller, id)) !== null) return decide(id, message, caller); // whatever answers a question that is open is read as an answer
        return words(await desk.ask(caller, said.text, id), { contextId, taskId: id });
      case 'question':
        return words(await desk.ask(caller, said.text, id), { contextId, taskId: id });
    }
  };

  const moves = {
    rollback: (caller: Caller, id: string, text: string) => desk.rollBack(caller, id, text),
    cancel: (caller: Caller, id: string, text: string) => desk.cancel(caller, id, text),
    resume: (caller: Caller, id: string) => desk.resume(caller, id),
  };

  /** Where the answer names no question, it is for the one that this caller was shown last. */
  const decide = async (id: string, message: Message, caller: Caller): Promise<Taken> => {
    try {
      await desk.decide(caller, id, message, conversations.shown(caller.name, id));
      return { kind: 'task', id };
    } catch (error) {
      if (error instanceof StagingError) return { kind: 'task', id, refused: error };
      throw error;
    }
  };

  async function* follow(caller: Caller, id: string, after?: number): AsyncGenerator<StreamResponse, void, undefined> {
    const contextId = await contextOf(caller, id);
    const named = { taskId: id, contextId };
    for await (const { sequence, agent, routine, kind, text, at } of happenings(desk, id, after)) {
      const message = messageOf([textPart(`${agent}: ${text}`)], named, `event-${sequence}`);
      const status = { state: TaskState.TASK_STATE_WORKING, message, timestamp: new Date(at).toISOString() };
      yield { payload: { $case: 'statusUpdate', value: { ...named, status, metadata: { sequence, agent, routine, kind } } } };
    }
    const { artifacts, status } = await read(caller, id);
    for (const artifact of artifacts)
      yield { payload: { $case: 'artifactUpdate', value: { ...named, artifact, append: false, lastChunk: true, metadata: undefined } } };
    yield { payload: { $case: 'statusUpdate', value: { ...named, status, metadata: undefined } } };
  }

  const noPush = () => Promise.reject(new PushNotificationNotSupportedError());

  return {
    getAgentCard: () => Promise.resolve(card),
    getAuthenticatedExtendedAgentCard: () => Promise.reject(new UnsupportedOperationError('There is no other card than the public one.')),
    sendMessage: (params, context) =>
      answering(async () => {
        const caller = callerOf(context);
        const taken = await take(params, caller);
        if (taken.kind === 'message') return taken.message;
        if (taken.refused === undefined && params.configuration?.returnImmediately !== true) await desk.settled(taken.id);
        return cut(await read(caller, taken.id, taken), params.configuration?.historyLength);
      }),
    sendMessageStream: (params, context) =>
      streaming(async function* () {
        const caller = callerOf(context);
        const { to } = desk.span();
        const taken = await take(params, caller);
        if (taken.kind === 'message') return yield { payload: { $case: 'message', value: taken.message } };
        const task = cut(await read(caller, taken.id, { ...taken, artifacts: false }), params.configuration?.historyLength);
        yield { payload: { $case: 'task', value: task } };
        if (taken.refused === undefined) yield* follow(caller, taken.id, taken.isNew ? 0 : to);
      }),
    getTask: ({ id, historyLength }, context) => answering(async () => cut(await read(callerOf(context), id), historyLength)),
    listTasks: (params, context) =>
      answering(async () => {
        const caller = callerOf(context);
        const ids = (await desk.list(caller, { limit: Infinity })).map(({ release }) => release);
        const page = await listTasks(params, ids, (id) => read(caller, id, { artifacts: params.includeArtifacts ?? false }));
        return { ...page, tasks: page.tasks.map((task) => cut(task, params.historyLength)) };
      }),
    cancelTask: ({ id, metadata }, context) =>
      answering(async () => {
        const caller = callerOf(context);
        const { release } = await standingOf(desk, caller, id);
        if (stateOf(release) !== TaskState.TASK_STATE_CANCELED) {
          await desk.cancel(caller, id, typeof metadata?.['reason'] === 'string' ? metadata['reason'] : 'asked for over A2A');
          const after = await desk.settled(id);
          if (stateOf(after) !== TaskState.TASK_STATE_CANCELED)
            throw new TaskNotCancelableError(
              `Task ${id} had gone too far to be cancelled: ${after.outcome ?? after.state}. ${after.reason}`,
            );
        }
        return read(caller, id);
      }),
    resubscribe: ({ id }, context) =>
      streaming(async function* () {
        const caller = callerOf(context);
        const { release } = await standingOf(desk, caller, id);
        if (isTerminal(release)) throw new UnsupportedOperationError(`Task ${id} has ended: get it instead.`);
        yield { payload: { $case: 'task', value: await read(caller, id) } };
        yield* follow(caller, id);
      }),
    createTaskPushNotificationConfig: noPush,
    getTaskPushNotificationConfig: noPush,
    listTaskPushNotificationConfigs: noPush,
    deleteTaskPushNotificationConfig: noPush,
  };
};

const words = ({ text, ...data }: { text: string; [key: string]: unknown }, of: { contextId: string; taskId: string }): Taken => ({
  kind: 'message',
  message: messageOf([textPart(text), dataPart(data)], of, crypto.randomUUID()),
});

/** What the protocol asks of `historyLength`: none for 0, else the newest. */
const cut = (task: Task, length: number | undefined): Task =>
  length === undefined ? task : { ...task, history: length <= 0 ? [] : task.history.slice(-length) };

const answering = async <T>(answer: () => T | Promise<T>): Promise<T> => {
  try {
    return await answer();
  } catch (error) {
    throw asProtocolError(error);
  }
};

async function* streaming(stream: () => AsyncGenerator<StreamResponse, void, undefined>): AsyncGenerator<StreamResponse, void, undefined> {
  try {
    yield* stream();
  } catch (error) {
    throw asProtocolError(error);
  }
}
