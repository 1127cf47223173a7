export type Prunable = {
  id: string;
  environment: string;
  takenAt: number;
  /** Why it must stay, or null: who would go back by it. */
  neededBy: string | null;
};
/** At least one of them; with both, what is old goes unless it is among the newest. */
export type PruneRule = { olderThanMs: number | null; keep: number | null };

/** Which snapshots go, and why each other one stays. What a way back needs never goes, however old. */
export const pruneSnapshots = (
  snapshots: readonly Prunable[],
  { olderThanMs, keep }: PruneRule,
  now: number,
): { remove: string[]; stay: { id: string; why: string }[] } => {
  const remove: string[] = [];
  const stay: { id: string; why: string }[] = [];
  const seen = new Map<string, number>();
  for (const { id, environment, takenAt, neededBy } of [...snapshots].sort((one, other) => other.takenAt - one.takenAt)) {
    const place = (seen.get(environment) ?? 0) + 1;
    seen.set(environment, place);
    const why =
      neededBy ??
      (keep !== null && place <= keep
        ? `it is among the newest ${keep} of ${environment}`
        : olderThanMs !== null && now - takenAt < olderThanMs
          ? 'it is not old enough'
          : null);
    if (why === null) remove.push(id);
    else stay.push({ id, why });
  }
  return { remove, stay };
};
