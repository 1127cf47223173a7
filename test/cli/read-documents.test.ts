import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readDocuments } from '../../src/cli/read-documents.js';

const read = async (text: string | null) => {
  const folder = await mkdtemp(join(tmpdir(), 'documents-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'policy.yaml');
  if (text !== null) await writeFile(path, text);
  return readDocuments(text === null ? folder : path, 'POLICY_INVALID');
};

test('anchors, and merges as older YAML has them, are read', async () => {
  const slo = 'x: &x { sli: rt, weight: 2 }\nobjectives: [{ <<: *x, key_sli: true }]';
  expect(await read(slo)).toMatchObject([{ objectives: [{ sli: 'rt', weight: 2, key_sli: true }] }]);
});

const nines = (of: string) => `[${Array(9).fill(of).join(',')}]`;
test.each<[string, string | null, string]>([
  ['a folder', null, 'it is a folder'],
  ['an empty file', ' \n', 'it is empty'],
  ['tabs', 'objectives:\n\t- sli: rt', 'Tabs are not allowed as indentation at line 2, column 1'],
  ['YAML nested without end', `a: ${'{a: '.repeat(5_000)}1${'}'.repeat(5_000)}`, 'it is nested too deeply'],
  ['aliases that multiply', `a: &a ${nines('x')}\nb: &b ${nines('*a')}\nc: &c ${nines('*b')}\nd: ${nines('*c')}`, 'Excessive alias count'],
  ['an alias of nothing', 'a: *b', 'Unresolved alias'],
  ['more YAML than is read in a moment', `# ${'x'.repeat(3_000_000)}`, 'it is 3 MB of YAML, and more than 2 MB are read as JSON alone'],
])('%s is refused in one sentence', async (_, text, why) => {
  await expect(read(text)).rejects.toMatchObject({ code: 'POLICY_INVALID', message: expect.stringContaining(why) as string });
});

test('ten megabytes of JSON are read', async () => {
  const [document] = await read(JSON.stringify({ samples: Array<number>(2_000_000).fill(1.25) }));
  expect((document as { samples: number[] }).samples).toHaveLength(2_000_000);
});
