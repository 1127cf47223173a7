import { orderCents } from '../money.mjs';
import { reply } from '../reply.mjs';

/** Loyalty: who has ordered before in this session pays less. GET /api/loyalty shows the discount on the cart. */
export const feature = {
  name: 'loyalty',
  migrations: [],
  open: ({ database, carts }) => {
    const ordersOf = database.prepare('SELECT count(*) FROM orders WHERE session = ?').pluck();
    return {
      routes: [
        {
          method: 'GET',
          path: '/api/loyalty',
          handle: ({ session }) => reply.json(200, orderCents(carts.read(session).lines, ordersOf.get(session))),
        },
      ],
    };
  },
};
