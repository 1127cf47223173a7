import { Role, TaskState, type Message, type Part, type Task, type TaskStatus } from '@a2a-js/sdk';
import type { ReleaseSummary } from '../../desk/desk-contract.js';
import { explainError, type StagingError } from '../../catalog/errors.js';
import { describeStanding, type Standing } from '../standing.js';

/** An approval is asked of the client, so its task is `input-required`: it has not completed, and it has not failed. */
export const stateOf = ({ state, waitingFor, outcome, reason }: ReleaseSummary): TaskState => {
  if (state === 'queued') return TaskState.TASK_STATE_SUBMITTED;
  if (state === 'running') return TaskState.TASK_STATE_WORKING;
  if (state === 'waiting') return waitingFor === 'soak' ? TaskState.TASK_STATE_WORKING : TaskState.TASK_STATE_INPUT_REQUIRED;
  if (reason.startsWith('cancelled')) return TaskState.TASK_STATE_CANCELED;
  return outcome === null ? TaskState.TASK_STATE_FAILED : ended[outcome];
};

/** A release to staging alone ends `held`: ready, and promoted by nobody, which is what was asked for. */
const ended = {
  promoted: TaskState.TASK_STATE_COMPLETED,
  held: TaskState.TASK_STATE_COMPLETED,
  rejected: TaskState.TASK_STATE_REJECTED,
  rolled_back: TaskState.TASK_STATE_FAILED,
  stopped: TaskState.TASK_STATE_FAILED,
  errored: TaskState.TASK_STATE_FAILED,
} as const;

export const isTerminal = (release: ReleaseSummary): boolean => release.state === 'ended';

/** The task of a release as the desk tells it now: there is no second record of it. */
export const taskOf = (standing: Standing, contextId: string, asked: string): Task => ({
  id: standing.release.release,
  contextId,
  status: statusOf(standing, contextId),
  artifacts: [],
  history: [{ ...messageOf([textPart(asked)], { contextId, taskId: standing.release.release }, 'asked'), role: Role.ROLE_USER }],
  metadata: { simulated: standing.release.simulated, requestedBy: standing.release.requestedBy },
});

/** `refused`: why the last answer was none; the question that is open stands beside it. */
export const statusOf = (standing: Standing, contextId: string, refused?: StagingError): TaskStatus => {
  const { release, approval } = standing;
  const text = [...(refused === undefined ? [] : [explainError(refused)]), describeStanding(standing)].join('\n');
  const parts = [textPart(text), ...(approval === null ? [] : [dataPart(approval)])];
  const { code, message, remedy } = refused ?? {};
  return {
    state: stateOf(release),
    message: {
      ...messageOf(parts, { contextId, taskId: release.release }, `${release.state}-${release.updatedAt}`),
      metadata: refused === undefined ? undefined : { error: { code, message, remedy } },
    },
    timestamp: new Date(release.updatedAt).toISOString(),
  };
};

/** `name` tells messages of one task apart; the same state has the same id whenever it is asked for. */
export const messageOf = (parts: Part[], { contextId, taskId }: { contextId: string; taskId: string }, name: string): Message => ({
  messageId: `${taskId || contextId}:${name}`,
  ...{ contextId, taskId, role: Role.ROLE_AGENT, parts },
  ...{ metadata: undefined, extensions: [], referenceTaskIds: [] },
});

export const textPart = (value: string): Part => part({ $case: 'text', value }, 'text/plain');
export const dataPart = (value: unknown): Part => part({ $case: 'data', value }, 'application/json');
export const htmlPart = (value: string, filename: string): Part => ({ ...part({ $case: 'text', value }, 'text/html'), filename });

const part = (content: NonNullable<Part['content']>, mediaType: string): Part => ({
  content,
  mediaType,
  filename: '',
  metadata: undefined,
});
