import { lineCents, orderCents } from './money.mjs';
import { Refusal } from './refusal.mjs';

const maxQuantity = 99;

/** Carts live in the database, not in the process: the next request of a session may reach another slot. */
export const openCarts = (database, products) => {
  const linesOf = database.prepare(`
    SELECT p.id AS productId, p.name, p.price_cents AS priceCents, c.quantity
    FROM cart_lines c JOIN products p ON p.id = c.product_id WHERE c.session = ? ORDER BY p.id`);
  const quantityOf = database.prepare('SELECT quantity FROM cart_lines WHERE session = ? AND product_id = ?').pluck();
  const put = database.prepare(`
    INSERT INTO cart_lines (session, product_id, quantity, touched_at) VALUES (?, ?, ?, ?)
    ON CONFLICT (session, product_id) DO UPDATE SET quantity = excluded.quantity, touched_at = excluded.touched_at`);
  const clear = database.prepare('DELETE FROM cart_lines WHERE session = ?');

  const read = (session) => {
    const lines =
      session === null ? [] : linesOf.all(session).map((line) => ({ ...line, lineCents: lineCents(line.priceCents, line.quantity) }));
    return { lines, ...orderCents(lines) };
  };
  const add = (session, productId, quantity) => {
    const product = products.find(productId);
    if (!product.available) throw new Refusal(409, `${product.name} is sold out.`);
    const wanted = (quantityOf.get(session, productId) ?? 0) + quantity;
    if (wanted > maxQuantity) throw new Refusal(400, `A cart holds at most ${maxQuantity} pieces of one product.`);
    put.run(session, productId, wanted, Date.now());
    return read(session);
  };
  return { read, add: database.transaction(add).immediate, clear: (session) => clear.run(session) };
};
