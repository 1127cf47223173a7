import { expect, test } from 'vitest';
import { openTape, readTape, type OpenTape, type TapeMode } from '../../src/replay/public.js';
import { tapeFolder } from './support/tape-test.js';

const runAt = async <T>(file: string, mode: TapeMode, program: (tape: OpenTape) => Promise<T>) => {
  const tape = await openTape({ file, mode, program: 'tape-tests', normalise: ['uuid'], clock: { now: () => 1_000 } });
  try {
    return await tape.run(() => program(tape));
  } finally {
    tape.close();
  }
};

const never = () => Promise.reject(new Error('the real thing was asked'));

test('a tool result, the clock and random numbers are replayed without being made', async () => {
  const { file } = tapeFolder();
  let made = 0;
  const program = (make: () => Promise<unknown>) => async (tape: OpenTape) => [
    await tape.value('disk', make, { path: '/srv' }),
    await tape.value('disk', make, { path: '/srv' }),
    tape.clock.now(),
    tape.random(),
    await tape.value('nothing', async () => undefined),
  ];

  const recorded = await runAt(
    file,
    'record',
    program(async () => ({ free: ++made })),
  );

  expect(recorded.slice(0, 3)).toEqual([{ free: 1 }, { free: 2 }, 1_000]);
  expect(await runAt(file, 'replay', program(never))).toEqual(recorded);
  expect((await readTape(file)).values.map(({ name, answers }) => [name, answers.length])).toEqual([
    ['clock', 1],
    ['disk', 2],
    ['nothing', 1],
    ['random', 1],
  ]);
});

test('an error of a tool is replayed as that error', async () => {
  const { file } = tapeFolder();
  const program = (make: () => Promise<string>) => (tape: OpenTape) =>
    tape.value('shell', make).catch((error: Error) => `${error.name}: ${error.message}`);

  const recorded = await runAt(
    file,
    'record',
    program(() => Promise.reject(new RangeError('too much'))),
  );

  expect(recorded).toBe('RangeError: too much');
  expect(await runAt(file, 'replay', program(never))).toBe(recorded);
});

test('waiting takes no time when it is replayed', async () => {
  const { file } = tapeFolder();
  await runAt(file, 'record', async () => undefined);

  await runAt(file, 'replay', (tape) => tape.clock.sleep(86_400_000));
});

test('an adapter is replayed by the arguments that it is called with', async () => {
  const { file } = tapeFolder();
  const real = {
    name: 'disk',
    contents: new Map([['a', 1]]),
    read: async function (key: string, _options: { signal: AbortSignal; done: () => void }) {
      return { found: this.contents.get(key) ?? null };
    },
  };
  const absent = { ...real, read: never };
  const options = () => ({ signal: new AbortController().signal, done: () => undefined });
  const program = (adapter: typeof real) => async (tape: OpenTape) => {
    const disk = tape.door('disk', adapter);
    return [disk.name, await disk.read('a', options()), await disk.read('b', options())];
  };

  const recorded = await runAt(file, 'record', program(real));

  expect(recorded).toEqual(['disk', { found: 1 }, { found: null }]);
  expect(await runAt(file, 'replay', program(absent))).toEqual(recorded);
});

test('a value that is not on the tape fails the run, and so does one that nobody asks for', async () => {
  const { file } = tapeFolder();
  await runAt(file, 'record', (tape) => tape.value('disk', async () => 1, { id: '5f0c3a54-7b1e-4c7e-9d3a-0f8e6a1b2c3d' }));

  const other = runAt(file, 'replay', (tape) => tape.value('memory', async () => 1).catch(() => 'swallowed'));
  await expect(other).rejects.toMatchObject({ code: 'TAPE_MISS', message: expect.stringContaining('value memory') as string });
  await expect(runAt(file, 'replay', async () => undefined)).rejects.toMatchObject({
    code: 'TAPE_UNUSED',
    message: expect.stringContaining('disk') as string,
  });
  await runAt(file, 'replay', (tape) => tape.value('disk', never, { id: 'a3bb189e-8bf9-3888-9912-ace4e6543002' }));
});

test('a value outside of a run is refused', async () => {
  const { file } = tapeFolder();
  await runAt(file, 'record', async () => undefined);
  const tape = await openTape({ file, program: 'tape-tests' });

  expect(() => tape.clock.now()).toThrow('nothing runs');
});
