// Takes a release through over the Agent2Agent protocol: rita's client asks, the owner's client decides.
// Usage: node ship.mjs http://127.0.0.1:8377
import { writeFile } from 'node:fs/promises';
import { Role, TaskState } from '@a2a-js/sdk';
import { ClientFactory, ClientFactoryOptions, JsonRpcTransportFactory } from '@a2a-js/sdk/client';

const [url = 'http://127.0.0.1:8377'] = process.argv.slice(2);

const connect = (token) => {
  const fetchImpl = (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set('authorization', `Bearer ${token}`);
    return fetch(input, { ...init, headers });
  };
  const transports = [new JsonRpcTransportFactory({ fetchImpl })];
  return new ClientFactory(ClientFactoryOptions.createFrom(ClientFactoryOptions.default, { transports })).createFromUrl(url);
};

const say = (content, mediaType, taskId = '') => ({
  tenant: '',
  message: {
    messageId: crypto.randomUUID(),
    role: Role.ROLE_USER,
    parts: [{ content, mediaType, filename: '' }],
    taskId,
    contextId: '',
    extensions: [],
    referenceTaskIds: [],
  },
});
const wordsOf = ({ parts }) => parts.flatMap(({ content }) => (content.$case === 'text' ? [content.value] : [])).join('\n');

const rita = await connect(process.env.RITA_TOKEN);
const sentence = 'ship storefront v2.2.0 with wishlist to staging, promote it if it is healthy';
let id = '';
for await (const { payload } of rita.sendMessageStream(say({ $case: 'text', value: sentence }, 'text/plain'))) {
  if (payload.$case === 'task') id = payload.value.id;
  if (payload.$case === 'statusUpdate') console.log(wordsOf(payload.value.status.message));
}

// The task is input-required now. What is asked stands in a data part, with the digest that binds the answer to it.
const owner = await connect(process.env.OWNER_TOKEN);
const waiting = await owner.getTask({ tenant: '', id });
const [question] = waiting.status.message.parts.flatMap(({ content }) => (content.$case === 'data' ? [content.value] : []));
const decision = { decision: 'approved', digest: question.digest, comment: 'looked at the gates' };
const ended = await owner.sendMessage(say({ $case: 'data', value: decision }, 'application/json', id));

console.log(wordsOf(ended.status.message));
for (const { name, parts } of ended.artifacts) {
  const file = `${name}.${name === 'report' ? 'html' : 'json'}`;
  await writeFile(file, parts[0].content.$case === 'data' ? JSON.stringify(parts[0].content.value, null, 2) : parts[0].content.value);
  console.log(`wrote ${file}`);
}
process.exitCode = ended.status.state === TaskState.TASK_STATE_COMPLETED ? 0 : 1;
