import { AIMessage, HumanMessage } from '@langchain/core/messages';
import { Command, END, isInterrupted, MemorySaver, MessagesValue, START, StateGraph, StateSchema } from '@langchain/langgraph';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { openSqliteStore } from '../../src/blackboard/sqlite-store.js';
import { asCaller } from '../../src/graph/caller.js';
import { createStagingGraph, stagingGraphBuilder } from '../../src/graph/create.js';
import { openSimulatedPorts } from '../../src/scenario/simulated-world.js';
import { simulatedConfig, wholeRequest } from '../support/simulated-release.js';

const options = () => {
  const config = simulatedConfig();
  return { config, ports: openSimulatedPorts({ config }), store: openSqliteStore(':memory:'), simulated: true };
};
const thread = { configurable: { thread_id: 'host-1' }, recursionLimit: 1_000 };
const approve = (digest: string) => new Command<unknown, never, never>({ resume: { digest, decision: 'approved', by: 'owner' } });
const conversation = new StateSchema({ messages: MessagesValue });

/** A host two levels above the staging graph. */
const nested = (staging: ReturnType<ReturnType<typeof stagingGraphBuilder>['compile']>) => {
  const inner = new StateGraph(conversation).addNode('staging', staging).addEdge(START, 'staging').addEdge('staging', END).compile();
  return new StateGraph(conversation)
    .addNode('inner', inner)
    .addEdge(START, 'inner')
    .addEdge('inner', END)
    .compile({ checkpointer: new MemorySaver() });
};

/** The question that surfaced in the host, however deep it was asked. */
const questionIn = (state: unknown): { digest: string } => {
  if (!isInterrupted<{ digest: string }>(state)) throw new Error('nothing was asked');
  const [asked] = state.__interrupt__;
  if (asked?.value === undefined) throw new Error('an interrupt without a value');
  return asked.value;
};

test('as a node that shares the messages, it asks through its host, resumes in place and doubles nothing', async () => {
  const staging = options();
  const host = new StateGraph(conversation)
    .addNode('greet', () => ({ messages: [new AIMessage('At your service.')] }))
    .addNode('staging', createStagingGraph(staging))
    .addEdge(START, 'greet')
    .addEdge('greet', 'staging')
    .addEdge('staging', END)
    .compile({ checkpointer: new MemorySaver() });
  const asked = await host.invoke({ messages: [new HumanMessage(wholeRequest)] }, thread);
  const done = await host.invoke(approve(questionIn(asked).digest), thread);
  const said = done.messages.map((message) => message.text);
  expect(said.at(-1)).toContain('promoted');
  expect(said.filter((text) => text === wholeRequest)).toHaveLength(1);
  expect(new Set(done.messages.map((message) => message.id)).size).toBe(done.messages.length);
  expect((await staging.store.releases()).map((row) => row.outcome)).toEqual(['promoted']);
});

test('two levels deep, uncompiled and compiled by the host, the question surfaces and the answer finds its way back', async () => {
  const staging = options();
  const outer = nested(stagingGraphBuilder(staging).compile());
  const asked = await outer.invoke({ messages: [new HumanMessage(wholeRequest)] }, thread);
  const done = await outer.invoke(approve(questionIn(asked).digest), thread);
  expect(done.messages.at(-1)?.text).toContain('promoted');
});

test('isolated behind a schema of its own, a host passes a sentence in and takes the outcome out', async () => {
  const staging = createStagingGraph(options());
  const host = new StateGraph(new StateSchema({ wish: z.string(), outcome: z.string().nullable().default(null) }))
    .addNode('release', async ({ wish }, config) => {
      const state = await staging.invoke({ messages: [new HumanMessage(wish)] }, config);
      return { outcome: state.outcome };
    })
    .addEdge(START, 'release')
    .addEdge('release', END)
    .compile({ checkpointer: new MemorySaver() });
  const asked = await host.invoke({ wish: wholeRequest }, thread);
  expect(await host.invoke(approve(questionIn(asked).digest), thread)).toMatchObject({ outcome: 'promoted' });
});

test('a second release in the same conversation of a host is a release of its own', async () => {
  const staging = options();
  const host = new StateGraph(conversation)
    .addNode('staging', createStagingGraph(staging))
    .addEdge(START, 'staging')
    .addEdge('staging', END)
    .compile({ checkpointer: new MemorySaver() });
  for (const version of ['v2.2.0', 'v2.2.1']) {
    const asked = await host.invoke({ messages: [new HumanMessage(`ship storefront ${version}, promote it if it is healthy`)] }, thread);
    await host.invoke(approve(questionIn(asked).digest), thread);
  }
  const releases = await staging.store.releases();
  expect(releases.map((row) => [row.request.version, row.outcome])).toEqual([
    ['v2.2.1', 'promoted'],
    ['v2.2.0', 'promoted'],
  ]);
  for (const row of releases) {
    const built = (await staging.store.journal(row.id)).filter((entry) => entry.kind === 'evidence' && entry.name === 'run_rollout');
    expect(built).toHaveLength(1);
  }
});

test('a release that is mended and tried again takes more steps than LangGraph allows by itself', async () => {
  const config = simulatedConfig({ maxFixAttempts: 2 });
  const ports = openSimulatedPorts({ config, faults: [{ kind: 'red_test', at: 'comprehensive-testing-routine', untilAttempt: 1 }] });
  const graph = createStagingGraph({ config, ports, simulated: true, progress: ({ routine }) => ports.begins(routine) });
  const state = await graph.invoke({ messages: [new HumanMessage(wholeRequest)] }, { configurable: { thread_id: 'long' } });
  expect(state).toMatchObject({ attempt: 2, waiting: { kind: 'approval' } });
  expect(state.events.length).toBeGreaterThan(25);
});

test('an option that does not exist is refused by its name', () => {
  expect(() => createStagingGraph({ ...options(), autoApprove: true } as ReturnType<typeof options>)).toThrow(/no option "autoApprove"/);
});

test('two levels deep, an answer that decides nothing is asked again, and going on does not use it a second time', async () => {
  const staging = { ...options(), config: simulatedConfig({ approvers: ['alice', 'bob'], approval: { quorum: 2 } }) };
  const host = nested(stagingGraphBuilder(staging).compile());
  const asked = await host.invoke({ messages: [new HumanMessage(wholeRequest)] }, thread);
  const { digest } = questionIn(asked);
  const answered = (value: unknown) => host.invoke(new Command<unknown, never, never>({ resume: value }), thread);
  expect(questionIn(await answered('yes, ship it'))).toMatchObject({
    digest,
    ask: 2,
    note: expect.stringContaining('must name') as string,
  });
  await answered({ digest, decision: 'approved', by: 'alice' });
  for (let time = 0; time < 2; time += 1)
    expect(questionIn(await host.invoke(null, thread))).toMatchObject({
      approvedBy: ['alice'],
      note: expect.stringContaining('the same answer was used before') as string,
    });
  const asBob = { ...thread, configurable: { ...thread.configurable, ...asCaller('bob') } };
  expect(questionIn(await host.invoke(null, asBob))).toMatchObject({ approvedBy: ['alice'] });
  const done = await answered({ digest, decision: 'approved', by: 'bob' });
  expect(done.messages.at(-1)?.text).toContain('promoted');
});
