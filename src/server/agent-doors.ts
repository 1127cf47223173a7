import type { ReleaseDesk } from '../desk/desk-contract.js';
import type { Door } from './create-server-app.js';

/** The agent protocols as doors of the server. Their libraries load when somebody comes to one. */
export const agentDoors = (desk: ReleaseDesk, report: (id: string) => Promise<string>): { doors: Door[]; close: () => Promise<void> } => {
  const mcp = once(async () => (await import('./mcp/mcp-sessions.js')).openMcpSessions(desk));
  const a2a = once(async () => (await import('./a2a/a2a-door.js')).openA2aDoor(desk, report));
  return {
    doors: [
      { path: '/mcp', handle: async (request, caller) => (await mcp.open()).handle(request, caller) },
      { path: '/a2a', handle: async (request, caller) => (await a2a.open()).handle(request, caller) },
      { path: '/.well-known/agent-card.json', open: true, handle: async (request) => (await a2a.open()).card(request) },
    ],
    close: async () => (await mcp.opened())?.close(),
  };
};

const once = <T>(begin: () => Promise<T>) => {
  let begun: Promise<T> | null = null;
  return { open: () => (begun ??= begin()), opened: () => begun };
};
