import { Refusal } from './refusal.mjs';

const columns = 'id, name, category, description, price_cents AS priceCents, available';

/** Reads what is for sale. Every statement is prepared once: the product list is the busiest path of the shop. */
export const openProducts = (database) => {
  const all = database.prepare(`SELECT ${columns} FROM products ORDER BY id`);
  const inCategory = database.prepare(`SELECT ${columns} FROM products WHERE category = ? ORDER BY id`);
  const one = database.prepare(`SELECT ${columns} FROM products WHERE id = ?`);
  return {
    list: (category) => (category === undefined ? all.all() : inCategory.all(category)).map(toProduct),
    find: (id) => {
      const row = one.get(id);
      if (row === undefined) throw new Refusal(404, `There is no product ${id}.`);
      return toProduct(row);
    },
  };
};

const toProduct = (row) => ({ ...row, available: row.available === 1 });
