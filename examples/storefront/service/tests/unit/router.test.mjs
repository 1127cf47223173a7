import { expect, test } from 'vitest';
import { createRouter } from '../../src/router.mjs';

const find = createRouter([
  { method: 'GET', path: '/things' },
  { method: 'POST', path: '/things' },
  { method: 'GET', path: '/things/:id' },
]);
const refusal = (method, path) => {
  try {
    return find(method, path);
  } catch (error) {
    return { status: error.status, allow: error.headers.allow };
  }
};

test('a path finds the route of its method', () => {
  expect(find('POST', '/things').route).toEqual({ method: 'POST', path: '/things' });
});

test('a parameter is decoded', () => {
  expect(find('GET', '/things/a%20b').parameters).toEqual({ id: 'a b' });
});

test('a parameter never holds a slash', () => {
  expect(refusal('GET', '/things/a/b').status).toBe(404);
});

test('HEAD finds what GET finds', () => {
  expect(find('HEAD', '/things').route.method).toBe('GET');
});

test('a method that a path does not have is 405 and names those it has', () => {
  expect(refusal('DELETE', '/things')).toEqual({ status: 405, allow: 'GET, POST' });
});

test('TRACE is 405 even where nothing is', () => {
  expect(refusal('TRACE', '/nothing').status).toBe(405);
});

test('broken encoding is 400', () => {
  expect(refusal('GET', '/things/%zz').status).toBe(400);
});
