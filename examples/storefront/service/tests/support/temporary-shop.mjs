import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCarts } from '../../src/carts.mjs';
import { openDatabase } from '../../src/database.mjs';
import { loadFeatures } from '../../src/features.mjs';
import { openOrders } from '../../src/orders.mjs';
import { openProducts } from '../../src/products.mjs';

/** The shop's storage on a real SQLite file of its own; `close` removes it. */
export const temporaryShop = async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'storefront-'));
  const features = await loadFeatures();
  const database = openDatabase(dataDir, features);
  const products = openProducts(database);
  const carts = openCarts(database, products);
  return {
    dataDir,
    features,
    database,
    products,
    carts,
    orders: openOrders(database, carts),
    close: () => {
      database.close();
      rmSync(dataDir, { recursive: true });
    },
  };
};
