import type { ChildProcess } from 'node:child_process';
import { StagingError, type ErrorCode } from '../../src/catalog/errors.js';
import type { Ports } from '../../src/tools/ports.js';

/** The doors that a process can reach in another one: everything in them is plain data, but for the time, which is told with every answer. */
const doors = ['clock', 'deployment', 'monitoring', 'testing', 'source', 'flags', 'interventions'] as const;
type Door = (typeof doors)[number];
export type Call = { id: number; world: string; door: Door; method: string; args: unknown[] };
type Answer = { id: number; world: string; at: number; value?: unknown; error?: { code: ErrorCode | null; message: string } };
type Method = (...args: unknown[]) => unknown;

/** In the process that the worlds live in: answers the calls of a child. `lost` says of a call that was carried out whether its answer is lost. */
export const serveWorlds = (child: ChildProcess, worlds: Readonly<Record<string, Ports>>, lost: (call: Call) => boolean): void => {
  const children = reaching.get(worlds) ?? new Set();
  reaching.set(worlds, children.add(child));
  child.once('exit', () => children.delete(child));
  child.on('message', (message: Call | { kind: string }) => {
    if ('kind' in message) return;
    const ports = worlds[message.world];
    if (ports === undefined) throw new Error(`there is no world ${message.world}`);
    void answer(message, ports).then((told) => {
      if (!lost(message) && child.connected) child.send(told, () => undefined); // it may be dead by now
      const { world, at } = told;
      for (const other of children) if (other !== child && other.connected) other.send({ id: 0, world, at }, () => undefined);
    });
  });
};

/** Whoever reaches the same worlds hears of their time, as machines share a clock. */
const reaching = new WeakMap<Readonly<Record<string, Ports>>, Set<ChildProcess>>();

const answer = async ({ id, world, door, method, args }: Call, ports: Ports): Promise<Answer> => {
  try {
    const target = ports[door] as unknown as Record<string, Method>; // every door is a record of methods
    const value = await target[method]?.(...args);
    return { id, world, at: ports.clock.now(), value };
  } catch (error) {
    const code = error instanceof StagingError ? error.code : null;
    return { id, world, at: ports.clock.now(), error: { code, message: error instanceof Error ? error.message : String(error) } };
  }
};

/** What can be asked of each door: all that it has, but for what would have to be told in the middle of a call. */
export const methodsOf = (ports: Ports): Methods =>
  Object.fromEntries(
    doors.map((door) => {
      const found = Object.entries(ports[door] ?? {}).filter(([name, value]) => typeof value === 'function' && name !== 'alarm');
      return [door, found.map(([name]) => name)];
    }),
  );
export type Methods = Record<string, string[]>;

/** In the child: the doors of one of its parent's worlds. Time is what the last answer said. */
export const worldOfParent = (startsAt: number, methods: Methods, world = ''): Ports => {
  let now = startsAt;
  let calls = 0;
  const open = new Map<number, (answer: Answer) => void>();
  process.setMaxListeners(process.getMaxListeners() + 1); // one for each world
  process.on('message', (message: Answer | { kind: string }) => {
    if ('kind' in message || message.world !== world) return;
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
        world,
        door,
        method,
        args: args.filter((arg) => !(arg instanceof AbortSignal || typeof arg === 'function')),
      } satisfies Call);
    });
    if (error) throw error.code === null ? new Error(error.message) : new StagingError(error.code, error.message);
    return value;
  };
  const reached = (door: Door) => ({
    ...Object.fromEntries((methods[door] ?? []).map((method) => [method, (...args: unknown[]) => ask(door, method, args)])),
    ...{ name: 'simulated', passesByItself: false, now: () => now },
    close: () => Promise.resolve(), // the doors of this process; the world goes on
  });
  return Object.fromEntries(doors.map((door) => [door, reached(door)])) as unknown as Ports; // each has the methods of the door that it stands for
};
