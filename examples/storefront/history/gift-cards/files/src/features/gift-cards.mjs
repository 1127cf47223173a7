import { orderCents } from '../money.mjs';
import { Refusal } from '../refusal.mjs';
import { reply } from '../reply.mjs';

/** Gift cards: POST /api/gift-cards/preview shows what the cart costs once the card is used. */
export const feature = {
  name: 'gift-cards',
  migrations: [
    {
      id: 'gift-cards-1',
      sql: 'CREATE TABLE gift_cards (code TEXT PRIMARY KEY, balance_cents INTEGER NOT NULL CHECK (balance_cents >= 0))',
    },
  ],
  open: ({ database, carts }) => {
    const balanceOf = database.prepare('SELECT balance_cents FROM gift_cards WHERE code = ?').pluck();
    return {
      routes: [
        {
          method: 'POST',
          path: '/api/gift-cards/preview',
          handle: ({ session, body }) => {
            const balance = balanceOf.get(String(body.code));
            if (balance === undefined) throw new Refusal(404, 'There is no such gift card.');
            return reply.json(200, orderCents(carts.read(session).lines, balance));
          },
        },
      ],
    };
  },
};
