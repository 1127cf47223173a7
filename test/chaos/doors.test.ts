import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import { doorRows, type DoorRow } from '../../src/tools/door-rows.js';
import { sweepDoors } from './doors.js';

test('whatever goes wrong at a door, the outcome is right, in time and explained', async () => {
  const { tried, wrong } = await sweepDoors({ every: 37 });
  expect(wrong).toEqual([]);
  expect(tried).toBeGreaterThan(30);
});

const rows: Record<string, DoorRow> = doorRows.deployment;
const { status } = doorRows.deployment;
afterEach(() => void (rows['status'] = status));

/** With the guard's row of `deployment.status` as it is given. */
const without = async (row: DoorRow, fault: 'wrong' | 'timeout') => {
  rows['status'] = row;
  return (await sweepDoors({ only: { door: 'deployment', method: 'status', fault }, every: 7 })).wrong.join();
};

test('the sweep reports an adapter that is waited for without an end', async () => {
  expect(await without({ ...status, ownMs: () => 1e9 }, 'timeout')).toContain('no end within');
});

test('the sweep reports an answer that nobody looked at', async () => {
  const { misfit: _, ...row } = status;
  expect(await without({ ...row, answer: z.unknown() }, 'wrong')).toContain('the message does not explain it');
});
