import { verifyRelease } from '../../src/agents/verify-release.js';
import { releaseDocument } from '../../src/desk/document.js';
import { historyView } from '../../src/desk/view/history-view.js';
import type { Workspace } from '../../src/desk/workspace.js';
import type { OutsideWorld } from './outside-world.js';

export type Ended = { end: Record<string, unknown>; effects: string[] };

/** How a release ended, without what depends on when: what two runs of it must have in common. */
export const endOf = async (
  id: string,
  { store, config }: Pick<Workspace, 'store' | 'config'>,
  { ports, effects, told }: OutsideWorld,
): Promise<Ended> => {
  const row = await store.release(id);
  if (row === null) return { end: {}, effects: [...effects] };
  const document = await releaseDocument(row, store, config);
  const { outcome, events, blackboard, gates, criteria } = document;
  const history = await historyView(store, ports.clock.now());
  const environments = await Promise.all((['staging', 'production'] as const).map((name) => ports.deployment.status(name)));
  return {
    end: {
      ...{ state: row.state, outcome, environments },
      events: events.map(({ topic, emittedBy }) => `${topic} by ${emittedBy}`).sort(),
      fields: Object.entries(blackboard).flatMap(([name, value]) => (value === null ? [] : [name])),
      notifications: told(),
      verdicts: gates.map((gate) => `${gate.gate} ${gate.outcome}`).sort(),
      criteria: criteria.map(({ criterion, met }) => `${criterion} ${met}`),
      problems: [...(await verifyRelease(store, row)).problems, ...negative(document), ...negative(history)],
    },
    effects: [...effects],
  };
};

/** Durations that a clock has turned round. */
const negative = (value: unknown, path = ''): string[] => {
  if (typeof value === 'number') return value < 0 && /Ms(?:\.value)?$/.test(path) ? [`${path} is ${value}`] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => negative(one, path === '' ? key : `${path}.${key}`));
};

/** What is lost, doubled or different in the second of two ends. */
export const differences = (whole: Ended, cut: Ended): string[] => {
  const counts = new Map<string, number>();
  for (const effect of standing(cut.effects)) counts.set(effect, (counts.get(effect) ?? 0) + 1);
  for (const effect of standing(whole.effects)) counts.set(effect, (counts.get(effect) ?? 0) - 1);
  const effects = [...counts].flatMap(([effect, more]) =>
    more === 0 ? [] : [more > 0 ? `${more} too many of: ${effect}` : `lost: ${effect}`],
  );
  const ends = Object.entries(whole.end).flatMap(([key, value]) => {
    const [expected, found] = [JSON.stringify(value), JSON.stringify(cut.end[key])];
    return expected === found ? [] : [`${key} is ${difference(found ?? 'missing', expected ?? '')}`];
  });
  return [...effects, ...ends];
};

/** From where on two texts differ. */
const difference = (found: string, expected: string): string => {
  const same = [...expected].findIndex((character, place) => found[place] !== character);
  const from = Math.max(0, same - 40);
  return `…${found.slice(from, from + 120)}… instead of …${expected.slice(from, from + 120)}…`;
};

/** A rollout that was cut off begins again from the stable version, which is in the blue slot: a switch that was taken back before the next effect does not stand. */
const standing = (effects: readonly string[]): string[] => {
  const left: string[] = [];
  for (const effect of effects) {
    const [, environment] = /^switch of (\w+) to blue$/.exec(effect) ?? [];
    const isBack = environment !== undefined && left.at(-1) === `switch of ${environment} to green`;
    if (isBack) left.pop();
    else left.push(effect);
  }
  return left;
};
