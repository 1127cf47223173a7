import { AIMessage, HumanMessage } from '@langchain/core/messages';
import { addMessages, emptyCheckpoint, MemorySaver, Send } from '@langchain/langgraph';
import { expect, test } from 'vitest';
import { hide } from '../../src/catalog/redact.js';
import { redactingCheckpointer } from '../../src/graph/redacting-checkpointer.js';

const plain = new MemorySaver().serde;
const { serde } = redactingCheckpointer(new MemorySaver());
const textOf = async (value: unknown): Promise<string> => new TextDecoder().decode((await serde.dumpsTyped(value))[1]);

const list = [{ id: 'one', at: 1 }, ['two', undefined], null, undefined, 3, 'four', true];
const channels = { list, messages: [new HumanMessage('ship it'), new AIMessage('done')], nothing: {}, set: new Set([1]), word: 'promoted' };

test.each([
  ['a checkpoint', { ...emptyCheckpoint(), channel_values: channels }],
  ['a list', list],
  ['an object', channels],
  ['what is sent to a node', [new Send('node', { one: undefined })]],
  ['bytes', new Uint8Array([1, 2, 3])],
  ['nothing', undefined],
])('%s is kept as LangGraph keeps it, the first time and the second', async (_, value) => {
  const [type, data] = await plain.dumpsTyped(value);
  const expected: unknown = await plain.loadsTyped(type, data);
  for (let time = 0; time < 2; time += 1) {
    const [keptType, kept] = await serde.dumpsTyped(value);
    expect(keptType).toBe(type);
    expect(await serde.loadsTyped(keptType, kept)).toEqual(expected);
  }
});

test('a message that got its id when it came into the state is kept with it', async () => {
  const message = new AIMessage('done');
  await textOf([message]);
  const [known] = addMessages([], [message]); // the reducer of `messages`
  expect(await textOf([known])).toContain(String(message.id));
});

test('what becomes known as a secret later is not in the next checkpoint, though its text was made before', async () => {
  const state = { ...emptyCheckpoint(), channel_values: { notes: [{ id: 'note', text: 'the door opens with pumpernickel' }] } };
  expect(await textOf(state)).toContain('pumpernickel');
  hide(['pumpernickel']);
  expect(await textOf(state)).not.toContain('pumpernickel');
});

test('what a host writes into the bookkeeping of a checkpoint in its place is in the next one', async () => {
  const checkpoint = { ...emptyCheckpoint(), channel_values: { list }, versions_seen: { intake: { request: 1 } } };
  await textOf(checkpoint);
  checkpoint.versions_seen.intake.request = 2;
  expect(await textOf(checkpoint)).toContain('"request":2');
});
