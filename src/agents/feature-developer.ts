import type { Board } from '../catalog/fields.js';
import type { ToolResult } from '../catalog/tools.js';
import { missingOf } from '../gates/development.js';
import { commitOf } from '../tools/candidate.js';
import { droppedFeatures } from '../tools/culprit/wanted-features.js';
import { isUnchanged, patchSays } from './fix-loop.js';
import { every, latest, required, type Settles } from './settle.js';
import { suiteResult } from './suite-result.js';

const nothingNew = 'nothing was changed since the attempt before, so the same commits would fail again';

/** What the runbook says of a feature that is only described. */
const runbookCannot = 'The runbook writes no code: give a language model with --model, or push the feature as a branch and name it';

const statusOf = (
  integrated: ToolResult<'integrate_features'>['status'],
  missing: readonly string[],
  built: ToolResult<'build_artifact'>['status'],
): NonNullable<Board['development_changes']>['status'] =>
  integrated === 'conflict' ? 'conflict' : missing.length > 0 ? 'not_developed' : built === 'failed' ? 'build_failed' : 'built';

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
    const check = latest(found, 'check_development')?.data;
    const missing = request.develop === undefined ? [] : check === undefined ? ['it was not checked'] : missingOf(check);
    const status = statusOf(integration.data.status, missing, build.data.status);
    const detail = {
      built: `${request.version} with ${integration.data.features.length} features${request.develop === undefined ? '' : ` and "${request.develop}"`}${dropped.length > 0 ? `, without ${dropped.map(({ feature }) => feature).join(' and ')},` : ''} at ${commit.slice(0, 10)}${patchSays(input)}`,
      not_developed: `"${request.develop ?? ''}" is not integrated: ${missing.join('; ')}${input.canEdit ? '' : `. ${runbookCannot}`}`,
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
          feature_artifacts: [
            ...integration.data.features,
            ...(build.data.integrated ?? []).flatMap(({ features }) => features),
            ...(request.develop === undefined ? [] : [{ feature: request.develop, branch: integration.data.branch, commit }]),
          ].map(({ feature, branch, commit }) => ({
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
