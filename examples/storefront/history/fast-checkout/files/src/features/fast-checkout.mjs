import { checkEmail } from '../orders.mjs';
import { wholeNumber } from '../refusal.mjs';
import { reply } from '../reply.mjs';
import { ensureSession } from '../session.mjs';

/** One step from a product to an order: POST /api/checkout/fast with the product, the quantity and the e-mail address. */
export const feature = {
  name: 'fast-checkout',
  migrations: [],
  open: (shop) => {
    const buy = openFastCheckout(shop);
    return {
      routes: [
        {
          method: 'POST',
          path: '/api/checkout/fast',
          handle: ({ session: known, body }) => {
            const productId = wholeNumber(body.productId, 'productId', { from: 1, to: 999_999_999 });
            const quantity = wholeNumber(body.quantity ?? 1, 'quantity', { from: 1, to: 99 });
            const email = checkEmail(body.email);
            const { session, headers } = ensureSession(known);
            const order = buy(session, productId, quantity, email);
            return reply.json(201, order, { ...headers, location: `/api/orders/${order.id}` });
          },
        },
      ],
    };
  },
};

/** Orders what the cart holds together with the product, so that nothing stays behind in a cart; both or neither happen. */
export const openFastCheckout = ({ database, carts, orders }) =>
  database.transaction((session, productId, quantity, email) => {
    carts.add(session, productId, quantity);
    return orders.place(session, email);
  }).immediate;
