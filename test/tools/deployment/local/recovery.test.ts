import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { signalGroup, startProcess } from '../../../../src/tools/processes.js';
import { bodyOf, clock, isAlive, localEnvironment, until } from './fixtures/local-environment.js';

test.concurrent(
  'a later run restores both slots, the switch that was made, and gives the candidate no weight',
  async ({ expect, onTestFinished }) => {
    const { open, artifact } = await localEnvironment({}, {}, onTestFinished);
    const first = open();
    await first.provision('staging', await artifact('v1'));
    await first.deployIdle('staging', await artifact('v2'));
    await first.switchActive('staging');
    await first.setWeight('staging', 50);
    await first.close();

    const later = open();
    expect(await later.status('staging')).toMatchObject({
      ready: false,
      activeSlot: 'green',
      slots: [{ version: 'v1', state: 'unhealthy' }, { version: 'v2' }],
    });
    const status = await later.provision('staging', await artifact('v0'));
    expect(status).toMatchObject({
      ready: true,
      activeSlot: 'green',
      candidateWeightPercent: 0,
      slots: [
        { slot: 'blue', state: 'healthy', version: 'v1' },
        { slot: 'green', state: 'healthy', version: 'v2' },
      ],
    });
    expect(await bodyOf(status.proxyUrl)).toBe('v2');
  },
);

test.concurrent(
  'a rollback before anything runs changes the record that the next provisioning follows',
  async ({ expect, onTestFinished }) => {
    const { open, artifact } = await localEnvironment({}, {}, onTestFinished);
    const first = open();
    await first.provision('staging', await artifact('v1'));
    await first.deployIdle('staging', await artifact('v2'));
    await first.switchActive('staging');
    await first.close();

    const rollback = open();
    await rollback.switchActive('staging');
    await rollback.setWeight('staging', 0);
    await rollback.retireIdle('staging', 1_000);
    expect(await rollback.status('staging')).toMatchObject({
      activeSlot: 'blue',
      slots: [{ version: 'v1' }, { version: null, state: 'empty' }],
    });
    await expect(rollback.switchActive('staging')).rejects.toMatchObject({ code: 'ADAPTER_FAILED' });
    expect((await rollback.provision('staging', await artifact('v0'))).slots).toMatchObject([
      { version: 'v1', state: 'healthy' },
      { state: 'empty' },
    ]);
  },
);

test.concurrent('when the recorded artifact is gone, the stable version takes its place', async ({ expect, onTestFinished }) => {
  const { open, artifact, root } = await localEnvironment({}, {}, onTestFinished);
  const first = open();
  await first.provision('staging', await artifact('v1'));
  await first.close();
  await rm(join(root, 'artifacts/v1'), { recursive: true });
  expect((await open().provision('staging', await artifact('v2'))).slots[0]).toMatchObject({ state: 'healthy', version: 'v2' });
});

test('processes of an earlier run are ended, strangers with a recycled pid are not', async () => {
  const { open, artifact, stateDir, root } = await localEnvironment();
  const command = [process.execPath, '-e', 'setInterval(() => {}, 1000)', 'left-behind'];
  const orphan = await startProcess({ command, cwd: root });
  const byPort = await startProcess({
    command: [process.execPath, '-e', 'setInterval(() => {}, 1000)'],
    cwd: root,
    env: { PORT: '23456' },
  });
  const stranger = await startProcess({ command: [process.execPath, '-e', 'setInterval(() => {}, 2000)'], cwd: root });
  onTestFinished(() => [orphan, byPort, stranger].forEach((child) => void signalGroup(child.pid, 'SIGKILL')));
  await clock.sleep(200); // the shell has become the program
  const folder = join(stateDir, 'environments/staging');
  await mkdir(folder, { recursive: true });
  const running = [
    { slot: 'blue', pid: orphan.pid, port: 23_455, command },
    { slot: 'green', pid: byPort.pid, port: 23_456, command: ['renamed'] },
    { slot: 'green', pid: stranger.pid, port: 23_457, command: ['node', 'service.mjs', '23457'] },
    { slot: 'green', pid: 4_000_000, port: 23_458, command },
  ];
  await writeFile(join(folder, 'running.json'), JSON.stringify(running));

  await open().provision('staging', await artifact('v1'));

  expect([orphan, byPort, stranger].map((child) => child.exitCode === null && child.signalCode === null)).toEqual([false, false, true]);
});

test.concurrent('what runs is written down with its pid, and nothing is after closing', async ({ expect, onTestFinished }) => {
  const { open, artifact, stateDir } = await localEnvironment({}, {}, onTestFinished);
  const file = join(stateDir, 'environments/staging/running.json');
  const deployment = open();
  await deployment.provision('staging', await artifact('v1'));
  const [blue] = deployment.observe('staging');
  await until(async () => (await readFile(file, 'utf8')).includes('"pid"'));
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject([
    { slot: 'blue', pid: blue?.pid, command: [process.execPath, 'service.mjs', expect.stringMatching(/^\d+$/) as string] },
  ]);
  await deployment.close();
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual([]);
  expect((await readdir(join(stateDir, 'environments/staging'))).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

test.concurrent('a damaged record is refused by its name', async ({ expect, onTestFinished }) => {
  const { open, artifact, stateDir } = await localEnvironment({}, {}, onTestFinished);
  await mkdir(join(stateDir, 'environments/staging'), { recursive: true });
  await writeFile(join(stateDir, 'environments/staging/state.json'), '{"activeSlot": "re');
  await expect(open().provision('staging', await artifact('v1'))).rejects.toMatchObject({
    code: 'STORE_UNREADABLE',
    message: expect.stringContaining('state.json') as string,
  });
});

test.concurrent(
  'after closing, twice and in the middle of a deployment, no process lives and no port answers',
  async ({ expect, onTestFinished }) => {
    const { open, artifact } = await localEnvironment(
      { start: { command: [process.execPath, 'service.mjs', '{port}'], readyMs: 30_000 } },
      {},
      onTestFinished,
    );
    const deployment = open();
    const { proxyUrl } = await deployment.provision('staging', await artifact('v1'));
    await deployment.provision('production', await artifact('v1'));
    const unfinished = deployment.deployIdle('staging', await artifact('v2', 'late'));
    unfinished.catch(() => undefined); // looked at below
    await until(() => deployment.observe('staging').length === 2 && deployment.observe('staging')[1]?.pid !== null);
    const seen = [...deployment.observe('staging'), ...deployment.observe('production')];

    await Promise.all([deployment.close(), deployment.close()]);
    await deployment.close();

    await expect(unfinished).rejects.toMatchObject({ code: 'ADAPTER_CLOSED' });
    expect(seen).toHaveLength(3);
    expect(seen.map(({ pid }) => isAlive(pid ?? 0))).toEqual([false, false, false]);
    for (const url of [proxyUrl, ...seen.map((one) => one.url)]) {
      const socket = connect(Number(new URL(url ?? '').port), '127.0.0.1');
      await expect(once(socket, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    }
    await expect(deployment.provision('staging', await artifact('v1'))).rejects.toMatchObject({ code: 'ADAPTER_CLOSED' });
  },
);
