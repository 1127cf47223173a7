import { TaskState, type ListTasksRequest, type ListTasksResponse, type Task } from '@a2a-js/sdk';
import { RequestMalformedError } from '@a2a-js/sdk/errors';

/** One page of tasks, newest first; a page token is the number of tasks before it. */
export const listTasks = async (
  params: ListTasksRequest,
  ids: readonly string[],
  read: (id: string) => Promise<Task>,
): Promise<ListTasksResponse> => {
  const { pageSize = 50, pageToken, contextId, status, statusTimestampAfter } = params;
  if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > 100) throw new RequestMalformedError('pageSize must be between 1 and 100.');
  const from = pageToken === '' ? 0 : Number(pageToken);
  if (!Number.isInteger(from) || from < 0) throw new RequestMalformedError(`pageToken ${pageToken} is none of this server.`);
  const after = statusTimestampAfter ? Date.parse(statusTimestampAfter) : -Infinity;
  if (Number.isNaN(after)) throw new RequestMalformedError('statusTimestampAfter must be an ISO 8601 time.');
  const wanted = (await Promise.all(ids.map(read)))
    .filter((task) => !contextId || task.contextId === contextId)
    .filter((task) => status === TaskState.TASK_STATE_UNSPECIFIED || task.status?.state === status)
    .filter((task) => Date.parse(task.status?.timestamp ?? '') > after);
  const tasks = wanted.slice(from, from + pageSize);
  const nextPageToken = from + pageSize < wanted.length ? `${from + pageSize}` : '';
  return { tasks, nextPageToken, pageSize: tasks.length, totalSize: wanted.length };
};
