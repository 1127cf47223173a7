import assert from 'node:assert/strict';
import type { SourcePort } from '../tools/ports.js';
import { conformance, type ConformanceCase, type Skips } from './conformance.js';

export type SourceSubject = {
  port: SourcePort;
  /** A version and a feature that the repository has, and one of each that it has not. */
  version: string;
  feature: string;
  unknown: { version: string; feature: string };
  close: () => Promise<void>;
};

/** What every source adapter promises: run each case as a test. `open` gives a repository of its own to each. */
export const sourceConformance = (open: () => Promise<SourceSubject>, skips?: Skips): ConformanceCase[] =>
  conformance(
    open,
    {
      'heads name the version and every feature': async ({ port, version, feature }) => {
        const heads = await port.heads(version, [feature]);
        assert.deepEqual(Object.keys(heads).sort(), ['version', feature].sort());
        assert.ok(Object.values(heads).every((head) => head !== ''));
      },
      'a version that is not there is VERSION_UNKNOWN': async ({ port, unknown }) => {
        await assert.rejects(port.heads(unknown.version, []), { code: 'VERSION_UNKNOWN' });
      },
      'a feature that is not there is FEATURE_UNKNOWN': async ({ port, version, unknown }) => {
        await assert.rejects(port.heads(version, [unknown.feature]), { code: 'FEATURE_UNKNOWN' });
      },
      'an integration holds the features at their heads, and again it is the same commit': async ({ port, version, feature }) => {
        const plan = { releaseId: 'conformance', attempt: 1, version, features: [feature] };
        const heads = await port.heads(version, [feature]);
        const first = await port.integrate(plan);
        assert.equal(first.status, 'integrated');
        assert.deepEqual(
          first.features.map((one) => [one.feature, one.commit]),
          [[feature, heads[feature]]],
        );
        assert.equal((await port.integrate(plan)).commit, first.commit);
      },
      'a build is named by its content': async ({ port, version, feature }) => {
        const integration = await port.integrate({ releaseId: 'conformance', attempt: 1, version, features: [feature] });
        const first = await port.build(integration);
        assert.equal(first.status, 'built');
        assert.equal((await port.build(integration)).digest, first.digest);
      },
      'the artifact of a version is found again': async ({ port, version }) => {
        const first = await port.artifactOf(version);
        assert.equal(first.version, version);
        assert.deepEqual(await port.artifactOf(version), first);
      },
      'a tag can be set twice, and cleaning up twice is fine': async ({ port, version, feature }) => {
        const { commit } = await port.integrate({ releaseId: 'conformance', attempt: 1, version, features: [feature] });
        const tag = { version, commit, releaseId: 'conformance', digest: 'sha256:conformance' };
        const first = await port.tag(tag);
        assert.equal(first.commit, commit);
        assert.deepEqual(await port.tag(tag), first);
        await port.clean('conformance');
        await port.clean('conformance');
      },
    },
    skips,
  );
