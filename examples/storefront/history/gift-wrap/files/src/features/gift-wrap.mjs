import { flags } from '../flags.mjs';
import { reply } from '../reply.mjs';

/** Every parcel can be wrapped as a gift. A wrapped parcel is bulky, so its shipping is worked out here. */
export const feature = {
  name: 'gift-wrap',
  migrations: [],
  open: (shop) => {
    const { read, add } = shop.carts;
    const wrap = (session, cart) => (flags.isOn('gift-wrap', session) ? wrapped(cart) : cart);
    shop.carts.read = (session) => wrap(session, read(session));
    shop.carts.add = (session, ...line) => wrap(session, add(session, ...line));
    return {
      routes: [{ method: 'GET', path: '/api/gift-wrap', handle: () => reply.json(200, { papers: ['plain', 'stars', 'stripes'] }) }],
    };
  },
};

const shippingCents = 490;
const freeShippingCents = 5_000;

/** The cart of a wrapped parcel. */
export const wrapped = (cart) => {
  const shipping = cart.goodsCents === 0 || cart.goodsCents > freeShippingCents ? 0 : shippingCents;
  return { ...cart, shippingCents: shipping, totalCents: cart.goodsCents + shipping };
};
