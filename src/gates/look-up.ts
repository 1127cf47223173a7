/** The row of a table under a name that came from outside; undefined for every name that the table does not hold itself, `constructor` too. */
export const lookUp = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;
