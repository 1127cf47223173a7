import type { StagingConfig } from '../catalog/config.js';
import { reason, StagingError } from '../catalog/errors.js';
import { doorRows, type DoorName, type DoorRow } from './door-rows.js';
import type { Clock, Ports, Workspace } from './ports.js';
import { systemClock } from './system-clock.js';

/** What stands behind a guarded door: two guards of one adapter share its late effects and its turns. */
const behind = new WeakMap<object, object>();
/** Effects that were given up waiting for, and may still happen. */
const overdue = new WeakMap<object, Set<Promise<unknown>>>();

export const unguarded = (port: object): object => behind.get(port) ?? port;

/** Resolves when what was given up waiting for at this door has ended after all; null when there is nothing of the kind. */
export const lateEffects = (port: object): Promise<unknown> | null => {
  const late = overdue.get(unguarded(port));
  return late === undefined || late.size === 0 ? null : Promise.allSettled(late);
};

type Guard = { config: StagingConfig; clock: Clock; permit: (() => Promise<void>) | null };

/**
 * The same doors, of which nobody has to be afraid: what is asked of them is answered in time, in the right shape and about the
 * right thing, or it throws ADAPTER_SILENT, ADAPTER_WRONG, ADAPTER_DENIED or ADAPTER_FAILED with what to do. What may be done twice
 * is asked for again first (`doorLimits`). Guarding what is guarded changes nothing. `permit` is asked right before anything outside is
 * changed; where that throws, nothing is done.
 */
export const guardDoors = <P extends Ports>(ports: P, config: StagingConfig, permit: Guard['permit'] = null): P => {
  const by: Guard = { config, clock: ports.clock, permit };
  const both = (one: Pick<Ports, 'source' | 'testing'>) => ({
    source: guardDoor('source', one.source, by),
    testing: guardDoor('testing', one.testing, by),
  });
  return {
    ...ports,
    ...both(ports),
    deployment: guardDoor('deployment', ports.deployment, by),
    monitoring: guardDoor('monitoring', ports.monitoring, by),
    flags: guardDoor('flags', ports.flags, by),
    ...(ports.interventions && { interventions: guardDoor('interventions', ports.interventions, by) }),
    ...(ports.services && { services: Object.fromEntries(Object.entries(ports.services).map(([name, one]) => [name, both(one)])) }),
  };
};

const guardDoor = <T extends object>(door: DoorName, port: T, by: Guard): T => {
  if (behind.has(port)) return port;
  const rows: Partial<Record<PropertyKey, DoorRow>> = doorRows[door];
  const guarded = new Proxy(port, {
    get: (target, key) => {
      const found: unknown = Reflect.get(target, key);
      const row = rows[key];
      if (row === undefined || typeof found !== 'function') return found;
      const method = `${door}.${String(key)}`;
      const name = 'name' in target ? `the ${String(target.name)} adapter` : 'the adapter';
      return (...args: unknown[]) =>
        ask(
          {
            row,
            port,
            args,
            what: { method, name, args },
            run: async () => {
              if (row.acts) await by.permit?.();
              return (await Reflect.apply(found, target, args)) as unknown;
            },
          },
          by,
        ).then((answer) => (method === 'source.workspace' ? guardDoor('workspace', answer as Workspace, by) : answer));
    },
  });
  behind.set(guarded, port);
  return guarded;
};

type Question = { row: DoorRow; port: object; args: readonly unknown[]; what: What; run: () => Promise<unknown> };
type What = { method: string; name: string; args: readonly unknown[] };

const ask = async (question: Question, by: Guard): Promise<unknown> => {
  const { retries, retryAfterMs } = by.config.doorLimits;
  for (let time = 0; ; time += 1) {
    try {
      return await askOnce(question, by);
    } catch (error) {
      if (time >= retries || !mayAskAgain(error, question.row)) throw error;
      await by.clock.sleep(retryAfterMs * 2 ** time);
    }
  }
};

/** A person has to act on some, and what is silent may still be at work. */
const mayAskAgain = (error: unknown, { again, acts }: DoorRow): boolean =>
  again === true &&
  error instanceof StagingError &&
  error.actor === 'technical' &&
  error.code !== 'ADAPTER_CLOSED' &&
  error.code !== 'LEASE_LOST' &&
  (error.code !== 'ADAPTER_SILENT' || acts !== true);

