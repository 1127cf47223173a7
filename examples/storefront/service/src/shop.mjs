import { openCarts } from './carts.mjs';
import { openDatabase } from './database.mjs';
import { loadFeatures } from './features.mjs';
import { createServer } from './http-server.mjs';
import { createMetrics } from './metrics.mjs';
import { openOrders } from './orders.mjs';
import { openProducts } from './products.mjs';
import { shopRoutes } from './shop-routes.mjs';
import { version } from './version.mjs';

/** Puts the shop together on the data in `dataDir`. Nothing listens until `listen`. */
export const openShop = async ({ dataDir }) => {
  const features = await loadFeatures();
  const database = openDatabase(dataDir, features);
  const products = openProducts(database);
  const carts = openCarts(database, products);
  const shop = { database, products, carts, orders: openOrders(database, carts), metrics: createMetrics(), version };
  const opened = features.map((feature) => ({ name: feature.name, ...feature.open(shop) }));
  const server = createServer({
    routes: [...shopRoutes(shop, opened), ...opened.flatMap((feature) => feature.routes)],
    metrics: shop.metrics,
  });
  return {
    version,
    featureNames: features.map((feature) => feature.name),
    listen: (port, host) => new Promise((done, failed) => server.once('error', failed).listen(port, host, done)),
    url: () => `http://${server.address().address}:${server.address().port}`,
    /** Takes no new request, lets those in flight finish for `patienceMs`, and closes the database. */
    close: async (patienceMs) => {
      await server.finish(patienceMs);
      database.close();
    },
  };
};
