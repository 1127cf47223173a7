import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const page = await readFile(join(root, 'docs/how-to/scenarios.md'), 'utf8');

test('every piece of code on the page is a file that runs', async () => {
  const blocks = [...page.matchAll(/^```(ts|json)(?: title="([^"]+)")?\n(.*?)^```$/gms)];
  expect(blocks.filter(([, , title]) => title === undefined)).toEqual([]);
  await mkdir(join(root, '.staging'), { recursive: true });
  const folder = await mkdtemp(join(root, '.staging/page-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [, , title = '', code = ''] of blocks) await writeFile(join(folder, title), code);
  const source = (path: string) => JSON.stringify(join(root, 'src', path));
  const alias = `[
    { find: /^langgraph-staging$/, replacement: ${source('index.ts')} },
    { find: /^langgraph-staging\\/scenario$/, replacement: ${source('scenario/public.ts')} },
    { find: /^langgraph-staging\\/scenario\\/vitest$/, replacement: ${source('scenario/vitest.ts')} },
    { find: /^langgraph-staging\\/testing$/, replacement: ${source('testing/public.ts')} },
  ]`;
  await writeFile(join(folder, 'vitest.config.mjs'), `export default { resolve: { alias: ${alias} }, test: { testTimeout: 60_000 } };\n`);
  const { stdout, stderr, exitCode } = await execa('npx', ['vitest', 'run', '--reporter=json'], {
    cwd: folder,
    preferLocal: true,
    localDir: root,
    reject: false,
    timeout: 100_000,
  });
  expect(exitCode, `${stdout}\n${stderr}`).toBe(0);
  const { numPassedTests, testResults } = JSON.parse(stdout) as { numPassedTests: number; testResults: unknown[] };
  expect(testResults).toHaveLength(blocks.filter(([, , title]) => title?.endsWith('.test.ts')).length);
  expect(numPassedTests).toBeGreaterThan(testResults.length);
});
