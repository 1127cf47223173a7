import { setMaxListeners } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Annotation, Command, END, interrupt, MemorySaver, Send, START, StateGraph } from '@langchain/langgraph';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openTape, readTape } from '../../src/replay/public.js';
import { completion, modelServer, sendJson } from './support/model-server.js';
import { chat, tapeFolder, withTapeAt } from './support/tape-test.js';
import { everything } from '../support/everything.js';

setMaxListeners(32); // OpenAI's client listens once a request to the one signal of the graph's run, and twelve requests share it here

const State = Annotation.Root({
  branch: Annotation<number>({ reducer: (_, b) => b, default: () => 0 }),
  answers: Annotation<Record<string, string>>({ reducer: (a, b) => ({ ...a, ...b }), default: () => ({}) }),
});

/** Answers "1", "2", … in the order in which questions reach the server, after a while that differs from one to the next. */
const countingServer = () =>
  modelServer((_received, response, count) => void setTimeout(() => sendJson(response, completion(`answer ${count}`)), Math.random() * 5));

/** Six branches that all ask the same, each after a random while. */
const sixBranches = (url: string, nested: boolean, waits = true) => {
  const model = chat(url);
  const ask = async (state: typeof State.State) => {
    if (waits) await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
    const first = await model.invoke('the same words');
    const second = await model.invoke('the same words');
    return { answers: { [state.branch]: `${first.text}, ${second.text}` } };
  };
  const agent = new StateGraph(State).addNode('model', ask).addEdge(START, 'model').addEdge('model', END).compile();
  return new StateGraph(State)
    .addNode('worker', nested ? agent : ask)
    .addConditionalEdges(START, () => Array.from({ length: 6 }, (_, branch) => new Send('worker', { branch })))
    .addEdge('worker', END)
    .compile();
};

const times = everything ? 200 : 50;

test.each([
  ['nodes', false],
  ['subgraphs', true],
])(`six parallel branches with identical prompts (%s) replay identically ${times} times`, async (_kind, nested) => {
  const { file } = tapeFolder();
  const server = await countingServer();
  const program = () => sixBranches(server.url, nested).invoke({});
  const recorded = await withTapeAt(file, 'record', program);
  expect(new Set(Object.values(recorded.answers)).size).toBe(6);
  expect((await readTape(file)).calls.map((call) => call.lane)).toEqual(
    Array.from({ length: 12 }, (_, at) => `worker/${Math.floor(at / 2)}${nested ? '|model' : ''}`),
  );

  const tape = await openTape({ file, program: 'tape-tests' });
  for (let time = 0; time < times; time++) expect((await tape.run(program)).answers).toEqual(recorded.answers);

  expect(server.received).toHaveLength(12);
});

const approvalGraph = (url: string, asks: string[], nested: boolean) => {
  const model = chat(url);
  const node = async () => {
    const said: string[] = [];
    for (const words of asks) said.push((await model.invoke(words)).text);
    const approved = interrupt<string, string>('go on?');
    const after = await model.invoke('and now?');
    return { answers: { all: [...said, approved, after.text].join('; ') } };
  };
  const inner = new StateGraph(State).addNode('think', node).addEdge(START, 'think').addEdge('think', END).compile();
  return new StateGraph(State)
    .addNode('agent', nested ? inner : node)
    .addEdge(START, 'agent')
    .addEdge('agent', END)
    .compile({ checkpointer: new MemorySaver() });
};

test.each([
  ['a node', false],
  ['an agent that is a subgraph', true],
])('%s that is resumed and asks the same again gets the same answers, in their order', async (_kind, nested) => {
  const { file } = tapeFolder();
  const server = await countingServer();
  const thread = { configurable: { thread_id: 'one' } };
  const program = async () => {
    const graph = approvalGraph(server.url, ['what?', 'what?'], nested);
    await graph.invoke({}, thread);
    return await graph.invoke(new Command({ resume: 'yes' }), thread);
  };

  const recorded = await withTapeAt(file, 'record', program);

  expect(recorded.answers).toEqual({ all: 'answer 1; answer 2; yes; answer 3' });
  expect(server.received).toHaveLength(3);
  expect((await withTapeAt(file, 'replay', program)).answers).toEqual(recorded.answers);
});