const askOnce = async ({ row, port, args, what, run }: Question, by: Guard): Promise<unknown> => {
  if (row.acts && row.limit === 'work') await lateOnesEnd(port, by);
  const { asked, answered } = inTime(run, limitOf(row, args, by), by.clock);
  const answer = await answered.catch((error: unknown) => {
    throw explained(error, what);
  });
  if (answer === silent) {
    if (row.acts) remember(port, asked);
    throw new StagingError(
      'ADAPTER_SILENT',
      `Failed to hear from ${what.name}: ${say(what)} gave no answer within ${limitOf(row, args, by) / 1_000} s.`,
    );
  }
  return checked(answer, row, args, what);
};

const limitOf = ({ limit, ownMs }: DoorRow, args: readonly unknown[], { config }: Guard): number => {
  const { doorLimits } = config;
  if (limit !== 'caller') return doorLimits[`${limit}Ms`] + (ownMs?.(config, args) ?? 0);
  return args.some((one) => one instanceof AbortSignal) ? Infinity : doorLimits.workMs;
};

const silent = Symbol('no answer in time');

/** The limit is set before it is asked, so that it counts whatever passes time meanwhile; in this machine's time, and in that of the release. */
const inTime = (run: () => Promise<unknown>, limitMs: number, clock: Clock): { asked: Promise<unknown>; answered: Promise<unknown> } => {
  if (limitMs === Infinity) {
    const asked = run();
    return { asked, answered: asked };
  }
  let asked: Promise<unknown> = Promise.resolve();
  const answered = new Promise<unknown>((resolve, reject) => {
    const stops = (clock === systemClock ? [clock] : [systemClock, clock]).map((one: Clock) =>
      one.alarm?.(limitMs, () => end(resolve, silent)),
    );
    const end = <T>(settle: (value: T) => void, value: T): void => {
      for (const stop of stops) stop?.();
      settle(value);
    };
    asked = run();
    asked.then(
      (answer) => end(resolve, answer),
      (error: unknown) => end(reject, error),
    );
  });
  return { asked, answered };
};

/** What works long is not begun beside something that was given up waiting for, unless that lasts too long: then it is forgotten. */
const lateOnesEnd = async (port: object, { config, clock }: Guard): Promise<void> => {
  const late = lateEffects(port);
  if (late === null) return;
  const { quickMs } = config.doorLimits;
  const waiting = () => (clock.passesByItself ? late : (void clock.sleep(quickMs), late)); // nobody else moves such a clock
  if ((await inTime(waiting, quickMs, clock).answered) === silent) overdue.delete(port);
};

const remember = (port: object, asked: Promise<unknown>): void => {
  const late = overdue.get(port) ?? new Set();
  overdue.set(port, late.add(asked));
  void asked.catch(() => undefined).finally(() => late.delete(asked)); // whoever asked was told that it is silent
};

const checked = (answer: unknown, { answer: schema, misfit, tidy }: DoorRow, args: readonly unknown[], what: What): unknown => {
  const parsed = schema.safeParse(answer);
  const wrong = parsed.success ? (misfit?.(parsed.data as never, args) ?? null) : reason(parsed.error); // the row's own schema made it
  if (wrong !== null) throw new StagingError('ADAPTER_WRONG', `Failed to use the answer of ${what.name} to ${say(what)}: ${wrong}.`);
  return tidy ? tidy(parsed.data as never) : parsed.data; // as above
};

/** What an adapter throws in its own words is kept as the cause. */
const explained = (error: unknown, what: What): StagingError => {
  const denied = findDenial(error);
  if (denied !== null)
    return new StagingError('ADAPTER_DENIED', `Failed to call ${say(what)} of ${what.name}: it is not permitted (${denied}).`, {
      cause: error,
    });
  if (error instanceof StagingError) return error;
  return new StagingError('ADAPTER_FAILED', `Failed to call ${say(what)} of ${what.name}: ${reason(error)}.`, { cause: error });
};

/** The first refusal of permission among an error and its causes. */
const findDenial = (error: unknown, depth = 0): string | null => {
  if (!(error instanceof Error) || depth > 4) return null;
  const { code, status, statusCode } = error as { code?: unknown; status?: unknown; statusCode?: unknown };
  const isDenial = code === 'EACCES' || code === 'EPERM' || [code, status, statusCode].some((one) => one === 401 || one === 403);
  return isDenial ? reason(error) : findDenial(error.cause, depth + 1);
};

/** The method with what names the place: `deployment.status(staging)`. */
const say = ({ method, args }: What): string =>
  `${method}(${args.filter((one) => typeof one === 'string' || typeof one === 'number').join(', ')})`;
