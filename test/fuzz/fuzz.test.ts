import { expect, test } from 'vitest';
import { runFuzz } from './run-fuzz.js';
import { targets } from './targets.js';

const seed = 20_261_128;

test.each(Object.entries(targets))('%s: whatever comes is read or refused with a code, in time', async (name, { share }) => {
  expect(await runFuzz(name, { seed, until: Math.max(60, Math.round(share * 40)) })).toEqual([]);
});

test.each(['duration', 'quantity', 'criterion', 'metrics', 'expression', 'request'])(
  '%s: a hundred thousand digits are refused at once',
  async (name) => {
    const { read, samples } = targets[name] ?? {};
    for (const text of ['1'.repeat(100_000), `a ${'1'.repeat(100_000)}!`, '1.'.repeat(50_000), `v${'1.'.repeat(50_000)}`]) {
      const before = process.cpuUsage();
      await Promise.resolve()
        .then(() => (read as (given: string) => unknown)(text)) // a reader of text, as its samples are
        .catch(() => undefined); // what it says is seen elsewhere
      expect(process.cpuUsage(before).user / 1_000, `${name} after ${String(samples?.length)} samples`).toBeLessThan(1_000);
    }
  },
);

test('a reader that breaks is found, with the seed that makes it break again', async () => {
  const { expression } = targets;
  if (expression === undefined) throw new Error('there is no such target');
  const read = () => {
    throw new TypeError('undefined is not a function');
  };
  Object.assign(targets, { broken: { ...expression, read } });
  const [first] = await runFuzz('broken', { seed, until: 10 });
  expect(first).toMatchObject({ target: 'broken', seed, index: 0 });
  expect(first?.what).toContain('undefined is not a function');
});

test('a request without a feature whose name is full of joining words is read at once', async () => {
  const before = process.cpuUsage();
  await targets['request']?.read(`ship storefront v2.2.0, only staging, without ${'constructor'.repeat(50)}wishlis[t` as never); // a text, as its samples are
  expect(process.cpuUsage(before).user / 1_000).toBeLessThan(1_000);
});
