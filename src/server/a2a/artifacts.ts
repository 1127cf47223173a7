import type { Artifact, Part } from '@a2a-js/sdk';
import type { Caller, ReleaseDesk } from '../../desk/desk-contract.js';
import { evidenceBundle } from '../evidence-bundle.js';
import { dataPart, htmlPart } from './task-of.js';

/** What a release leaves behind: the evidence bundle for programs, and the report for people. */
export const artifactsOf = (desk: ReleaseDesk, caller: Caller, id: string): Artifact[] => {
  const bundle = evidenceBundle(desk, caller, id);
  return [artifact(id, 'evidence', 'Every verdict with its evidence, and the whole journal', dataPart(bundle))];
};

const artifact = (release: string, name: string, description: string, part: Part): Artifact => ({
  ...{ artifactId: `${release}:${name}`, name, description, parts: [part] },
  ...{ metadata: undefined, extensions: [] },
});
