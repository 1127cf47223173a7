import type { ReleaseRequest } from '../catalog/request.js';
import { parseRequest } from '../graph/parse-request.js';
import type { Question, RequestContext } from '../graph/request/draft.js';
import { knownTo } from '../graph/request/known.js';
import type { ActiveWorkspace } from './workspace.js';

type Who = { preApprovedBy: string | null; requestedBy?: string; conversation?: string };
type Read = { request: ReleaseRequest; notes: string[] } | Question;

/** A sentence as a request for something that is there, or a question. Throws VERSION_UNKNOWN, FEATURE_UNKNOWN, REPOSITORY_DIRTY. */
export const readRequest = async (workspace: ActiveWorkspace, sentence: string, who: Who): Promise<Read> => {
  const { preApprovedBy, ...requester } = who;
  const reading = parseRequest(sentence, await contextOf(workspace, preApprovedBy));
  if ('question' in reading) return reading;
  const { request, notes } = reading;
  await workspace.ports.source.heads(request.version, request.features);
  return { request: { ...request, ...requester }, notes };
};

/** What a sentence is read against now. Throws REPOSITORY_MISSING. */
export const contextOf = async ({ config, ports, store }: ActiveWorkspace, preApprovedBy: string | null): Promise<RequestContext> => ({
  config,
  preApprovedBy,
  ...(await knownTo(store, config, ports.clock.now())),
  versions: await ports.source.versions(),
});
