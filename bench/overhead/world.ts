import { AsyncLocalStorage } from 'node:async_hooks';
import type { Ports } from '#src/index.js';
import { openSimulatedPorts } from '#src/scenario/public.js';
import { shortConfig } from './release.js';

/** One call of an adapter. */
export type Ask = { door: string; method: string; args: readonly unknown[] };

/** What a guard asks around a call is its own. */
const ofTheGuard = ['alarm', 'now'];

/** The same ports, overheard. */
export const overheard = (ports: Ports, hear: (ask: Ask) => void): Ports =>
  Object.fromEntries(
    Object.entries(ports).map(([door, port]) => [
      door,
      new Proxy(port as object, {
        get: (target, key) => {
          const found: unknown = Reflect.get(target, key);
          if (typeof found !== 'function') return found;
          const method = String(key);
          return (...args: unknown[]): unknown => {
            if (!ofTheGuard.includes(method)) hear({ door, method, args });
            return Reflect.apply(found, target, args);
          };
        },
      }),
    ]),
  ) as unknown as Ports; // each of them has the methods of the port that it stands for

const worlds = new AsyncLocalStorage<Ports>();

/** A release with a simulated world of its own. */
export const inWorld = <T>(work: () => Promise<T>): Promise<T> => worlds.run(openSimulatedPorts({ config: shortConfig() }), work);

/** Does what a tool does: asks the adapters of this release what ours has asked them. */
export const doTheWork = async (asks: readonly Ask[]): Promise<void> => {
  const ports = worlds.getStore() as unknown as Record<string, Record<string, (...args: readonly unknown[]) => unknown>>; // every port is a record of methods
  for (const { door, method, args } of asks) await ports[door]?.[method]?.(...args);
};
