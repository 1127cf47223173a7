import type { StagingConfig } from '../catalog/config.js';
import { StagingError, reason } from '../catalog/errors.js';
import type { ReleaseRequest } from '../catalog/request.js';
import { tools, type Evidence, type ToolArgs, type ToolName, type ToolResult, type WeightChange } from '../catalog/tools.js';
import { dataTools } from './data/tools.js';
import { culpritTools } from './culprit/tools.js';
import { lookOnly } from './deployment/plan.js';
import { deploymentTools } from './deployment/tools.js';
import { monitoringTools } from './monitoring/tools.js';
import type { Ports } from './ports.js';
import { admit, type Call } from './referee.js';
import { developmentTools } from './source/development-tools.js';
import { sourceTools } from './source/tools.js';
import { testingTools } from './testing/tools.js';

/** What a tool may know: the release, the doors, and the evidence so far. A tool never knows who calls it. */
export type ToolContext = {
  releaseId: string;
  request: ReleaseRequest;
  config: StagingConfig;
  attempt: number;
  /** Whose name a patch bears: the model's. */
  by: string;
  /** They look; who changes an environment does it by a plan (deployment/plan.ts). */
  ports: Ports;
  all: readonly Evidence[];
  /** Asked by what takes long between its steps: throws STOPPING where the process is asked to end. */
  goOn: () => void;
  /** Told of every change of traffic, as it happens. */
  weight: (change: WeightChange) => Promise<void>;
  /** What this release has written down that it is about to do, before it did it. */
  intents: { has(what: string): Promise<boolean>; add(what: string): Promise<void> };
  /** Told of what keeps a watcher beside the agents from its work. */
  trouble: (text: string, at: number) => Promise<void>;
};

/** The tools behind one door, or several. */
export type ToolTable<T extends ToolName> = { [K in T]: (args: ToolArgs<K>, context: ToolContext) => Promise<ToolResult<K>> };

const table: ToolTable<ToolName> = {
  ...sourceTools,
  ...dataTools,
  ...deploymentTools,
  ...testingTools,
  ...monitoringTools,
  ...culpritTools,
  ...developmentTools,
};

/**
 * Runs a tool with parsed arguments, where its caller may, and gives its parsed result. Throws TOOL_REFUSED; what the adapter throws
 * becomes ADAPTER_FAILED, with its cause.
 */
export const runTool = async (call: Call & { tool: ToolName }, context: ToolContext): Promise<ToolResult<ToolName>> => {
  const { tool, args } = call;
  const run = table[tool] as (args: unknown, context: ToolContext) => Promise<unknown>; // the row's own schemas parse both ends
  try {
    admit(call, context.config.toolPolicy);
    return tools[tool].result.parse(await run(tools[tool].args.parse(args), { ...context, ports: lookOnly(context.ports) }));
  } catch (error) {
    if (error instanceof StagingError) throw error;
    throw new StagingError('ADAPTER_FAILED', `Failed to run ${tool}: ${reason(error)}.`, { cause: error });
  }
};
