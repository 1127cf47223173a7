/** The last forty visits, numbered one after the other. */
export const openVisits = (database) => {
  const add = database.prepare('INSERT INTO visits (number, visited_at) SELECT coalesce(max(number), 0) + 1, ? FROM visits');
  return { note: () => void add.run(Date.now()) };
};
