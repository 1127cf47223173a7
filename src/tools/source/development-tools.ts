import type { Workspace } from '../ports.js';
import { newest } from '../candidate.js';
import { checkDevelopment } from './check-development.js';
import type { ToolContext, ToolTable } from '../run-tool.js';

/**
 * The tools with which a model works in the worktree of this attempt. They reach what was integrated and is not built yet: an artifact
 * is what its gates have seen, so nothing is edited behind it.
 */
export const developmentTools: ToolTable<'read_file' | 'search_files' | 'edit_file' | 'run_tests' | 'check_development'> = {
  read_file: async (args, context) => {
    const { path, fromLine } = args;
    const workspace = await workspaceOf(context);
    return typeof workspace === 'string' ? { ...refused(workspace), path, fromLine, totalLines: 0, text: '' } : workspace.read(args);
  },
  search_files: async (args, context) => {
    const workspace = await workspaceOf(context);
    return typeof workspace === 'string' ? { ...refused(workspace), matches: [], more: false } : workspace.search(args);
  },
  edit_file: async (args, context) => {
    const { by, releaseId } = context;
    const built = newest(context, 'build_artifact')?.data.status === 'built';
    const workspace = built ? 'the artifact of this attempt is built' : await workspaceOf(context);
    return typeof workspace === 'string'
      ? { ...refused(workspace), path: args.path, commit: '', by, diff: '' }
      : workspace.edit(args, { by, releaseId });
  },
  check_development: (_, context) => checkDevelopment(context),
  run_tests: async ({ suite: name }, context) => {
    const { config, ports, request } = context;
    const suite = config.suites.find((one) => one.name === name);
    const nothing = { suite: name, kind: suite?.kind ?? null, total: 0, passed: 0, failed: 0, failures: [], output: '' };
    const declared = config.suites.filter(({ kind }) => kind === 'unit' || kind === 'integration');
    if (suite === undefined || !declared.includes(suite))
      return { ...nothing, status: 'not_run', reason: `here run: ${declared.map((one) => one.name).join(', ') || 'no suite'}` };
    const workspace = await workspaceOf(context);
    if (typeof workspace === 'string') return { ...nothing, status: 'not_run', reason: workspace };
    const built = await workspace.tryBuild();
    if ('failed' in built) return { ...nothing, status: 'errored', reason: 'the build failed', output: built.failed };
    const artifact = { version: request.version, digest: '', path: built.path };
    return ports.testing.runSuite(suite, { target: 'artifact', artifact, url: null });
  },
};

const refused = (reason: string) => ({ status: 'refused' as const, reason });

/** The worktree of this attempt, or why there is none to work in. */
const workspaceOf = async (context: ToolContext): Promise<Workspace | string> => {
  const integration = newest(context, 'integrate_features')?.data;
  if (integration === undefined) return 'nothing is integrated yet: call integrate_features first';
  if (integration.status === 'conflict') return 'the features do not merge, so there is nothing to work in';
  return context.ports.source.workspace(integration.worktree);
};
