import { expect, test } from 'vitest';
import { checkEmail } from '../../src/orders.mjs';
import { escapeHtml } from '../../src/page.mjs';
import { wholeNumber } from '../../src/refusal.mjs';
import { ensureSession, sessionOf } from '../../src/session.mjs';

const bounds = { from: 1, to: 99 };
const session = 'ab'.repeat(16);

test.each([[5], ['5']])('%j is the whole number 5', (value) => {
  expect(wholeNumber(value, 'quantity', bounds)).toBe(5);
});

test.each([[0], [100], [1.5], ['1e3'], [''], [null], [[5]]])('%j is refused by the name of its field', (value) => {
  expect(() => wholeNumber(value, 'quantity', bounds)).toThrow('quantity must be a whole number from 1 to 99.');
});

test('an address without a dot is no e-mail', () => {
  expect(() => checkEmail('ada@localhost')).toThrow('email must be an address.');
});

test('markup in a name is shown, not obeyed', () => {
  expect(escapeHtml('<b title="x">')).toBe('&lt;b title=&quot;x&quot;&gt;');
});

test('the session is read from among other cookies', () => {
  expect(sessionOf(`theme=dark; session=${session}; a=b`)).toBe(session);
});

test('a session of another shape is none', () => {
  expect(sessionOf('session=../../etc')).toBeNull();
});

test('a fresh session is HttpOnly, and a known one is not set again', () => {
  expect(ensureSession(null).headers['set-cookie']).toContain('; HttpOnly; SameSite=Lax');
  expect(ensureSession(session)).toEqual({ session, headers: {} });
});
