import type { Artifact, Part } from '@a2a-js/sdk';
import type { Caller, ReleaseDesk } from '../../desk/desk-contract.js';
import { evidenceBundle } from '../evidence-bundle.js';
import { dataPart, htmlPart } from './task-of.js';

/** What a release leaves behind: the report for people, and the evidence bundle for programs. */
export const artifactsOf = async (
  desk: ReleaseDesk,
  caller: Caller,
  id: string,
  report: (id: string) => Promise<string>,
): Promise<Artifact[]> => [
  artifact(
    id,
    'report',
    'One self-contained page: gates, charts, tests, rollout, timeline',
    htmlPart(await report(id), `release-${id}.html`),
  ),
  artifact(id, 'evidence', 'Every verdict with its evidence, and the whole journal', dataPart(await evidenceBundle(desk, caller, id))),
];

const artifact = (release: string, name: string, description: string, part: Part): Artifact => ({
  ...{ artifactId: `${release}:${name}`, name, description, parts: [part] },
  ...{ metadata: undefined, extensions: [] },
});
