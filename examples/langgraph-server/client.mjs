import { Client } from '@langchain/langgraph-sdk';

const client = new Client({ apiUrl: process.argv[2] ?? 'http://localhost:2024' });
const { thread_id: thread } = await client.threads.create();
const input = { messages: [{ role: 'user', content: 'ship storefront v2.2.0 to staging, promote it if it is healthy' }] };

for await (const { event, data } of client.runs.stream(thread, 'staging', { input, streamMode: 'updates' }))
  if (event === 'updates') console.log(Object.keys(data).join(', '));

const { tasks } = await client.threads.getState(thread);
const { question, digest } = tasks[0].interrupts[0].value;
console.log(question);
const done = await client.runs.wait(thread, 'staging', { command: { resume: { digest, decision: 'approved', by: 'owner' } } });
console.log(done.outcome);
