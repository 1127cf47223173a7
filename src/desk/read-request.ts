import type { ReleaseRequest } from '../catalog/request.js';
import { parseRequest } from '../graph/parse-request.js';
import type { ActiveWorkspace } from './workspace.js';

type Who = { preApprovedBy: string | null; requestedBy?: string; conversation?: string };
type Reading = { request: ReleaseRequest } | { question: string; choices: string[] };

/** A sentence as a request for something that is there, or a question. Throws VERSION_UNKNOWN, FEATURE_UNKNOWN, REPOSITORY_DIRTY. */
export const readRequest = async ({ config, ports }: ActiveWorkspace, sentence: string, who: Who): Promise<Reading> => {
  const { preApprovedBy, ...requester } = who;
  const reading = parseRequest(sentence, { config, preApprovedBy });
  if ('question' in reading) return { ...reading, choices: [] };
  await ports.source.heads(reading.request.version, reading.request.features);
  return { request: { ...reading.request, ...requester } };
};
