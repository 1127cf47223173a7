import { alwaysSecret, secretName } from '../catalog/secret-shapes.js';
import type { Json } from './tape-file.js';

const redacted = '<redacted>';

/** What a program needs of an answer's headers. Everything else (cookies, organisation, request ids) stays out of the tape. */
const keptHeaders = ['content-type', 'retry-after', 'retry-after-ms', 'x-should-retry'];

export const keepHeaders = (headers: Headers): Record<string, string> =>
  Object.fromEntries(keptHeaders.flatMap((name) => (headers.get(name) === null ? [] : [[name, headers.get(name) ?? '']])));

/** The secrets that a request carries in its headers and its address: wherever else they appear, they are struck out too. */
export const secretsOf = (headers: Headers, url: URL): string[] => {
  const values = [...headers].filter(([name]) => secretName.test(name)).flatMap(([, value]) => value.split(/[;,]\s*|\s+|=/));
  const query = [...url.searchParams].filter(([name]) => secretName.test(name)).map(([, value]) => value);
  return [...new Set([...values, ...query, url.password])].filter((value) => value.length >= 8);
};

export const redactText = (text: string, secrets: readonly string[]): string =>
  secrets.reduce((done, secret) => done.replaceAll(secret, redacted), text);

/** Strikes out known secrets, and every text under a name that only a secret has. */
export const redactJson = (value: Json, secrets: readonly string[], name = ''): Json => {
  if (typeof value === 'string') return alwaysSecret.test(name) ? redacted : secrets.length === 0 ? value : redactText(value, secrets);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => redactJson(item, secrets, name));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, redactJson(item, secrets, key)]));
};

/** The address without its secrets and without credentials. */
export const redactUrl = (url: URL): string => {
  const clean = new URL(url);
  clean.username = '';
  clean.password = '';
  for (const name of new Set(clean.searchParams.keys())) if (secretName.test(name)) clean.searchParams.set(name, 'redacted');
  return clean.href;
};
