import { canonicalJson } from './digest.js';

type Item = { id: string };

/** Merges lists by `id`: a known item is replaced in its place, a new one is appended. Merging the same items again changes nothing. */
export const mergeById = <T extends Item>(current: readonly T[], next: readonly T[]): T[] => {
  if (next.length === 0) return [...current];
  const merged = new Map(current.map((item) => [item.id, item]));
  for (const item of next) merged.set(item.id, item);
  return [...merged.values()];
};

/** An event that was handled stays handled, whichever of two parallel writers comes last. */
export const mergeEvents = <T extends Item & { handled: boolean }>(current: readonly T[], next: readonly T[]): T[] =>
  mergeById(
    current,
    next.map((item) => ({ ...item, handled: item.handled || current.some((known) => known.id === item.id && known.handled) })),
  );

/** Whether two values would be the same JSON. */
export const same = (a: unknown, b: unknown): boolean => canonicalJson(a) === canonicalJson(b);
