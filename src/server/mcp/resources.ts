import {
  McpError,
  type CompleteRequest,
  type CompleteResult,
  type ReadResourceResult,
  type Resource,
  type ResourceTemplate,
} from '@modelcontextprotocol/sdk/types.js';
import { explainError, StagingError } from '../../catalog/errors.js';
import type { Caller, ReleaseDesk } from '../../desk/desk-contract.js';

type Kind = { title: string; does: string; read: (desk: ReleaseDesk, caller: Caller, id: string) => Promise<unknown> };

/** What can be read about each release. */
const kinds: Record<string, Kind> = {
  blackboard: {
    title: 'Blackboard',
    does: 'Every field of the blackboard as it is now',
    read: async (desk, caller, id) => (await desk.get(caller, id)).blackboard,
  },
  report: {
    title: 'Report',
    does: 'The whole document: gates with checks and evidence, criteria, rollout, culprits, cost',
    read: (desk, caller, id) => desk.get(caller, id),
  },
  history: {
    title: 'History',
    does: 'The journal: who wrote what and when, in order, hash-chained',
    read: (desk, caller, id) => desk.journal(caller, id),
  },
};

const uriOf = (release: string, kind: string): string => `staging://releases/${release}/${kind}`;

export const urisOf = (release: string): string[] => Object.keys(kinds).map((kind) => uriOf(release, kind));

export const resourceTemplates: ResourceTemplate[] = Object.entries(kinds).map(([name, { title, does }]) => ({
  uriTemplate: uriOf('{id}', name),
  name,
  title,
  description: does,
  mimeType: 'application/json',
}));

export const listResources = async (desk: ReleaseDesk, caller: Caller): Promise<Resource[]> =>
  (await desk.list(caller, { limit: 50 })).flatMap(({ release, service, version, updatedAt }) =>
    Object.entries(kinds).map(([name, { title, does }]) => ({
      uri: uriOf(release, name),
      name: `${release}/${name}`,
      title: `${title} of ${service} ${version}`,
      description: does,
      mimeType: 'application/json',
      annotations: { lastModified: new Date(updatedAt).toISOString() },
    })),
  );

/** Throws the protocol's own error for a resource that is not there. */
export const readResource = async (uri: string, desk: ReleaseDesk, caller: Caller): Promise<ReadResourceResult> => {
  const [, id, name] = /^staging:\/\/releases\/([^/]+)\/([a-z]+)$/.exec(uri) ?? [];
  const kind = name !== undefined && Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (id === undefined || kind === undefined) throw notFound(uri, `it is none of ${Object.keys(kinds).join(', ')} of a release`);
  try {
    return { contents: [{ uri, mimeType: 'application/json', text: JSON.stringify(await kind.read(desk, caller, id), null, 2) }] };
  } catch (error) {
    if (error instanceof StagingError) throw notFound(uri, explainError(error));
    throw error;
  }
};

/** -32002 is what the protocol's specification gives to a resource that is not there; the library has no name for it. */
const notFound = (uri: string, why: string): McpError => new McpError(-32002, `Failed to read ${uri}: ${why}`);

export const completeRelease = async (
  { argument }: CompleteRequest['params'],
  desk: ReleaseDesk,
  caller: Caller,
): Promise<CompleteResult> => {
  const found = (await desk.list(caller)).flatMap(({ release }) => (release.startsWith(argument.value) ? [release] : []));
  return { completion: { values: found.slice(0, 100), total: found.length, hasMore: found.length > 100 } };
};
