import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http';

/** They speak of one connection, not of the request (RFC 9110, 7.6.1); `expect` is answered by the proxy itself. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** What goes on to the process: as it came, in its order and spelling, with the client's address added. */
export const requestHeaders = ({ rawHeaders, headers, socket }: IncomingMessage): string[] => {
  const named = namedBy(headers.connection);
  const forwarded: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    const key = name.toLowerCase();
    if (hopByHop.has(key) || key === 'expect' || key === 'x-forwarded-for' || named?.has(key)) continue;
    forwarded.push(name, rawHeaders[at + 1] ?? '');
  }
  const before = headers['x-forwarded-for'];
  const address = socket.remoteAddress ?? 'unknown';
  forwarded.push('x-forwarded-for', before === undefined ? address : `${String(before)}, ${address}`);
  return forwarded;
};

/** What goes back to the client. */
export const responseHeaders = (headers: IncomingHttpHeaders): OutgoingHttpHeaders => {
  const named = namedBy(headers.connection);
  const passed: OutgoingHttpHeaders = {};
  for (const key in headers) if (!hopByHop.has(key) && !named?.has(key)) passed[key] = headers[key];
  return passed;
};

/** A connection header may name further headers that end here. */
const namedBy = (connection: string | undefined): Set<string> | null =>
  connection === undefined || /^(keep-alive|close)$/i.test(connection) ? null : new Set(connection.toLowerCase().split(/\s*,\s*/));
