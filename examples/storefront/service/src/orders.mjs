import { lineCents, orderCents } from './money.mjs';
import { Refusal } from './refusal.mjs';

/** Turns carts into orders, whole or not at all. */
export const openOrders = (database, carts) => {
  const insertOrder = database.prepare('INSERT INTO orders (session, email, total_cents, placed_at) VALUES (?, ?, ?, ?)');
  const insertLine = database.prepare('INSERT INTO order_lines (order_id, product_id, quantity, line_cents) VALUES (?, ?, ?, ?)');
  const countSold = database.prepare('UPDATE products SET sold = sold + ? WHERE id = ?');
  const orderOf = database.prepare(
    'SELECT id, email, total_cents AS totalCents, placed_at AS placedAt FROM orders WHERE id = ? AND session = ?',
  );
  const linesOf = database.prepare(`
    SELECT product_id AS productId, quantity, line_cents AS lineCents FROM order_lines WHERE order_id = ? ORDER BY product_id`);

  const record = (session, email, lines) => {
    const { totalCents } = orderCents(lines);
    const placedAt = Date.now();
    const id = Number(insertOrder.run(session, email, totalCents, placedAt).lastInsertRowid);
    for (const line of lines) {
      insertLine.run(id, line.productId, line.quantity, line.lineCents);
      countSold.run(line.quantity, line.productId);
    }
    return {
      id,
      email,
      totalCents,
      placedAt,
      lines: lines.map(({ productId, quantity, lineCents: cents }) => ({ productId, quantity, lineCents: cents })),
    };
  };
  const place = (session, email) => {
    const { lines } = carts.read(session);
    if (lines.length === 0) throw new Refusal(409, 'The cart is empty.');
    const order = record(session, email, lines);
    carts.clear(session);
    return order;
  };
  return {
    place: database.transaction(place).immediate,
    find: (id, session) => {
      const order = orderOf.get(id, session);
      if (order === undefined) throw new Refusal(404, `There is no order ${id}.`);
      return { ...order, lines: linesOf.all(id) };
    },
  };
};

export const checkEmail = (email) => {
  if (typeof email !== 'string' || email.length > 200 || !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email))
    throw new Refusal(400, 'email must be an address.');
  return email;
};
