type OfService = { service?: string | undefined };

/** What was measured, one service after the other, each in the order in which it came: what one does never hides behind another. */
export const byService = <T extends OfService>(items: readonly T[]): T[][] => {
  const groups = new Map<string | undefined, T[]>();
  for (const item of items) {
    const group = groups.get(item.service);
    if (group === undefined) groups.set(item.service, [item]);
    else group.push(item);
  }
  return [...groups.values()];
};
