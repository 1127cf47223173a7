import { commitOf } from '../tools/candidate.js';
import { droppedFeatures } from '../tools/culprit/wanted-features.js';
import { isUnchanged, patchSays } from './fix-loop.js';
import { every, required, type Settles } from './settle.js';
import { suiteResult } from './suite-result.js';

const nothingNew = 'nothing was changed since the attempt before, so the same commits would fail again';

/** Settles the feature developer's routines: integrates, tests the artifact, gives the go-ahead. */
export const featureDeveloper: Settles<'feature_developer'> = {
  'feature-development-routine': (input) => {
    const { found, attempt, request, id } = input;
    const dropped = droppedFeatures(input);
    const integration = required(found, 'integrate_features');
    const build = required(found, 'build_artifact');
    const changes = required(found, 'read_changes').data;
    const commit = commitOf(input.all, attempt) ?? integration.data.commit;
    const conflicts = integration.data.conflicts.map(({ file, branches }) => `${file} (${branches.join(', ')})`);
    const unchanged = isUnchanged(input);
    const status = integration.data.status === 'conflict' ? 'conflict' : build.data.status === 'failed' ? 'build_failed' : 'built';
    const detail = {
      built: `${request.version} with ${integration.data.features.length} features${dropped.length > 0 ? `, without ${dropped.map(({ feature }) => feature).join(' and ')},` : ''} at ${commit.slice(0, 10)}${patchSays(input)}`,
      conflict: `merge conflict in ${conflicts.join('; ')}`,
      build_failed: `the build failed: ${build.data.output.trim().split('\n').slice(-2).join('; ').replace(/\.$/, '')}`,
    }[status];
    return {
      posts: {
        ...(dropped.length > 0 && {
          dropped_features: dropped.map(({ feature, reason, digest, ...from }) => ({
            id: id('dropped', feature),
            feature,
            reason,
            attempt: from.attempt,
            evidence: [digest],
          })),
        }),
        development_changes: {
          status,
          commit,
          artifact: build.data.digest,
          files: changes.files.length,
          insertions: changes.insertions,
          deletions: changes.deletions,
          detail,
          evidence: [integration.digest, build.digest],
        },
        ...(status === 'built' && {
          feature_artifacts: integration.data.features.map(({ feature, branch, commit }) => ({
            id: id(feature, attempt),
            feature,
            branch,
            commit,
            artifact: build.data.digest,
            attempt,
            evidence: [integration.digest, build.digest],
          })),
        }),
      },
      emits: [
        status === 'built' && !unchanged
          ? { topic: 'staging/integration_testing_needed' }
          : { topic: 'staging/rollback_required', reason: unchanged ? nothingNew : detail },
      ],
      says: unchanged ? `${nothingNew}.` : status === 'built' ? `Built ${detail}.` : `Could not build: ${detail}.`,
    };
  },

  'integration-testing-routine': ({ found, attempt, id }) => {
    const results = every(found, 'run_suite').map((item) => suiteResult(item, attempt, id));
    const failed = results.reduce((sum, result) => sum + result.failed, 0);
    return {
      posts: { integration_test_results: results },
      emits: [{ topic: 'staging/environment_sync_needed' }],
      says:
        results.length === 0
          ? 'No unit or integration suite is declared.'
          : `${results.length} suites on the artifact, ${failed} failures.`,
    };
  },

  'feature-signoff-routine': ({ board, all }) => {
    const failures = board.test_failures?.length ?? 0;
    const load = every(all, 'run_load').findLast(({ args }) => args.service === undefined)?.data;
    return {
      posts: {},
      emits: [{ topic: 'staging/deployment_approved' }, { topic: 'staging/deployment_requested' }],
      says: `Handed to validation with ${failures} failing tests${load?.status === 'completed' ? ` and ${Math.round(load.throughputRps)} requests/s under load` : ''}; the gates decide.`,
    };
  },
};
