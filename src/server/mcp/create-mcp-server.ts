import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import type { AuthInfo } from '@modelcontextprotocol/sdk/server/auth/types.js';
import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js';
import {
  CallToolRequestSchema,
  CompleteRequestSchema,
  GetPromptRequestSchema,
  ListPromptsRequestSchema,
  ListResourcesRequestSchema,
  ListResourceTemplatesRequestSchema,
  ListToolsRequestSchema,
  ReadResourceRequestSchema,
  SubscribeRequestSchema,
  UnsubscribeRequestSchema,
  type ServerNotification,
  type ServerRequest,
} from '@modelcontextprotocol/sdk/types.js';
import { StagingError } from '../../catalog/errors.js';
import type { Caller, DeskEvent, ReleaseDesk } from '../../desk/desk-contract.js';
import { askPerson } from './ask-person.js';
import type { Call } from './call.js';
import { completeRelease, listResources, readResource, resourceTemplates, urisOf } from './resources.js';
import { listPrompts, prompt } from './prompts.js';
import { failed, listed, succeeded } from './tool-result.js';
import { tools } from './tools.js';
import { version } from '../../catalog/version.js';

type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>;

type Options = {
  desk: ReleaseDesk;
  /** Who calls, as the credential of this request tells it. */
  callerOf: (auth: AuthInfo | undefined) => Caller;
};

const instructions = `Releases of one service, taken through staging to production. Ask with request_release; nothing is promoted without an approver.
Verdicts come from measurements: no text opens a gate. Where a release waits for an approval, show its question to a person; do not answer it yourself.`;

/** One connection of the Model Context Protocol on a desk. Connect it to a transport. */
export const createMcpServer = ({ desk, callerOf }: Options): Server => {
  const server = new Server(
    { name: 'langgraph-staging', title: 'Releases', version },
    {
      capabilities: { tools: {}, resources: { subscribe: true, listChanged: true }, prompts: {}, completions: {} },
      instructions,
    },
  );
  answerTools(server, { desk, callerOf });
  answerResources(server, { desk, callerOf });
  server.setRequestHandler(ListPromptsRequestSchema, () => ({ prompts: listPrompts() }));
  server.setRequestHandler(GetPromptRequestSchema, ({ params }) => prompt(params.name, params.arguments ?? {}));
  return server;
};

const answerTools = (server: Server, { desk, callerOf }: Options): void => {
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: Object.entries(tools).map(([name, tool]) => listed(name, tool)) }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, extra) => {
    try {
      const tool = Object.hasOwn(tools, params.name) ? tools[params.name] : undefined;
      if (tool === undefined)
        throw new StagingError('ARGUMENTS_INVALID', `Failed to call ${params.name}: there is no such tool.`, {
          remedy: `Call one of ${Object.keys(tools).join(', ')}.`,
        });
      return succeeded(await tool.run(params.arguments, callOf(server, desk, callerOf(extra.authInfo), extra)));
    } catch (error) {
      return failed(error);
    }
  });
};

const callOf = (server: Server, desk: ReleaseDesk, caller: Caller, extra: Extra): Call => {
  const token = extra._meta?.progressToken;
  let told = 0;
  return {
    desk,
    caller,
    signal: extra.signal,
    tell: ({ agent, text }: DeskEvent) => {
      if (token === undefined || extra.signal.aborted) return;
      const params = { progressToken: token, progress: ++told, message: `${agent}: ${text}` };
      void extra.sendNotification({ method: 'notifications/progress', params }).catch(() => undefined); // the client has left; the release goes on
    },
    askPerson: server.getClientCapabilities()?.elicitation?.form ? (question) => askPerson(server, question, extra) : null,
  };
};

const answerResources = (server: Server, { desk, callerOf }: Options): void => {
  const watched = new Set<string>();
  const known = new Set<string>();
  const stop = desk.follow(({ release, kind }) => {
    if (kind === 'state' && !known.has(release)) void server.sendResourceListChanged().catch(() => undefined); // as below
    known.add(release);
    for (const uri of urisOf(release).filter((one) => watched.has(one))) void server.sendResourceUpdated({ uri }).catch(() => undefined); // the client has left, and the connection is about to close
  });
  server.onclose = stop;
  server.setRequestHandler(ListResourcesRequestSchema, async (_, { authInfo }) => ({
    resources: await listResources(desk, callerOf(authInfo)),
  }));
  server.setRequestHandler(ListResourceTemplatesRequestSchema, () => ({ resourceTemplates }));
  server.setRequestHandler(ReadResourceRequestSchema, ({ params }, { authInfo }) => readResource(params.uri, desk, callerOf(authInfo)));
  server.setRequestHandler(SubscribeRequestSchema, async ({ params }, { authInfo }) => {
    await readResource(params.uri, desk, callerOf(authInfo));
    watched.add(params.uri);
    return {};
  });
  server.setRequestHandler(UnsubscribeRequestSchema, ({ params }) => {
    watched.delete(params.uri);
    return {};
  });
  server.setRequestHandler(CompleteRequestSchema, ({ params }, { authInfo }) => completeRelease(params, desk, callerOf(authInfo)));
};
