import type { Clock, Ports } from '../../src/tools/ports.js';

/** What goes wrong between asking and being answered. `ask` reaches the adapter; `before` is what it answered the last time. */
type Fault = (call: { ask: () => Promise<unknown>; clock: Clock; call: number; limitMs: number; before: unknown }) => Promise<unknown>;

const never = () => new Promise<never>(() => undefined);
const failing = (message: string, more: object) => Promise.reject(Object.assign(new Error(message), more));
/** Longer than anybody waits, in a world whose clock moves only while somebody sleeps. */
const muchLater = async () => {
  for (let turn = 0; turn < 12; turn += 1) await new Promise((next) => setImmediate(next));
};

export const doorFaults = {
  timeout: async ({ clock, limitMs }) => (await clock.sleep(limitMs * 2), never()),
  refused: () => failing('connect ECONNREFUSED 127.0.0.1:9', { code: 'ECONNREFUSED' }),
  denied: () => failing('EACCES: permission denied', { code: 'EACCES' }),
  half: async ({ ask }) => halfOf(await ask()),
  wrong: async ({ ask }) => otherThan(await ask()),
  slow: async ({ ask, clock, limitMs }) => (await clock.sleep(limitMs / 2), ask()),
  /** It acts, and answers, when nobody waits for it any more. */
  late: async ({ ask, clock, limitMs }) => (await clock.sleep(limitMs * 2), await muchLater(), ask()),
  flapping: ({ ask, call }) => (call % 2 === 1 ? failing('read ECONNRESET', { code: 'ECONNRESET' }) : ask()),
  duplicate: async ({ ask }) => {
    const first = await ask();
    const second = await ask();
    return Array.isArray(first) && Array.isArray(second) ? [...(first as unknown[]), ...(second as unknown[])] : second;
  },
  outOfOrder: async ({ ask, before }) => {
    const answer = await ask();
    return Array.isArray(answer) ? [...(answer as unknown[])].reverse() : (before ?? answer);
  },
  /** Acted, and the answer was lost on the way. */
  lost: async ({ ask }) => (await ask(), failing('socket hang up', { code: 'ECONNRESET' })),
} satisfies Record<string, Fault>;
export type DoorFault = keyof typeof doorFaults;
export const doorFaultNames = Object.keys(doorFaults) as DoorFault[]; // keys of a const table

const halfOf = (answer: unknown): unknown => {
  if (typeof answer === 'string') return answer.slice(0, answer.length / 2);
  if (Array.isArray(answer)) return [...(answer.slice(0, -1) as unknown[]), ...answer.slice(-1).map(halfOf)];
  if (typeof answer !== 'object' || answer === null) return answer;
  const entries = Object.entries(answer);
  return Object.fromEntries(entries.slice(0, Math.floor(entries.length / 2)));
};

const otherThan = (answer: unknown): unknown =>
  typeof answer === 'object' && answer !== null ? '<html>502 Bad Gateway</html>' : { ok: true };

export const faultyDoorNames = ['deployment', 'monitoring', 'testing', 'source', 'workspace', 'flags', 'interventions'] as const;
export type FaultyDoor = (typeof faultyDoorNames)[number];
export type Spoiled = { door: FaultyDoor; method: string; fault: DoorFault; when: 'once' | 'always' };

/** Honest answers of what this world leaves out. */
const leftOut: Record<string, unknown> = {
  logsBetween: [],
  configuration: { digest: 'sha256:now', previousDigest: 'sha256:before', added: [], changed: ['GREETING'], removed: [] },
};

/** What is shared between a faulty door and whoever repairs it. */
export type Damage = { calls: number; repaired: boolean };

/** The same ports with one method of one door spoiled, until it is repaired. */
export const spoil = (ports: Ports, { door, method, fault, when }: Spoiled, limitMs: number): { ports: Ports; damage: Damage } => {
  const damage: Damage = { calls: 0, repaired: false };
  let before: unknown;
  const spoiled = <T extends object>(port: T): T => {
    const honest = (port as Record<string, (...args: unknown[]) => unknown>)[method] ?? (() => Promise.resolve(leftOut[method]));
    const spoiledMethod = async (...args: unknown[]): Promise<unknown> => {
      damage.calls += 1;
      const ask = async () => Reflect.apply(honest, port, args);
      const acts = !damage.repaired && (when === 'always' || damage.calls === 1 || (fault === 'outOfOrder' && damage.calls === 2));
      const answer = acts ? await doorFaults[fault]({ ask, clock: ports.clock, call: damage.calls, limitMs, before }) : await ask();
      before ??= answer;
      return answer;
    };
    return { ...port, [method]: spoiledMethod };
  };
  if (door === 'workspace') {
    const { source } = ports;
    return { damage, ports: { ...ports, source: { ...source, workspace: async (worktree) => spoiled(await source.workspace(worktree)) } } };
  }
  const port = ports[door];
  return { damage, ports: { ...ports, ...(port && { [door]: spoiled(port) }) } };
};