test('a node that is retried is given its answers again, and not the error that made it retry', async () => {
  const { file } = tapeFolder();
  const server = await modelServer(
    (_received, response, count) => void (count === 2 ? sendJson(response, {}, 500) : sendJson(response, completion(`answer ${count}`))),
  );
  const program = async () => {
    const model = chat(server.url);
    const graph = new StateGraph(State)
      .addNode('ask', async () => ({ answers: { all: `${(await model.invoke('first')).text}; ${(await model.invoke('second')).text}` } }), {
        retryPolicy: { maxAttempts: 2, initialInterval: 1, retryOn: () => true },
      })
      .addEdge(START, 'ask')
      .addEdge('ask', END)
      .compile();
    return (await graph.invoke({})).answers;
  };

  expect(await withTapeAt(file, 'record', program)).toEqual({ all: 'answer 1; answer 3' });
  expect(await withTapeAt(file, 'replay', program)).toEqual({ all: 'answer 1; answer 3' });
});

test('a node that is visited again, by a loop, takes the next recording of the same question', async () => {
  const { file } = tapeFolder();
  const server = await countingServer();
  const program = async () => {
    const model = chat(server.url);
    const graph = new StateGraph(State)
      .addNode('ask', async (state) => ({ answers: { [Object.keys(state.answers).length]: (await model.invoke('again')).text } }))
      .addEdge(START, 'ask')
      .addConditionalEdges('ask', (state) => (Object.keys(state.answers).length < 3 ? 'ask' : END))
      .compile();
    return (await graph.invoke({})).answers;
  };

  expect(await withTapeAt(file, 'record', program)).toEqual({ 0: 'answer 1', 1: 'answer 2', 2: 'answer 3' });
  expect(await withTapeAt(file, 'replay', program)).toEqual({ 0: 'answer 1', 1: 'answer 2', 2: 'answer 3' });
});

test('without a graph, a lane is named by the program', async () => {
  const { file } = tapeFolder();
  const server = await countingServer();
  const ask = (tape: Awaited<ReturnType<typeof openTape>>) =>
    Promise.all(
      ['a', 'b', 'c', 'd'].map((name) =>
        tape.lane(name, async () => {
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
          return (await chat(server.url).invoke('the same words')).text;
        }),
      ),
    );
  const recording = await openTape({ file, mode: 'record', program: 'tape-tests' });
  const recorded = await recording.run(() => ask(recording));
  recording.close();

  const tape = await openTape({ file, program: 'tape-tests' });
  for (let time = 0; time < 20; time++) expect(await tape.run(() => ask(tape))).toEqual(recorded);
});

test('two tapes that run at the same time each answer their own program', async () => {
  const [first, second] = [tapeFolder().file, tapeFolder().file];
  const server = await countingServer();
  const program = () => chat(server.url).invoke('hi');
  const one = await withTapeAt(first, 'record', program);
  const two = await withTapeAt(second, 'record', program);

  const texts = await Promise.all(
    [first, second, first, second].map((file) => withTapeAt(file, 'replay', program).then(({ text }) => text)),
  );

  expect(texts).toEqual([one.text, two.text, one.text, two.text]);
});

test('parallel branches go on in one order, however long each needs to ask', async () => {
  const { file } = tapeFolder();
  const server = await countingServer();
  const program = async () => {
    const model = chat(server.url);
    const log: string[] = [];
    const ask = (name: string) => async () => {
      for (let turn = 0; turn < 3; turn++) {
        if (Math.random() < 0.5) await readFile('package.json');
        const { text } = await model.invoke(`${name} ${turn}`);
        if (Math.random() < 0.5) await readFile('package.json');
        log.push(`${name} ${turn}: ${text}`);
      }
      return {};
    };
    const graph = new StateGraph(State).addNode('left', ask('left')).addNode('right', ask('right'));
    await graph.addEdge(START, 'left').addEdge(START, 'right').addEdge('left', END).addEdge('right', END).compile().invoke({});
    return log;
  };
  await withTapeAt(file, 'record', program);
  const tape = await openTape({ file, program: 'tape-tests' });
  const first = await tape.run(program);

  for (let time = 0; time < 50; time++) expect(await tape.run(program)).toEqual(first);
});

test('fake timers do not hold the answers back', async () => {
  const { file } = tapeFolder();
  const server = await countingServer();
  const program = async () => (await sixBranches(server.url, false, false).invoke({})).answers;
  const recorded = await withTapeAt(file, 'record', program);
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());

  expect(await withTapeAt(file, 'replay', program)).toEqual(recorded);
});
