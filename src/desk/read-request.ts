import { digestOf } from '../blackboard/digest.js';
import type { ReleaseRequest } from '../catalog/request.js';
import type { Question, RequestContext } from '../graph/request/draft.js';
import { knownTo } from '../graph/request/known.js';
import { sentencesOf, type Heard } from '../graph/request/read-conversation.js';
import { hearWith, rewordWith } from '../graph/request/read-with-model.js';
import { doorsOf } from '../tools/candidate.js';
import type { ActiveWorkspace, ReadingWorkspace } from './active-workspace.js';

type Who = { preApprovedBy: string | null; requestedBy?: string; conversation?: string };
type Read = { request: ReleaseRequest; notes: string[] } | (Question & { sentences: string[] });

/** A sentence as a request for something that is there, or a question. Throws VERSION_UNKNOWN, FEATURE_UNKNOWN, REPOSITORY_DIRTY. */
export const readRequest = async (workspace: ReadingWorkspace, sentence: string, who: Who): Promise<Read> => {
  const { preApprovedBy, ...requester } = who;
  const { reading, open } = await hearRequest(workspace, null, sentence, preApprovedBy);
  if ('question' in reading) return { ...reading, sentences: sentencesOf(open) };
  const { request, notes } = reading;
  await workspace.ports.source.heads(request.version, request.features);
  for (const { service, version, features = [] } of request.services ?? [])
    await doorsOf(workspace.ports, service).source.heads(version, features);
  return { request: { ...request, ...requester }, notes };
};

/**
 * One more message of a conversation. What it costs to have it reworded is paid for under the words themselves: no release has begun.
 * Throws REPOSITORY_MISSING.
 */
export const hearRequest = async (
  workspace: ReadingWorkspace,
  open: Heard['open'],
  text: string,
  preApprovedBy: string | null = null,
): Promise<Heard> => {
  const id = `request-${digestOf([...(open?.said ?? []), text]).slice('sha256:'.length, 'sha256:'.length + 16)}`;
  return hearWith(open, text, await contextOf(workspace, preApprovedBy), rewordWith({ ...workspace, id }));
};

/** What a sentence is read against now. */
const contextOf = async ({ config, ports, store }: ActiveWorkspace, preApprovedBy: string | null): Promise<RequestContext> => ({
  config,
  preApprovedBy,
  ...(await knownTo(store, config, ports.clock.now())),
  versions: await ports.source.versions(),
});
