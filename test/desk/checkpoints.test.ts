import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, END, interrupt, START, StateGraph, StateSchema } from '@langchain/langgraph';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { openCheckpoints } from '../../src/desk/checkpoints.js';

const steps = 30;

/** Counts to `steps`, and asks in the middle. */
const counting = (path: string) => {
  const checkpointer = openCheckpoints(path);
  const graph = new StateGraph(new StateSchema({ count: z.number().default(0) }))
    .addNode('add', ({ count }) => {
      if (count === steps / 2) interrupt('go on?');
      return { count: count + 1 };
    })
    .addEdge(START, 'add')
    .addConditionalEdges('add', ({ count }) => (count < steps ? 'add' : END))
    .compile({ checkpointer });
  const rows = (table: string): number => (checkpointer.db.prepare(`SELECT count(*) AS n FROM ${table}`).get() as { n: number }).n;
  return { graph, rows, close: () => checkpointer.db.close() };
};
const thread = (id: string) => ({ configurable: { thread_id: id }, recursionLimit: 100 });

test('of a thread the newest checkpoint is kept, and it goes on from there in another process', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'checkpoints-')), 'checkpoints.db');
  const before = counting(path);
  await before.graph.invoke({}, thread('one'));
  await before.graph.invoke({}, thread('other'));
  expect(before.rows('checkpoints')).toBe(2);
  before.close();

  const after = counting(path);
  expect((await after.graph.getState(thread('one'))).tasks[0]?.interrupts[0]?.value).toBe('go on?');
  expect(await after.graph.invoke(new Command({ resume: 'yes' }), thread('one'))).toEqual({ count: steps });
  expect(after.rows('checkpoints')).toBe(2);
  expect((await after.graph.getState(thread('other'))).values).toEqual({ count: steps / 2 });
  after.close();
});
