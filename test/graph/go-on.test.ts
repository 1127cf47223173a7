import { HumanMessage } from '@langchain/core/messages';
import { Command, MemorySaver } from '@langchain/langgraph';
import { expect, test } from 'vitest';
import { openSqliteStore } from '../../src/blackboard/sqlite-store.js';
import { createStagingGraph } from '../../src/graph/create.js';
import { goingOn } from '../../src/graph/go-on.js';
import type { StagingState } from '../../src/graph/state.js';
import { openSimulatedPorts } from '../../src/scenario/simulated-world.js';
import { simulatedConfig, wholeRequest } from '../support/simulated-release.js';

/** Every checkpoint finds the process dead at first: what the step before has written is there, the checkpoint is not. */
class DyingSaver extends MemorySaver {
  private readonly died = new Set<string>();

  override async put(...args: Parameters<MemorySaver['put']>) {
    const step = String(args[2].step);
    if (!this.died.has(step)) {
      this.died.add(step);
      throw new Error('the process has died');
    }
    return super.put(...args);
  }

  get deaths(): number {
    return this.died.size;
  }
}

test('a release whose process dies before every checkpoint goes on from what was written, and nobody has to answer twice', async () => {
  const config = simulatedConfig();
  const [ports, store, checkpointer] = [openSimulatedPorts({ config }), openSqliteStore(':memory:'), new DyingSaver()];
  const thread = { configurable: { thread_id: 'release-1' }, recursionLimit: 1_000, durability: 'sync' as const };
  const request = { service: 'storefront', version: 'v2.2.0', features: ['wishlist'], target: 'production' as const };
  const start = () => createStagingGraph({ config, ports, store, checkpointer, simulated: true, nonce: 'nonce' });
  const begin = { request: { ...request, text: wholeRequest, preApprovedBy: null }, messages: [new HumanMessage(wholeRequest)] };
  let [starts, answers] = [0, 0];
  let input: Parameters<ReturnType<typeof start>['invoke']>[0] = begin;
  let state: StagingState | null = null;
  while ((state?.outcome ?? null) === null && starts < 200) {
    starts += 1;
    const graph = start();
    await graph.invoke(input, thread).catch(() => undefined);
    const snapshot = await graph.getState(thread);
    state = snapshot.values as StagingState; // the graph's own state
    const [question] = snapshot.tasks.flatMap(({ interrupts, result }) => (result === undefined ? interrupts : []));
    if (question !== undefined) answers += 1;
    const { digest } = (question?.value ?? {}) as { digest?: string };
    const resume: unknown = { digest, decision: 'approved', by: 'owner', comment: '' };
    input = snapshot.createdAt === undefined ? begin : question === undefined ? goingOn(snapshot) : new Command({ resume });
  }
  expect(state).toMatchObject({ outcome: 'promoted' });
  expect(answers).toBe(1);
  expect(checkpointer.deaths).toBeGreaterThan(20);
  expect((await store.journal('release-1')).filter(({ name }) => name === 'approval approved')).toHaveLength(1);
});
