import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StagingError } from '../../src/catalog/errors.js';
import { hide, hideEnvironment, redact, redactAll, redactDocument, spare } from '../../src/catalog/redact.js';
import { looksRandom } from '../../src/catalog/secret-shapes.js';

const key = ['sk', 'proj', 'Ab3dEf6hIj9kLmN0pQrS'].join('-'); // in pieces, so that no scanner takes this file for a leak
const pem = ['-----BEGIN RSA PRIVATE KEY-----', 'MIIEow', '-----END RSA PRIVATE KEY-----'].join('\n');

test.each<[string, string, string]>([
  ['a key of a known shape', `it said ${key}.`, 'it said [redacted].'],
  ['a private key, whole', `a\n${pem}\nb`, 'a\n[redacted]\nb'],
  ['a header', 'authorization: Bearer abcdef0123456789abcdef', 'authorization: Bearer [redacted]'],
  ['the password of an address', 'postgres://app:hunter2hunter2@db/app', 'postgres://app:[redacted]@db/app'],
  ['a variable', 'DB_PASSWORD=correcthorse next', 'DB_PASSWORD=[redacted] next'],
  ['a member', '{"client_secret":"correct-horse"}', '{"client_secret":"[redacted]"}'],
  ['a member in a member', String.raw`"{\"api_key\":\"correct-horse\"}"`, String.raw`"{\"api_key\":\"[redacted]\"}"`],
  ['a parameter', 'GET /x?access_token=abc123456&b=1', 'GET /x?access_token=[redacted]&b=1'],
  ['a long random word', `the seed is ${'q7Lw'}Xz0PbV3mK9sTn4RyHd2JcF8gUaE6t`, 'the seed is [redacted]'],
])('%s is struck out, and a second time changes nothing', (_, text, clean) => {
  expect(redact(text)).toBe(clean);
  expect(redact(clean)).toBe(clean);
});

test.each([
  'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  'commit 4ca8f1d0e2b7c6a59384f0e1d2c3b4a5968778695',
  '"integrity": "sha512-Gd2UZBJDkXlY7GbJxfsE8/nvKkUEU1G38c1siN6QP6a9PT9MmHB8GnpscSmMJSoF8LOIrt8ud/wPtojys4G6+g=="',
  '/tmp/staging-XkQ9zP/.staging/environments/staging/artifacts/storefront-v2.2.0',
  'feature/JIRA-1234-addNewCheckoutFlowForB2BCustomers',
  'shouldReturn200WhenTheUserIsLoggedInAndHas3ItemsInTheCart',
  'the token is expired: ask for another',
  'inputTokens: 4096, outputTokens: 128',
  'const token = readToken(request); const secret = process.env.API_SECRET;',
  'AssertionError: token: expected "a" to be "b"',
  'password: required',
])('%s is no secret', (text) => {
  expect(redact(text)).toBe(text);
});

test('what the environment holds under a telling name, or under a name that is given, is struck out as it is and as JSON and addresses write it', () => {
  hideEnvironment({ SHOP_PASSWORD: 'plain words only', MARKER: 'nothing "telling" here/there', PATH: '/usr/bin:/bin' }, ['MARKER']);
  expect(redact('it is plain words only, on /usr/bin:/bin')).toBe('it is [redacted], on /usr/bin:/bin');
  expect(redactDocument(JSON.stringify({ a: 'nothing "telling" here/there' }))).toBe('{"a":"[redacted]"}');
  expect(redact(`?q=${encodeURIComponent('nothing "telling" here/there')}`)).toBe('?q=[redacted]');
});

test('a value that is known is struck out of an error, whoever throws it', () => {
  hide(['open sesame open']);
  expect(new StagingError('ADAPTER_FAILED', 'Failed to log in with open sesame open.').message).toBe('Failed to log in with [redacted].');
});

test('names in a document decide too, and what holds no secret is the very same value', () => {
  expect(redactAll({ password: 'x', deep: [{ 'set-cookie': 'a=b' }] })).toEqual({
    password: '[redacted]',
    deep: [{ 'set-cookie': '[redacted]' }],
  });
  const clean = { a: [1, { b: 'text' }], id: 'chatcmpl-q7LwXz0PbV3mK9sTn4RyHd2JcF8gUaE6t' };
  expect(redactAll(clean)).toBe(clean);
});

