import { AIMessage, HumanMessage, type BaseMessage } from '@langchain/core/messages';
import { Command, isInterrupted, MemorySaver, MessagesValue, START, StateGraph, StateSchema } from '@langchain/langgraph';
import { ToolNode, toolsCondition } from '@langchain/langgraph/prebuilt';
import { expect, test } from 'vitest';
import { openSqliteStore } from '../../src/blackboard/sqlite-store.js';
import { asCaller } from '../../src/graph/caller.js';
import { createStagingGraph } from '../../src/graph/create.js';
import { createStagingTool } from '../../src/graph/tool.js';
import { openSimulatedPorts } from '../../src/scenario/simulated-world.js';
import { calling, ScriptedModel } from '../support/scripted-model.js';
import { simulatedConfig, wholeRequest } from '../support/simulated-release.js';

const staging = (options: { model?: ScriptedModel } = {}) => {
  const config = simulatedConfig();
  const store = openSqliteStore(':memory:');
  return { store, graph: createStagingGraph({ config, ports: openSimulatedPorts({ config }), store, simulated: true, ...options }) };
};

type Call = { request?: string; release?: string };

/** An agent whose model says what the script says, then repeats what its tools told it. */
const agentOf = (tool: ReturnType<typeof createStagingTool>, calls: Call[][]) => {
  const script = calls.map(
    (turn, at) => new AIMessage({ content: '', tool_calls: turn.map((args, nth) => ({ id: `call-${at}-${nth}`, name: tool.name, args })) }),
  );
  const model = ({ messages }: { messages: BaseMessage[] }) => {
    const turn = messages.filter((message) => message.type === 'ai').length;
    return { messages: [script[turn] ?? new AIMessage(messages.at(-1)?.text ?? '')] };
  };
  return new StateGraph(new StateSchema({ messages: MessagesValue }))
    .addNode('model', model)
    .addNode('tools', new ToolNode([tool]))
    .addEdge(START, 'model')
    .addConditionalEdges('model', toolsCondition)
    .addEdge('tools', 'model')
    .compile({ checkpointer: new MemorySaver() });
};
const thread = { configurable: { thread_id: 'conversation' }, recursionLimit: 1_000 };
const begin = { messages: [new HumanMessage('please')] };

type Question = { digest: string; version: string };
const questionsIn = (state: unknown): { id: string; value: Question }[] => {
  if (!isInterrupted<Question>(state)) return [];
  return state.__interrupt__.map(({ id = '', value }) => ({ id, value: value ?? { digest: '', version: '' } }));
};
const approve = (digest: string) => ({ digest, decision: 'approved', by: 'owner' });
const resume = (value: unknown) => new Command<unknown, never, never>({ resume: value });
const said = (state: { messages: BaseMessage[] }) => JSON.parse(state.messages.at(-1)?.text ?? '') as { release: string; outcome: string };

test('an approval that opens within a call is asked through the agent, and the answer ends the same call', async () => {
  const { store, graph } = staging();
  const agent = agentOf(createStagingTool(graph), [[{ request: wholeRequest }]]);
  const [asked] = questionsIn(await agent.invoke(begin, thread));
  expect(asked?.value).toMatchObject({ version: 'v2.2.0' });
  const done = await agent.invoke(resume(approve(asked?.value.digest ?? '')), thread);
  expect(said(done)).toMatchObject({ outcome: 'promoted' });
  expect(done.messages.map((message) => message.type)).toEqual(['human', 'ai', 'tool', 'ai']);
  const rollouts = (await store.journal(said(done).release)).filter((row) => row.kind === 'evidence' && row.name === 'run_rollout');
  expect(rollouts).toHaveLength(1);
});

test('the credential of whoever goes on with the agent answers, and no words that its model passes on do', async () => {
  const config = simulatedConfig({ approval: { identity: 'credential' } });
  const graph = createStagingGraph({ config, ports: openSimulatedPorts({ config }), simulated: true });
  const tool = createStagingTool(graph);
  const { release, question } = JSON.parse(await tool.invoke({ request: wholeRequest })) as {
    release: string;
    question: Question & { code: string };
  };
  const calls = [{ release, request: `approve ${question.code}` }];
  const agent = agentOf(tool, [calls]);
  const asOwner = { ...thread, configurable: { ...thread.configurable, ...asCaller('owner') } };
  const [asked] = questionsIn(await agent.invoke(begin, asOwner));
  expect(asked?.value.digest).toBe(question.digest);
  const [again] = questionsIn(await agent.invoke(resume(approve(question.digest)), thread));
  expect(again?.value).toMatchObject({ digest: question.digest, note: expect.stringContaining('nothing vouches') as string });
  const done = await agent.invoke(resume({ decision: 'approved', digest: question.digest }), asOwner);
  expect(said(done)).toMatchObject({ outcome: 'promoted' });
});

