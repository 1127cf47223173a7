import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { localEnvironment } from './fixtures/local-environment.js';

const node = (script: string) => [process.execPath, '-e', script];

test('a migration runs in the artifact on the data of the environment', async () => {
  const { open, artifact, stateDir } = await localEnvironment({
    migrate: { command: node('fs.writeFileSync(process.env.DATA_DIR + "/schema", fs.readFileSync("version")); console.log("schema 2")') },
  });
  const result = await open().migrate('staging', await artifact('v2'));
  expect(result).toMatchObject({ status: 'applied', output: 'schema 2\n' });
  expect(await readFile(join(stateDir, 'environments/staging/data/schema'), 'utf8')).toBe('v2');
});

test('a service without a migration has none', async () => {
  const { open, artifact } = await localEnvironment();
  expect(await open().migrate('staging', await artifact('v2'))).toEqual({ status: 'none', output: '', durationMs: 0 });
});

test.each([
  ['exits with 1', 'console.error("no such table"); process.exit(1)', 'no such table'],
  ['takes too long', 'setInterval(() => {}, 1000)', 'ended after 500 ms'],
])('a migration that %s has failed, with its output', async (_, script, output) => {
  const { open, artifact } = await localEnvironment({ migrate: { command: node(script), timeoutMs: 500 } });
  expect(await open().migrate('staging', await artifact('v2'))).toMatchObject({
    status: 'failed',
    output: expect.stringContaining(output) as string,
  });
});

test('a migration program that is not there is the operator’s to install', async () => {
  const { open, artifact } = await localEnvironment({ migrate: { command: ['no-such-program'] } });
  await expect(open().migrate('staging', await artifact('v2'))).rejects.toMatchObject({ code: 'COMMAND_MISSING' });
});