test('names, figures and digests that only look like secrets stay as they are', () => {
  const harmless = {
    ...{
      tokenFile: '/srv/shop/.staging/server-token',
      tokens: { input: 4096, output: 128 },
      maxTokens: '16384',
      token: null,
      tokenType: 'bearer',
    },
    ...{ 'gen_ai.usage.input_tokens': 12, digest: `sha256:${'9f86d081'.repeat(8)}`, commit: '4ca8f1d0e2b7c6a59384f0e1d2c3b4a596877869' },
    ...{ artifact: `storefront@sha256:${'0ab1c2d3'.repeat(8)}`, thread_id: '1f0cc4e2-8f6b-6e10-bf4e-0f2f5a8c9d11', release: '5f3a9c07' },
    ...{ secret: { env: 'STAGING_TOKEN_CI' }, secrets: ['MARKER'], passwordPolicy: 'at least 16 characters', keyOf: 'environment' },
    ...{
      uuid: 'F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6',
      ulid: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
      path: 'src/tools/deployment/local/openLocalDeployment.ts',
    },
  };
  expect(redactAll(harmless)).toBe(harmless);
  expect(redact(JSON.stringify(harmless))).toBe(JSON.stringify(harmless));
});

test('a secret that stands as a name in a document is struck out too', () => {
  expect(redactAll({ [key]: 1, deep: [{ [key]: 'text' }] })).toEqual({ '[redacted]': 1, deep: [{ '[redacted]': 'text' }] });
});

test('the password of an address that is hidden is struck out alone as well, as it is and as the address writes it', () => {
  hide(['postgres://shop:Ein%2FSatz%20mit%20Ende@127.0.0.1:5432/shop']);
  expect(redact('password "Ein/Satz mit Ende" is wrong (Ein%2FSatz%20mit%20Ende)')).toBe('password "[redacted]" is wrong ([redacted])');
});

test('a secret that is spelled like a service or an approver takes no name out of a release', () => {
  hideEnvironment({ DB_PASSWORD: 'harvest-planner', API_TOKEN: 'production', SHOP_SECRET: 'harvest-planner-2417' });
  expect(redact('harvest-planner')).toBe('[redacted]');
  spare(['harvest-planner']);
  expect(redact('ship harvest-planner v2.2.0 to production')).toBe('ship harvest-planner v2.2.0 to production');
  expect(redact('the word is harvest-planner-2417')).toBe('the word is [redacted]');
});

test('the cause of an error holds no secret either, and is the very same one where it held none', () => {
  const harmless = Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED' });
  expect(new StagingError('ADAPTER_FAILED', 'Failed.', { cause: harmless }).cause).toBe(harmless);
  const driver = Object.assign(new Error('no route'), { code: 'EHOSTUNREACH', input: 'postgres://app:hunter2hunter2@db/app' });
  const { cause } = new StagingError('ADAPTER_FAILED', 'Failed.', { cause: new Error('down', { cause: driver }) });
  expect(inspect(cause, { depth: 9 })).not.toContain('hunter2hunter2');
  expect(inspect(cause, { depth: 9 })).toContain('EHOSTUNREACH');
});

test('a document stays a document', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string(), (value, text) => {
      const document = JSON.stringify({ value, text: `${text} ${key} ${pem}`, password: text });
      const clean = redactDocument(document);
      expect(() => JSON.parse(clean) as unknown).not.toThrow();
      expect(clean).not.toContain(key);
      expect(redactDocument(clean)).toBe(clean);
    }),
  );
});

test('more than nine of ten random keys of 32 bytes are seen as random', () => {
  const seen = Array.from({ length: 1_000 }, () => looksRandom(randomBytes(32).toString('base64url'))).filter(Boolean);
  expect(seen.length).toBeGreaterThan(900);
});

test('a text of a megabyte that looks like the beginning of everything takes no second', () => {
  for (const piece of ['a.', 'a-', 'sk-a-', 'Bearer ', 'x://', 'token ', 'password=', '-----BEGIN PRIVATE KEY-----', 'eyJ', 'A'])
    expect(timed(() => redact(piece.repeat(1_000_000 / piece.length)))).toBeLessThan(1_000);
});

const timed = (work: () => void): number => {
  const startedAt = performance.now();
  work();
  return performance.now() - startedAt;
};
