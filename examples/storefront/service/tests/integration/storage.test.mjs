import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase } from '../../src/database.mjs';
import { temporaryShop } from '../support/temporary-shop.mjs';

let shop;
beforeEach(async () => (shop = await temporaryShop()));
afterEach(() => shop.close());

test('a new shop has its products', () => {
  expect(shop.products.list()).toHaveLength(24);
});

test('a category lists only its own', () => {
  expect(new Set(shop.products.list('garden').map((product) => product.category))).toEqual(new Set(['garden']));
});

test('an unknown product is refused', () => {
  expect(() => shop.products.find(999)).toThrow('There is no product 999.');
});

test('adding twice adds up', () => {
  shop.carts.add('a', 2, 1);
  expect(shop.carts.add('a', 2, 2).lines).toMatchObject([{ productId: 2, quantity: 3 }]);
});

test('a cart belongs to its session', () => {
  shop.carts.add('a', 2, 1);
  expect(shop.carts.read('b').lines).toEqual([]);
});

test('a sold-out product stays out of the cart', () => {
  expect(() => shop.carts.add('a', 24, 1)).toThrow('Star map is sold out.');
});

test('an order takes the cart over and empties it', () => {
  shop.carts.add('a', 2, 1);
  const order = shop.orders.place('a', 'ada@shop.example');
  expect(order).toMatchObject({ totalCents: 3_940, lines: [{ productId: 2, quantity: 1 }] });
  expect(shop.carts.read('a').lines).toEqual([]);
});

test('an order is found by its own session only', () => {
  shop.carts.add('a', 2, 1);
  const { id } = shop.orders.place('a', 'ada@shop.example');
  expect(shop.orders.find(id, 'a').id).toBe(id);
  expect(() => shop.orders.find(id, 'b')).toThrow(`There is no order ${id}.`);
});

test('an empty cart makes no order', () => {
  expect(() => shop.orders.place('a', 'ada@shop.example')).toThrow('The cart is empty.');
});

test('an order that fails half way leaves the cart as it was', () => {
  shop.carts.add('a', 2, 1);
  shop.database.exec("CREATE TRIGGER broken BEFORE INSERT ON order_lines BEGIN SELECT RAISE(ABORT, 'disk'); END");
  expect(() => shop.orders.place('a', 'ada@shop.example')).toThrow('disk');
  expect(shop.carts.read('a').lines).toHaveLength(1);
  expect(shop.database.prepare('SELECT count(*) FROM orders').pluck().get()).toBe(0);
});

test('opening the data again changes nothing', () => {
  const before = shop.database.prepare('SELECT * FROM migrations').all();
  openDatabase(shop.dataDir, shop.features).close();
  expect(shop.database.prepare('SELECT * FROM migrations').all()).toEqual(before);
});

test('two versions work on the same data at once', () => {
  const other = openDatabase(shop.dataDir, shop.features);
  shop.carts.add('a', 3, 1);
  expect(other.prepare('SELECT quantity FROM cart_lines').pluck().get()).toBe(1);
  other.close();
});
