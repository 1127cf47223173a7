import type { SuiteConfig } from '../../catalog/config.js';
import type { ToolResult } from '../../catalog/tools.js';
import { missingOf } from '../../gates/development.js';
import { commitOf, newest } from '../candidate.js';
import type { TestingPort, Workspace } from '../ports.js';
import type { ToolContext } from '../run-tool.js';
import { kindOfFile } from './kind-of-file.js';

type Check = ToolResult<'check_development'>;
type Counts = Check['suites'][number]['after'];
type Tree = Awaited<ReturnType<Workspace['tryBuild']>>;

/**
 * Measures what was developed for a feature that the request only describes. Each unit and integration suite is run three times: before,
 * with the feature, and with its tests but without it, where a test that shows the feature cannot pass.
 */
export const checkDevelopment = async (context: ToolContext): Promise<Check> => {
  const { config, ports, request } = context;
  const nothing: Check = {
    described: false,
    commit: '',
    missing: [],
    files: { source: [], tests: [], docs: [], changelog: [] },
    suites: [],
  };
  const integration = newest(context, 'integrate_features')?.data;
  if (request.develop === undefined) return nothing;
  if (integration?.status !== 'integrated') return { ...nothing, described: true, missing: ['nothing is integrated to develop it on'] };
  const began = integration.workFrom ?? integration.commit;
  const workspace = await ports.source.workspace(integration.worktree);
  const files: Check['files'] = { source: [], tests: [], docs: [], changelog: [] };
  for (const path of await workspace.editedSince(began)) files[kindOfFile(path)].push(path);
  const declared = config.suites.filter(({ kind }) => kind === 'unit' || kind === 'integration');
  const suites =
    files.tests.length > 0
      ? await threeTimes(declared, { workspace, began, tests: files.tests }, context)
      : declared.map(({ name }) => ({ suite: name, before: none, without: none, after: none }));
  const commit = commitOf(context.all, context.attempt) ?? integration.commit;
  return { described: true, commit, files, suites, missing: missingOf({ files, suites }) };
};

type Work = { workspace: Workspace; began: string; tests: readonly string[] };

const threeTimes = async (declared: readonly SuiteConfig[], { workspace, began, tests }: Work, { ports, request }: ToolContext) => {
  const run = async (tree: Tree): Promise<Counts[]> => {
    const counts: Counts[] = [];
    for (const suite of declared) counts.push(await countsOf(suite, tree, request.version, ports.testing));
    return counts;
  };
  const before = await run(await workspace.tryBuild({ commit: began, files: [] }));
  const without = await run(await workspace.tryBuild({ commit: began, files: tests }));
  const after = await run(await workspace.tryBuild());
  return declared.map(({ name }, place) => ({
    suite: name,
    before: before[place] ?? none,
    without: without[place] ?? none,
    after: after[place] ?? none,
  }));
};

const none: Counts = { status: 'not_run', reason: '', total: 0, failed: 0, skipped: 0 };

const countsOf = async (suite: SuiteConfig, tree: Tree, version: string, testing: TestingPort): Promise<Counts> => {
  if ('failed' in tree) return { ...none, status: 'errored', reason: `the build failed: ${tree.failed.trim().split('\n').at(-1) ?? ''}` };
  const artifact = { version, digest: '', path: tree.path };
  const { status, reason, total, failed, skipped } = await testing.runSuite(suite, { target: 'artifact', artifact, url: null });
  return { status, reason, total, failed, skipped };
};
