import type { ReleaseDesk } from '../../desk/desk-contract.js';
import { openReleaseDesk } from '../../desk/release-desk.js';
import { agentDoors } from '../../server/agent-doors.js';
import { pageAssets } from '../../page/page-assets.js';
import { frozenReport } from '../../server/frozen-report.js';
import { startLog } from '../../server/log-lines.js';
import { startServer } from '../../server/start-server.js';
import { openOutput } from '../output.js';
import { askedToEnd, finishing } from '../signals.js';
import type { ReleaseOptions } from './release.js';

export type ServeOptions = ReleaseOptions & { host: string; port: number; as?: string; log?: 'json' };

/** `serve`: the desk over HTTP, until SIGTERM or Ctrl-C. A release that runs then goes on from its checkpoint with the next start. */
export const serve = async (options: ServeOptions): Promise<number> => {
  const output = openOutput({ json: options.json ?? false, simulated: options.dryRun ?? false });
  const desk = await openReleaseDesk(options);
  const log = options.log === 'json' ? startLog(desk) : null;
  const say = log?.say ?? output.say;
  const { server, agents } = await listen(desk, options, say).catch(async (error: unknown) => {
    await desk.close();
    throw error;
  });
  const { url, generated } = server;
  for (const id of desk.pickedUp) say(`Release ${id} goes on: the process that was at it had ended.`);
  if (generated)
    process.stderr.write(
      `No token is configured. This one is ${options.as ?? 'an operator'}'s until the next start: ${generated.token}\n  (also in ${generated.file}, which only you can read)\n`, // the one secret that is shown, once, to whoever started it
    );
  say(`Listening on ${url} (API: ${url}/openapi.json, MCP: ${url}/mcp, A2A: ${url}/.well-known/agent-card.json).`);
  if (output.json) output.result(JSON.stringify({ url, tokenFile: generated?.file ?? null }));
  const signal = await askedToEnd();
  say(`Stopping (${signal}). ${finishing}`);
  await agents.close();
  await server.close();
  log?.stop();
  await desk.close();
  process.exit(0); // what a release had begun when it was stopped may still wait for its time
};

const listen = async (desk: ReleaseDesk, options: ServeOptions, say: (line: string) => void) => {
  const assets = pageAssets();
  const agents = agentDoors(desk, frozenReport(desk, assets));
  return { agents, server: await startServer(desk, { ...options, say, assets, doors: () => agents.doors }) };
};
