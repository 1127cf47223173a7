import { escapeHtml } from '../page.mjs';
import { Refusal, wholeNumber } from '../refusal.mjs';
import { reply } from '../reply.mjs';
import { ensureSession } from '../session.mjs';

const idRange = { from: 1, to: 999_999_999 };

/** Products to come back to: a list per visitor, on the page and at /api/wishlist. Sold-out products may be wished for. */
export const feature = {
  name: 'wishlist',
  migrations: [
    {
      id: 'wishlist-1',
      sql: `CREATE TABLE wishes (
        session TEXT NOT NULL, product_id INTEGER NOT NULL REFERENCES products (id), wished_at INTEGER NOT NULL, PRIMARY KEY (session, product_id)
      )`,
    },
  ],
  open: (shop) => {
    const wishlist = openWishlist(shop);
    return {
      section: (session) => renderSection(wishlist.list(session), shop.products.list()),
      routes: [
        { method: 'GET', path: '/api/wishlist', handle: ({ session }) => reply.json(200, { products: wishlist.list(session) }) },
        {
          method: 'POST',
          path: '/api/wishlist',
          handle: ({ session: known, body, isForm }) => {
            const productId = wholeNumber(body.productId, 'productId', idRange);
            const { session, headers } = ensureSession(known);
            const products = wishlist.add(session, productId);
            return isForm ? reply.seeOther('/#wishlist', headers) : reply.json(200, { products }, headers);
          },
        },
        {
          method: 'DELETE',
          path: '/api/wishlist/:id',
          handle: ({ session, parameters }) =>
            reply.json(200, { products: wishlist.remove(session, wholeNumber(parameters.id, 'id', idRange)) }),
        },
      ],
    };
  },
};

export const openWishlist = ({ database, products }) => {
  const wished = database.prepare(`
    SELECT p.id, p.name, p.price_cents AS priceCents FROM wishes w JOIN products p ON p.id = w.product_id WHERE w.session = ? ORDER BY p.id`);
  const insert = database.prepare('INSERT OR IGNORE INTO wishes (session, product_id, wished_at) VALUES (?, ?, ?)');
  const remove = database.prepare('DELETE FROM wishes WHERE session = ? AND product_id = ?');
  const list = (session) => (session === null ? [] : wished.all(session));
  return {
    list,
    add: (session, productId) => {
      insert.run(session, products.find(productId).id, Date.now());
      return list(session);
    },
    remove: (session, productId) => {
      if (remove.run(session, productId).changes === 0) throw new Refusal(404, `Product ${productId} is not on the wishlist.`);
      return list(session);
    },
  };
};

const renderSection = (wishes, products) => `<section id="wishlist" aria-label="Wishlist">
<h2>Wishlist</h2>
${wishes.length === 0 ? '<p>Nothing yet.</p>' : `<ul>${wishes.map((wish) => `<li>${escapeHtml(wish.name)}</li>`).join('')}</ul>`}
<form method="post" action="/api/wishlist">
<select name="productId" aria-label="Product">${products.map((product) => `<option value="${product.id}">${escapeHtml(product.name)}</option>`).join('')}</select>
<button>Remember</button>
</form>
</section>`;
