import { expect, test } from 'vitest';
import type { ToolResult } from '../../src/catalog/tools.js';
import { missingOf } from '../../src/gates/development.js';
import { kindOfFile } from '../../src/tools/source/kind-of-file.js';

type Check = ToolResult<'check_development'>;
type Counts = Check['suites'][number]['after'];

const counts = (total: number, failed = 0, more: Partial<Counts> = {}): Counts => ({
  status: 'completed',
  reason: '',
  total,
  failed,
  skipped: 0,
  ...more,
});
const files = { source: ['a.mjs'], tests: ['tests/a.test.mjs'], docs: ['docs/a.md'], changelog: ['CHANGELOG.md'] };
const unit = { suite: 'unit', before: counts(3), without: counts(4, 1), after: counts(4) };
const broken: Partial<Counts> = { status: 'errored', reason: 'no report' };

test('nothing is missing of code with documentation, a changelog entry, and a test that is green only with it', () => {
  expect(missingOf({ files, suites: [unit] })).toEqual([]);
  expect(missingOf({ files, suites: [{ ...unit, without: counts(0, 0, broken) }] })).toEqual([]);
  expect(missingOf({ files, suites: [unit, { ...unit, suite: 'integration', without: counts(3), after: counts(3) }] })).toEqual([]);
});

test.each<[string, Partial<Check>, RegExp]>([
  ['code', { files: { ...files, source: [] } }, /nothing of the service itself was changed/],
  ['a test', { files: { ...files, tests: [] } }, /^no test was added$/],
  ['documentation', { files: { ...files, docs: [] } }, /^no documentation was changed$/],
  ['a changelog entry', { files: { ...files, changelog: [] } }, /^no changelog entry was written$/],
  ['a suite that could run it', { suites: [] }, /no unit or integration suite is declared/],
  ['a suite that runs it', { suites: [{ ...unit, after: counts(3) }] }, /no suite runs more tests than before/],
  ['a test that fails without it', { suites: [{ ...unit, without: counts(4) }] }, /pass without the feature too/],
  ['a green suite', { suites: [{ ...unit, after: counts(4, 1) }] }, /1 of 4 tests of the unit suite fail/],
  [
    'a suite that runs at all',
    { suites: [unit, { ...unit, suite: 'slow', after: counts(0, 0, broken) }] },
    /slow suite could not be run: no report/,
  ],
  [
    'the tests that were there',
    { suites: [{ ...unit, after: counts(4, 0, { skipped: 2 }) }] },
    /2 more tests of the unit suite are skipped/,
  ],
])('%s is missed', (_what, change, said) => {
  const missing = missingOf({ files, suites: [unit], ...change });
  expect(missing).toHaveLength(1);
  expect(missing[0]).toMatch(said);
});

test.each([
  ['src/tools/changes.ts', 'source'],
  ['requirements.txt', 'source'],
  ['CHANGELOG.md', 'changelog'],
  ['packages/a/CHANGES', 'changelog'],
  ['.changeset/warm-cats.md', 'changelog'],
  ['docs/how-to/serve.html', 'docs'],
  ['README.md', 'docs'],
  ['src/api.md', 'docs'],
  ['test/readme.test.mjs', 'tests'],
  ['src/cart.spec.ts', 'tests'],
  ['contest/latest.py', 'source'],
])('%s is a file of the kind %s', (path, kind) => expect(kindOfFile(path)).toBe(kind));
