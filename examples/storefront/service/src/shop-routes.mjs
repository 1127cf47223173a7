import { checkEmail } from './orders.mjs';
import { renderPage } from './page.mjs';
import { wholeNumber } from './refusal.mjs';
import { reply } from './reply.mjs';
import { ensureSession } from './session.mjs';
import { style } from './style.mjs';

const idRange = { from: 1, to: 999_999_999 };

/** The routes of the shop itself; features bring their own. */
export const shopRoutes = ({ database, products, carts, orders, metrics, version }, features) => {
  const databaseAnswers = database.prepare('SELECT count(*) AS products FROM products');
  const sections = features.filter((feature) => feature.section !== undefined);
  return [
    {
      method: 'GET',
      path: '/',
      handle: ({ query, session }) => {
        const placed = query.has('order') ? orders.find(wholeNumber(query.get('order'), 'order', idRange), session) : null;
        const html = sections.map((feature) => feature.section(session));
        return reply.html(200, renderPage({ products: products.list(), cart: carts.read(session), placed, sections: html, version }));
      },
    },
    {
      method: 'GET',
      path: '/style.css',
      handle: () => ({ status: 200, headers: { 'content-type': 'text/css; charset=utf-8', 'cache-control': 'max-age=300' }, body: style }),
    },
    {
      method: 'GET',
      path: '/api/products',
      handle: ({ query }) => reply.json(200, { products: products.list(query.get('category') ?? undefined) }),
    },
    {
      method: 'GET',
      path: '/api/products/:id',
      handle: ({ parameters }) => reply.json(200, products.find(wholeNumber(parameters.id, 'id', idRange))),
    },
    { method: 'GET', path: '/api/cart', handle: ({ session }) => reply.json(200, carts.read(session)) },
    {
      method: 'POST',
      path: '/api/cart',
      handle: ({ session: known, body, isForm }) => {
        const productId = wholeNumber(body.productId, 'productId', idRange);
        const quantity = wholeNumber(body.quantity ?? 1, 'quantity', { from: 1, to: 99 });
        const { session, headers } = ensureSession(known);
        const cart = carts.add(session, productId, quantity);
        return isForm ? reply.seeOther('/#cart', headers) : reply.json(200, cart, headers);
      },
    },
    {
      method: 'POST',
      path: '/api/orders',
      handle: ({ session, body, isForm }) => {
        const order = orders.place(session, checkEmail(body.email));
        return isForm ? reply.seeOther(`/?order=${order.id}#cart`) : reply.json(201, order, { location: `/api/orders/${order.id}` });
      },
    },
    {
      method: 'GET',
      path: '/api/orders/:id',
      handle: ({ parameters, session }) => reply.json(200, orders.find(wholeNumber(parameters.id, 'id', idRange), session)),
    },
    {
      method: 'GET',
      path: '/healthz',
      handle: () => reply.json(200, { status: 'ok', database: databaseAnswers.get().products > 0 ? 'ok' : 'empty', version }),
    },
    {
      method: 'GET',
      path: '/metrics',
      handle: async () => {
        const { type, text } = await metrics.expose();
        return reply.text(200, text, { 'content-type': type });
      },
    },
  ];
};
