import dns from 'node:dns';
import net from 'node:net';

/**
 * Outbound network is blocked in tests: what is not this machine cannot be connected to, and its name cannot be looked up.
 * Every client in Node (http, fetch, undici, a database) comes down to these two.
 */
const loopback = new Set(['localhost', '127.0.0.1', '::1', '::ffff:127.0.0.1', '0.0.0.0', '::']);
export const isLoopback = (host: string | null | undefined): boolean =>
  host == null || host === '' || loopback.has(host) || host.endsWith('.localhost') || /^127(?:\.\d+){3}$/.test(host);

export class NetworkBlocked extends Error {
  override readonly name = 'NetworkBlocked';

  constructor(where: string) {
    super(`Failed to reach ${where}: tests talk to this machine only.`);
  }
}

type Connect = typeof net.Socket.prototype.connect;
// eslint-disable-next-line @typescript-eslint/unbound-method -- it is only ever called on its socket
const connect: Connect = net.Socket.prototype.connect;
const hostOf = (given: unknown): string | undefined => {
  const [first, second] = Array.isArray(given) ? (given as unknown[]) : [given]; // net normalises its arguments into one list
  if (typeof first === 'object' && first !== null) {
    const { host, path } = first as { host?: string; path?: string | null };
    return path == null ? host : undefined; // a path is a socket on this machine
  }
  return typeof second === 'string' ? second : undefined;
};

net.Socket.prototype.connect = function blocked(this: net.Socket, ...given: unknown[]) {
  const host = hostOf(Array.isArray(given[0]) ? given[0] : given);
  if (!isLoopback(host)) {
    process.nextTick(() => this.destroy(new NetworkBlocked(host ?? '')));
    return this;
  }
  return Reflect.apply(connect, this, given) as net.Socket; // the same arguments that came in
};

const lookup =
  (original: (...given: never[]) => unknown) =>
  (host: string, ...rest: unknown[]) => {
    if (isLoopback(host)) return Reflect.apply(original, dns, [host, ...rest]) as unknown;
    const callback = rest.at(-1);
    if (typeof callback !== 'function') return Promise.reject(new NetworkBlocked(host));
    return process.nextTick(callback, new NetworkBlocked(host)); // the last argument of a look-up
  };

for (const door of ['lookup', 'resolve'] as const) {
  Object.assign(dns, { [door]: lookup(dns[door]) });
  Object.assign(dns.promises, { [door]: lookup(dns.promises[door]) });
}
