import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const page = readFileSync('docs/threat-model.md', 'utf8');
const rows = page.split('\n').filter((line) => /^\| (?:LLM|ASI)\d\d /.test(line));

test('each of the two lists of ten is answered, and every answer names the test that shows it', () => {
  const ids = rows.map((row) => row.slice(2, 7));
  const numbers = Array.from({ length: 10 }, (_, index) => String(index + 1).padStart(2, '0'));
  expect(ids).toEqual([...numbers.map((number) => `LLM${number}`), ...numbers.map((number) => `ASI${number}`)]);
  for (const row of rows) expect(row, row).toMatch(/\]\(\.\.\/test\/[\w./-]+\.test\.ts\)/);
});

test('every test that the page names is there', () => {
  const named = [...page.matchAll(/\]\((\.\.\/[^)]+)\)/g)].map(([, path = '']) => path);
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((path) => !existsSync(join('docs', path)))).toEqual([]);
});
