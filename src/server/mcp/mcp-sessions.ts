import { randomUUID } from 'node:crypto';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import type { AuthInfo } from '@modelcontextprotocol/sdk/server/auth/types.js';
import type { Caller, ReleaseDesk } from '../../desk/desk-contract.js';
import { createMcpServer } from './create-mcp-server.js';

type Session = { owner: string; transport: WebStandardStreamableHTTPServerTransport };

const maxSessions = 200;

/**
 * Streamable HTTP: one connection of the protocol per session. Every request brings its own credential, so that a session can do no
 * more than whoever calls now; and a session of somebody else is not there.
 */
export const openMcpSessions = (desk: ReleaseDesk) => {
  const sessions = new Map<string, Session>();

  const open = async (owner: string): Promise<Session> => {
    const transport: Session['transport'] = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => keep(id, session),
      onsessionclosed: (id) => void sessions.delete(id),
    });
    const session: Session = { owner, transport };
    await createMcpServer({ desk, callerOf: (auth) => callerIn(auth) }).connect(transport);
    return session;
  };

  /** The one that was used longest ago makes room. */
  const keep = (id: string, session: Session): void => {
    sessions.delete(id);
    sessions.set(id, session);
    const [oldest] = sessions;
    if (sessions.size <= maxSessions || oldest === undefined) return;
    sessions.delete(oldest[0]);
    void oldest[1].transport.close();
  };

  return {
    handle: async (request: Request, caller: Caller): Promise<Response> => {
      const id = request.headers.get('mcp-session-id');
      const known = id === null ? undefined : sessions.get(id);
      if (id !== null && known?.owner !== caller.name) return notThere();
      if (id !== null && known !== undefined) keep(id, known);
      const { transport } = known ?? (await open(caller.name));
      return transport.handleRequest(request, { authInfo: authOf(caller) });
    },
    close: async (): Promise<void> => {
      await Promise.all([...sessions.values()].map(({ transport }) => transport.close()));
      sessions.clear();
    },
  };
};

export type McpSessions = ReturnType<typeof openMcpSessions>;

/** What the protocol wants for a session that is over: the client begins a new one. */
const notThere = (): Response =>
  Response.json({ jsonrpc: '2.0', id: null, error: { code: -32001, message: 'Session not found' } }, { status: 404 });

const authOf = (caller: Caller): AuthInfo => ({ token: '', clientId: caller.name, scopes: [...caller.roles], extra: { caller } });

const callerIn = (auth: AuthInfo | undefined): Caller => auth?.extra?.['caller'] as Caller; // authOf put it there, with every request
