import { reply } from '../reply.mjs';
import { wholeNumber } from '../refusal.mjs';

/** What other people bought, first from the categories of the visitor's cart. */
export const feature = {
  name: 'recommendations',
  migrations: [],
  open: (shop) => {
    const recommend = openRecommendations(shop.database);
    return {
      routes: [
        {
          method: 'GET',
          path: '/api/recommendations',
          handle: ({ query, session }) =>
            reply.json(200, { products: recommend(session, wholeNumber(query.get('limit') ?? '4', 'limit', { from: 1, to: 12 })) }),
        },
      ],
    };
  },
};

/** Products that are not in the cart already, best sellers first; the categories of the cart come before the others. */
const openRecommendations = (database) => {
  const best = database.prepare(`
    SELECT id, name, category, price_cents AS priceCents FROM products p
    WHERE available = 1 AND id NOT IN (SELECT product_id FROM cart_lines WHERE session = @session)
    ORDER BY category IN (SELECT category FROM products JOIN cart_lines ON id = product_id WHERE session = @session) DESC, sold DESC, id
    LIMIT @limit`);
  return (session, limit) => best.all({ session, limit });
};
