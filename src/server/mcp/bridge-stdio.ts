import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { InitializeResultSchema, isJSONRPCRequest, isJSONRPCResultResponse, type JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { reason } from '../../catalog/errors.js';

type Options = { url: URL; token: string | undefined; stdout: Writable };

/**
 * A client on stdin and stdout, and the desk of a running `serve` behind it: releases outlive the client, and several clients stand at one
 * desk. Passes messages on as they are; who calls is said by the token alone.
 */
export const bridgeStdio = async ({ url, token, stdout }: Options): Promise<void> => {
  const near = new StdioServerTransport(process.stdin, stdout);
  const far = new StreamableHTTPClientTransport(
    url,
    token === undefined ? {} : { requestInit: { headers: { authorization: `Bearer ${token}` } } },
  );
  far.onmessage = (message) => {
    const begun = isJSONRPCResultResponse(message) ? InitializeResultSchema.safeParse(message.result) : null;
    if (begun?.success) far.setProtocolVersion(begun.data.protocolVersion);
    void near.send(message);
  };
  near.onmessage = (message) => {
    void far.send(message).catch((error: unknown) => near.send(unreachable(message, url, error)));
  };
  await far.start();
  await near.start();
  await once(process.stdin, 'close');
  await far.terminateSession().catch(() => undefined); // the server may be gone already
  await far.close();
  await near.close();
};

const unreachable = (message: JSONRPCMessage, url: URL, error: unknown): JSONRPCMessage => {
  const text = `Failed to reach ${url.href}: ${reason(error)}. Start \`langgraph-staging serve\`, and give its token in LANGGRAPH_STAGING_TOKEN.`;
  return isJSONRPCRequest(message)
    ? { jsonrpc: '2.0', id: message.id, error: { code: -32000, message: text } }
    : { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'error', data: text } };
};
