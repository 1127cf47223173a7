import { StagingError } from '../catalog/errors.js';
import { createStagingGraph } from '../graph/create.js';
import { parseConfig } from '../graph/parse-config.js';
import { openActiveWorkspace } from './active-workspace.js';

type Graph = ReturnType<typeof createStagingGraph>;

/**
 * What `langgraph.json` gives LangGraph's server: the graph of the configuration in the working directory, with LANGGRAPH_STAGING_MODEL
 * as its model, or the simulated world where there is none. Nothing is read before the server asks for it; the server keeps the checkpoints.
 */
export const graph = (): Promise<Graph> =>
  (opened ??= open().catch((error: unknown) => {
    opened = undefined; // the configuration may be corrected while the server runs
    throw error;
  }));

let opened: Promise<Graph> | undefined;

const open = async (): Promise<Graph> => {
  const model = process.env['LANGGRAPH_STAGING_MODEL'];
  const given = { ...(model !== undefined && { model }) };
  try {
    return (await openActiveWorkspace({ ...given, progress: () => undefined })).graph;
  } catch (error) {
    if (!(error instanceof StagingError) || error.code !== 'CONFIG_NOT_FOUND') throw error;
    const [{ openSimulatedPorts }, { storefront }] = await Promise.all([
      import('../scenario/simulated-world.js'),
      import('../scenario/storefront.js'),
    ]);
    process.stderr.write(
      'There is no staging.config.ts in this folder: what is served is the simulated world, and nothing real happens in it.\n',
    );
    const config = parseConfig(storefront);
    return createStagingGraph({ ...given, config, ports: openSimulatedPorts({ config }), simulated: true });
  }
};
