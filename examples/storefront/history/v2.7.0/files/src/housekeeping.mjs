const everyMs = 60_000;
const lifeMs = 30 * 24 * 3_600_000;

/** Empties carts that nobody has touched for thirty days, once a minute and, where asked for, at the request of a given number. */
export const startHousekeeping = ({ database, server, atRequest }) => {
  const sweep = createSweep(database);
  const timer = setInterval(() => sweep(Date.now()), everyMs);
  server.once('close', () => clearInterval(timer));
  let requests = 0;
  if (atRequest > 0) server.on('request', () => (requests += 1) === atRequest && setImmediate(sweep, Date.now()));
};

/** Removes expired carts one by one: a long transaction would hold up the orders. Returns how many went. */
export const createSweep = (database) => {
  const oldest = database.prepare('SELECT session FROM cart_lines WHERE touched_at < ? ORDER BY touched_at LIMIT 1');
  const clear = database.prepare('DELETE FROM cart_lines WHERE session = ?');
  return (now) => {
    let swept = 0;
    let next = oldest.get(now - lifeMs);
    do {
      clear.run(next.session);
      swept += 1;
      next = oldest.get(now - lifeMs);
    } while (next !== undefined);
    return swept;
  };
};
