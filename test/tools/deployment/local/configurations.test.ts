import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bodyOf, localEnvironment } from './fixtures/local-environment.js';

const greeting = (value: string) => ({
  start: { command: [process.execPath, 'service.mjs', '{port}'], env: { GREETING: value, [value]: 'yes' } },
});
const greetingIn = async (url: string) => (JSON.parse(await bodyOf(`${url}/environment`)) as { greeting: string }).greeting;

test('a version that is started again has the configuration that it was released with, and the next one has the new', async () => {
  const { open, artifact, stateDir } = await localEnvironment();
  const first = open(greeting('hello'));
  const { proxyUrl } = await first.provision('staging', await artifact('v1'));
  expect(await greetingIn(proxyUrl)).toBe('hello');
  await first.close();

  const second = open(greeting('welcome'));
  const back = await second.provision('staging', await artifact('v1'));
  expect(await greetingIn(back.proxyUrl)).toBe('hello');
  expect(await second.configuration('staging')).toMatchObject({ added: ['welcome'], changed: ['GREETING'], removed: ['hello'] });
  const candidate = await second.deployIdle('staging', await artifact('v2'));
  expect(await greetingIn(candidate.url)).toBe('welcome');
  const { slots } = await second.status('staging');
  expect(new Set(slots.map(({ configuration }) => configuration)).size).toBe(2);

  const folder = join(stateDir, 'environments/staging/configurations');
  const files = await readdir(folder);
  expect(files).toHaveLength(2);
  for (const file of files) expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600);
  expect(await readFile(join(stateDir, 'environments/staging/state.json'), 'utf8')).not.toContain('hello');
});

test('the same version with another configuration is deployed anew, and with the same one it is not', async () => {
  const { open, artifact } = await localEnvironment();
  const first = open(greeting('hello'));
  await first.provision('staging', await artifact('v1'));
  const candidate = await first.deployIdle('staging', await artifact('v2'));
  expect((await first.deployIdle('staging', await artifact('v2'))).url).toBe(candidate.url);
  await first.close();
  const second = open(greeting('welcome'));
  await second.provision('staging', await artifact('v1'));
  expect(await greetingIn((await second.deployIdle('staging', await artifact('v2'))).url)).toBe('welcome');
});

test('a configuration that is gone is said in the log, and the version starts with that of now', async () => {
  const { open, artifact, stateDir } = await localEnvironment();
  const first = open(greeting('hello'));
  await first.provision('staging', await artifact('v1'));
  await first.close();
  await rm(join(stateDir, 'environments/staging/configurations'), { recursive: true });
  const second = open(greeting('welcome'));
  const { proxyUrl, activeSlot } = await second.provision('staging', await artifact('v1'));
  expect(await greetingIn(proxyUrl)).toBe('welcome');
  expect((await second.logs('staging', activeSlot, 50)).join('\n')).toMatch(/configuration sha256:[0-9a-f]+ of v1 is gone/);
});
