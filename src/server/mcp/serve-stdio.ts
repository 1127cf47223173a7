import { once } from 'node:events';
import { Writable } from 'node:stream';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import type { Caller, ReleaseDesk } from '../../desk/desk-contract.js';
import { createMcpServer } from './create-mcp-server.js';

/** Speaks the protocol on stdin and stdout until the client closes its end. */
export const serveStdio = async (desk: ReleaseDesk, caller: Caller, stdout: Writable): Promise<void> => {
  const server = createMcpServer({ desk, callerOf: () => caller });
  await server.connect(new StdioServerTransport(process.stdin, stdout));
  await once(process.stdin, 'close');
  await server.close();
};

/**
 * Keeps stdout for the protocol: whatever else this process writes there, a configuration file that logs for instance, goes to stderr.
 * Call it before anything is loaded.
 */
export const reserveStdout = (): Writable => {
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = process.stderr.write.bind(process.stderr);
  return new Writable({ write: (chunk: Buffer, _, done) => void write(chunk, done) });
};
