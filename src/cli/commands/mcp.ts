import { readFileSync } from 'node:fs';
import { reason, StagingError } from '../../catalog/errors.js';
import { openReleaseDesk } from '../../desk/release-desk.js';
import { bridgeStdio } from '../../server/mcp/bridge-stdio.js';
import { reserveStdout, serveStdio } from '../../server/mcp/serve-stdio.js';
import { stdioCaller } from '../../server/mcp/stdio-caller.js';
import { openOutput } from '../output.js';
import { askedToEnd, finishing } from '../signals.js';
import type { ReleaseOptions } from './release.js';

/**
 * `mcp`: the Model Context Protocol on stdin and stdout, for a host that starts this command itself. With `--server` it stands at the desk
 * of a running `serve`, else at a desk of its own, which closes with it: when the host closes stdin, or asks this process to end.
 */
export const mcp = async (options: ReleaseOptions & { server?: string }): Promise<number> => {
  const stdout = reserveStdout();
  const { say } = openOutput({ json: false, simulated: options.dryRun ?? false });
  const token = tokenIn(process.env);
  if (options.server !== undefined) {
    await bridgeStdio({ url: addressOf(options.server), token, stdout });
    return 0;
  }
  const desk = await openReleaseDesk(options);
  try {
    const caller = stdioCaller(desk, token);
    for (const id of desk.pickedUp) say(`Release ${id} goes on: the process that was at it had ended.`);
    say(`Speaking MCP on stdin and stdout as ${caller.name} (${caller.roles.join(', ')}).`);
    const signal = await Promise.race([serveStdio(desk, caller, stdout).then(() => null), askedToEnd()]);
    if (signal !== null) say(`Stopping (${signal}). ${finishing}`);
  } finally {
    await desk.close();
  }
  process.exit(0); // what a release had begun when it was stopped may still wait for its time
};

/** From the environment, or from the file that it names, so that no host's configuration needs to hold the secret. */
const tokenIn = ({ LANGGRAPH_STAGING_TOKEN: token, LANGGRAPH_STAGING_TOKEN_FILE: file }: NodeJS.ProcessEnv): string | undefined => {
  if (token || !file) return token || undefined;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new StagingError('TOKEN_MISSING', `Failed to read the token in ${file}: ${reason(error)}.`, {
      cause: error,
      remedy: 'Correct LANGGRAPH_STAGING_TOKEN_FILE.',
    });
  }
};

const addressOf = (server: string): URL => {
  if (!URL.canParse(server) || !/^https?:$/.test(new URL(server).protocol))
    throw new StagingError('HOST_REFUSED', `Failed to reach ${server}: it is no address.`, { remedy: 'Give --server http://HOST:PORT.' });
  return new URL('/mcp', server);
};
