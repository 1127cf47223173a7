import type { ChildProcess } from 'node:child_process';
import { StagingError, type ErrorCode } from '../../src/catalog/errors.js';
import type { Ports } from '../../src/tools/ports.js';

/** The doors that a process can reach in another one: everything in them is plain data, but for the time, which is told with every answer. */
const doors = ['clock', 'deployment', 'monitoring', 'testing', 'source', 'flags', 'interventions'] as const;
type Door = (typeof doors)[number];
export type Call = { id: number; door: Door; method: string; args: unknown[] };
type Answer = { id: number; at: number; value?: unknown; error?: { code: ErrorCode | null; message: string } };
type Method = (...args: unknown[]) => unknown;

/** In the process that the world lives in: answers the calls of a child. `lost` says of a call that was carried out whether its answer is lost. */
export const serveWorld = (child: ChildProcess, ports: Ports, lost: () => boolean): void => {
  child.on('message', (message: Call | { kind: string }) => {
    if ('kind' in message) return;
    void answer(message, ports).then((told) => {
      if (!lost() && child.connected) child.send(told, () => undefined); // it may be dead by now
    });
  });
};

const answer = async ({ id, door, method, args }: Call, ports: Ports): Promise<Answer> => {
  try {
    const target = ports[door] as unknown as Record<string, Method>; // every door is a record of methods
    const value = await target[method]?.(...args);
    return { id, at: ports.clock.now(), value };
  } catch (error) {
    const code = error instanceof StagingError ? error.code : null;
    return { id, at: ports.clock.now(), error: { code, message: error instanceof Error ? error.message : String(error) } };
  }
};

/** In the child: the doors of its parent's world. Time is what the last answer said. */
export const worldOfParent = (startsAt: number): Ports => {
  let now = startsAt;
  let calls = 0;
  const open = new Map<number, (answer: Answer) => void>();
  process.on('message', (message: Answer | { kind: string }) => {
    if ('kind' in message) return;
    now = message.at;
    open.get(message.id)?.(message);
    open.delete(message.id);
  });
  const ask = async (door: Door, method: string, args: unknown[]): Promise<unknown> => {
    calls += 1;
    const id = calls;
    const { value, error } = await new Promise<Answer>((resolve) => {
      open.set(id, resolve);
      process.send?.({
        id,
        door,
        method,
        args: args.filter((arg) => !(arg instanceof AbortSignal || typeof arg === 'function')),
      } satisfies Call);
    });
    if (error) throw error.code === null ? new Error(error.message) : new StagingError(error.code, error.message);
    return value;
  };
  const reached = (door: Door) =>
    new Proxy(
      { name: 'simulated', passesByItself: false, now: () => now },
      {
        get: (own, method) =>
          method in own || typeof method === 'symbol' ? own[method as keyof typeof own] : (...args: unknown[]) => ask(door, method, args),
        has: () => true,
      },
    );
  return Object.fromEntries(doors.map((door) => [door, reached(door)])) as unknown as Ports; // every method is asked for by its name
};