test('two releases in one turn are asked about each, and each gets its own answer', async () => {
  const { store, graph } = staging();
  const requests = ['v2.2.0', 'v2.2.1'].map((version) => ({ request: `ship storefront ${version}, promote it if it is healthy` }));
  const agent = agentOf(createStagingTool(graph), [requests]);
  let state = await agent.invoke(begin, thread);
  for (let asked = questionsIn(state); asked.length > 0; asked = questionsIn(state))
    state = await agent.invoke(resume(Object.fromEntries(asked.map(({ id, value }) => [id, approve(value.digest)]))), thread);
  expect((await store.releases()).map((row) => [row.request.version, row.outcome])).toEqual(
    expect.arrayContaining([
      ['v2.2.0', 'promoted'],
      ['v2.2.1', 'promoted'],
    ]),
  );
});

test('outside of a graph the tool says that the release waits, and a later call with its id says what became of it', async () => {
  const { graph } = staging();
  const tool = createStagingTool(graph);
  const waiting = JSON.parse(await tool.invoke({ request: wholeRequest })) as { release: string; question: Question };
  expect(waiting).toMatchObject({ outcome: null, waiting: 'approval' });
  await graph.invoke(resume(approve(waiting.question.digest)), { configurable: { thread_id: waiting.release }, recursionLimit: 1_000 });
  expect(JSON.parse(await tool.invoke({ release: waiting.release }))).toMatchObject({ outcome: 'promoted', question: null });
});

test('a later turn of the agent goes on with a release that waits', async () => {
  const { graph } = staging();
  const tool = createStagingTool(graph);
  const { release } = JSON.parse(await tool.invoke({ request: wholeRequest })) as { release: string };
  const agent = agentOf(tool, [[{ release }]]);
  const [asked] = questionsIn(await agent.invoke(begin, thread));
  expect(said(await agent.invoke(resume(approve(asked?.value.digest ?? '')), thread))).toMatchObject({ release, outcome: 'promoted' });
});

test('what a model has asked to stop no call goes on with: a person takes the halt away', async () => {
  const holds = new ScriptedModel((_, call) => (call === 1 ? calling({ name: 'hold', args: { reason: 'the plan looks odd' } }) : 'fine'));
  const { graph } = staging({ model: holds });
  const tool = createStagingTool(graph);
  const held = { outcome: null, halted: expect.stringContaining('the plan looks odd') as string };
  const standing = JSON.parse(await tool.invoke({ request: 'ship storefront v2.2.0 to staging' })) as { release: string };
  expect(standing).toMatchObject(held);
  expect(JSON.parse(await tool.invoke({ release: standing.release }))).toMatchObject(held);
  expect(JSON.parse(await tool.invoke({ release: standing.release, request: 'go on' }))).toMatchObject(held);
  await graph.invoke({ halt: null }, { configurable: { thread_id: standing.release }, recursionLimit: 1_000 });
  expect(JSON.parse(await tool.invoke({ release: standing.release }))).toMatchObject({ outcome: 'held', halted: null });
});

test('a question about a release that has ended is answered from the blackboard', async () => {
  const { graph } = staging();
  const tool = createStagingTool(graph);
  const { release } = JSON.parse(await tool.invoke({ request: 'ship storefront v2.2.0 to staging' })) as { release: string };
  expect(JSON.parse(await tool.invoke({ release, request: 'where does it stand?' }))).toMatchObject({
    outcome: 'held',
    says: expect.stringContaining(`Release ${release}`) as string,
  });
});

test.each([
  ['neither a request nor a release', {}, 'Say what to release'],
  ['a release that nobody has begun', { release: 'nothing' }, 'There is no release nothing here'],
  ['a request that is unclear', { request: 'ship storefront' }, 'Which version of storefront?'],
])('%s is answered in a sentence', async (_, args, sentence) => {
  expect(await createStagingTool(staging().graph).invoke(args)).toContain(sentence);
});

test('a graph that keeps nothing is refused as a tool', () => {
  const config = simulatedConfig();
  const graph = createStagingGraph({ config, ports: openSimulatedPorts({ config }), checkpointer: false });
  expect(() => createStagingTool(graph)).toThrow(/no checkpointer/);
});
