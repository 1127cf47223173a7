import type { StagingConfig } from '../catalog/config.js';
import type { SuiteKind } from '../catalog/suite-kinds.js';
import type { ReleaseRequest } from '../catalog/request.js';
import { routines, type RoutineName } from '../catalog/routines.js';
import { configOf } from '../catalog/services.js';
import type { ToolName } from '../catalog/tools.js';

export type RequiredCall = { tool: ToolName; args: Record<string, unknown> };

type SuiteRun = { kinds: readonly SuiteKind[]; target: 'artifact' | 'preview' | 'live' };

/** Which kinds of suites a routine runs, and against what. */
const suiteRuns: Partial<Record<RoutineName, SuiteRun>> = {
  'integration-testing-routine': { kinds: ['unit', 'integration'], target: 'artifact' },
  'comprehensive-testing-routine': { kinds: ['api', 'ui', 'regression'], target: 'preview' },
  'smoke-testing-routine': { kinds: ['smoke', 'regression'], target: 'live' },
};

/** What is asked of each of several services. */
const ofEachService: readonly ToolName[] = ['run_load', 'audit_dependencies', 'scan_code', 'scan_http'];

/** The calls behind a routine's `requires`, with their arguments, in the order in which they must be made. */
export const requiredCalls = (
  routine: RoutineName,
  config: StagingConfig,
  { services = [], develop }: Pick<ReleaseRequest, 'services' | 'develop'> = {},
): RequiredCall[] =>
  routines[routine].requires.flatMap((tool): RequiredCall[] => {
    if (tool === 'check_development' && develop === undefined) return [];
    const beside = services.map(({ service }) => service);
    if (ofEachService.includes(tool)) return [{ tool, args: {} }, ...beside.map((service) => ({ tool, args: { service } }))];
    if (tool !== 'run_suite') return [{ tool, args: {} }];
    const run = suiteRuns[routine];
    return [configOf(config, config.service.name), ...beside.map((service) => configOf(config, service))]
      .flatMap(({ suites }) => suites)
      .filter((suite) => run?.kinds.includes(suite.kind))
      .map((suite) => ({ tool, args: { suite: suite.name, target: run?.target } }));
  });
