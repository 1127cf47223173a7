import { afterEach } from 'vitest';
import type { ReleaseDesk, ReleaseSummary } from '../../src/desk/desk-contract.js';
import { openReleaseDesk } from '../../src/desk/release-desk.js';
import { pageAssets } from '../../src/page/page-assets.js';
import { startServer, type ServerOptions } from '../../src/server/start-server.js';
import { folderWith, simulatedService } from './command.js';

const names = { vera: 'viewer', rita: 'requester', owner: 'approver', olga: 'operator' } as const;
export type Person = keyof typeof names;
export const tokenOf = (name: Person): string => `token-of-${name}-0123456789`;
for (const name of Object.keys(names)) process.env[`TEST_TOKEN_${name.toUpperCase()}`] = tokenOf(name as Person);

export const tokens = Object.entries(names).map(([name, role]) => ({
  name,
  roles: [role],
  secret: { env: `TEST_TOKEN_${name.toUpperCase()}` },
}));

export type Reply = { status: number; headers: Headers; text: string; json: Record<string, unknown> };

/** A desk in the simulated world, served on a real socket of this machine. */
export const servedDesk = async (
  server: Record<string, unknown> = {},
  { folder, ...options }: Partial<ServerOptions> & { folder?: string } = {},
) => {
  const said: string[] = [];
  const at = folder ?? (await folderWith({ ...simulatedService, server: { tokens, ...server } }));
  const desk: ReleaseDesk = await openReleaseDesk({ config: `${at}/staging.config.json`, dryRun: true });
  const running = await startServer(desk, {
    ...{ host: '127.0.0.1', port: 0, assets: pageAssets(), say: (line: string) => said.push(line) },
    ...options,
  });
  const close = async () => {
    await running.close();
    await desk.close();
  };
  open.push(close);
  const call = async (who: Person | null, path: string, init: RequestInit & { json?: unknown } = {}): Promise<Reply> => {
    const { json, ...rest } = init;
    const response = await fetch(`${running.url}${path}`, {
      ...rest,
      ...(json !== undefined && { method: 'POST', body: JSON.stringify(json) }),
      headers: {
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...(who && { authorization: `Bearer ${tokenOf(who)}` }),
        ...(rest.headers as Record<string, string>), // the tests write them as records
      },
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
    return { status: response.status, headers: response.headers, text, json: isJson ? (JSON.parse(text) as Record<string, unknown>) : {} };
  };
  const release = async (request = 'ship storefront v2.2.0 to staging, promote it if it is healthy'): Promise<string> =>
    String((await call('rita', '/api/releases', { json: { request } })).json['release']);
  const approve = async (id: string): Promise<ReleaseSummary> => {
    await desk.settled(id);
    const { question } = (await call('owner', `/api/releases/${id}/question`)).json as { question: { digest: string } };
    await call('owner', `/api/releases/${id}/approve`, { json: { digest: question.digest } });
    return desk.settled(id);
  };
  return { desk, folder: at, said, ...running, close, call, release, approve };
};

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close().catch(() => undefined); // closed by the test itself
});
