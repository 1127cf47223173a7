import { Role, TaskState, type Message, type Part, type Task } from '@a2a-js/sdk';
import { ClientFactory, ClientFactoryOptions, DefaultAgentCardResolver, JsonRpcTransportFactory, type Client } from '@a2a-js/sdk/client';
import { afterEach, expect, test } from 'vitest';
import type { ReleaseDesk } from '../../src/desk/desk-contract.js';
import { openA2aDoor } from '../../src/server/a2a/a2a-door.js';
import { AgentCard } from '@a2a-js/sdk';
import { styles } from '../support/answer-styles.js';
import { callers, sentence, simulatedDesk } from '../support/simulated-desk.js';

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const reportOf = async (id: string): Promise<string> => `<!doctype html><title>${id}</title>`;

/** The official client; what it fetches is answered by the door, as whoever `name` is. */
const connect = (desk: ReleaseDesk, name: keyof typeof callers): Promise<Client> => {
  const door = openA2aDoor(desk, reportOf);
  const caller = callers[name];
  if (caller === undefined) throw new Error(`nobody is called ${name}`);
  const fetchImpl: typeof fetch = (url, init) => {
    const request = new Request(url, init);
    return request.url.endsWith('/a2a') ? door.handle(request, caller) : Promise.resolve(door.card(request));
  };
  return new ClientFactory(
    ClientFactoryOptions.createFrom(ClientFactoryOptions.default, {
      transports: [new JsonRpcTransportFactory({ fetchImpl })],
      cardResolver: new DefaultAgentCardResolver({ fetchImpl }),
    }),
  ).createFromUrl('http://localhost');
};

const opened = async () => {
  const { desk, reopen } = await simulatedDesk();
  open.push(() => desk.close());
  return { desk, reopen };
};

const text = (value: string): Part => ({ content: { $case: 'text', value }, metadata: undefined, filename: '', mediaType: 'text/plain' });
const data = (value: unknown): Part => ({
  content: { $case: 'data', value },
  metadata: undefined,
  filename: '',
  mediaType: 'application/json',
});
let messages = 0;
const say = (part: Part, of: Partial<Message> = {}, returnImmediately = false) => ({
  tenant: '',
  metadata: undefined,
  configuration: { acceptedOutputModes: [], taskPushNotificationConfig: undefined, returnImmediately },
  message: {
    ...{ messageId: `m${++messages}`, contextId: '', taskId: '', role: Role.ROLE_USER, parts: [part] },
    ...{ metadata: undefined, extensions: [], referenceTaskIds: [], ...of },
  },
});

const isTask = (result: Message | Task): result is Task => 'status' in result;
const taskFrom = (result: Message | Task): Task => {
  if (!isTask(result)) throw new Error(wordsOf(result));
  return result;
};
const messageFrom = (result: Message | Task): Message => {
  if (isTask(result)) throw new Error(`a task in state ${result.status?.state}`);
  return result;
};
const wordsOf = ({ parts }: { parts: Part[] }): string =>
  parts.flatMap(({ content }) => (content?.$case === 'text' ? [content.value] : [])).join('\n');
const dataOf = ({ parts }: { parts: Part[] }): unknown =>
  parts.flatMap(({ content }) => (content?.$case === 'data' ? [content.value as unknown] : []))[0];
const digestOf = (task: Task): string => (dataOf(task.status?.message ?? { parts: [] }) as { digest: string }).digest;

test('a release goes through as one task: an approval is input-required, and at the end there are a report and the evidence', async () => {
  const { desk } = await opened();
  const rita = await connect(desk, 'rita');
  const waiting = taskFrom(await rita.sendMessage(say(text(sentence), { contextId: 'conversation-1' })));
  expect(waiting).toMatchObject({ contextId: 'conversation-1', artifacts: [], status: { state: TaskState.TASK_STATE_INPUT_REQUIRED } });
  expect(wordsOf(waiting.status?.message ?? { parts: [] })).toContain('Promote storefront v2.2.0 to production?');
  expect(waiting.history.map(wordsOf)).toEqual([sentence]);
  const owner = await connect(desk, 'owner');
  const decision = { decision: 'approved', digest: digestOf(waiting), comment: 'looked at it' };
  const done = taskFrom(await owner.sendMessage(say(data(decision), { taskId: waiting.id })));
  expect(done.status?.state).toBe(TaskState.TASK_STATE_COMPLETED);
  expect(done.artifacts.map(({ name, parts }) => [name, parts[0]?.mediaType])).toEqual([
    ['report', 'text/html'],
    ['evidence', 'application/json'],
  ]);
  expect(dataOf(done.artifacts[1] ?? { parts: [] })).toMatchObject({
    release: waiting.id,
    outcome: 'promoted',
    request: { requestedBy: 'rita' },
  });
  expect(await rita.getTask({ tenant: '', id: waiting.id })).toEqual(done);
});

test('a stream begins with the task, tells what happens, and ends where somebody has to answer', async () => {
  const { desk } = await opened();
  const rita = await connect(desk, 'rita');
  const kinds: string[] = [];
  let task: Task | null = null;
  let last: TaskState | undefined;
  for await (const { payload } of rita.sendMessageStream(say(text(sentence)))) {
    kinds.push(payload?.$case ?? '');
    if (payload?.$case === 'task') task = payload.value;
    if (payload?.$case === 'statusUpdate') last = payload.value.status?.state;
  }
  expect([kinds[0], new Set(kinds.slice(1)), last]).toEqual(['task', new Set(['statusUpdate']), TaskState.TASK_STATE_INPUT_REQUIRED]);
  expect(kinds.length).toBeGreaterThan(50);
  const owner = await connect(desk, 'owner');
  const id = task?.id ?? '';
  const digest = (await desk.question(callers['owner']!, id))?.digest ?? '';
  const rest: string[] = [];
  for await (const { payload } of owner.sendMessageStream(say(data({ decision: 'approved', digest }), { taskId: id }))) {
    rest.push(payload?.$case ?? '');
    if (payload?.$case === 'statusUpdate') last = payload.value.status?.state;
  }
  expect([rest.slice(-3), last]).toEqual([['artifactUpdate', 'artifactUpdate', 'statusUpdate'], TaskState.TASK_STATE_COMPLETED]);
});

test('an unclear sentence begins nothing and asks back, and the answer in the same context completes it', async () => {
  const { desk } = await opened();
  const rita = await connect(desk, 'rita');
  const asked = messageFrom(await rita.sendMessage(say(text('ship storefront to staging'))));
  expect(wordsOf(asked)).toContain('Which version');
  expect(await desk.list(callers['rita']!)).toEqual([]);
  const begun = taskFrom(await rita.sendMessage(say(text('v2.2.0'), { contextId: asked.contextId }, true)));
  expect(begun).toMatchObject({ contextId: asked.contextId, status: { state: TaskState.TASK_STATE_WORKING } });
  expect((await desk.get(callers['rita']!, begun.id)).request).toMatchObject({ version: 'v2.2.0', target: 'staging' });
});

test.each<[string, string, Part, string]>([
  ['a requester says yes', 'rita', text('approve'), 'ROLE_MISSING'],
  ['an operator says no', 'olga', text('reject: not before Monday'), 'ROLE_MISSING'],
  ['an approver who was not shown the question says yes', 'owner', data({ decisions: [{ type: 'approve' }] }), 'DIGEST_MISSING'],
  ['an approver says yes to anything', 'owner', text('yes, ship it'), 'ANSWER_UNCLEAR'],
  ['an approver says yes with a condition', 'owner', text('approve if the error rate is normal'), 'ANSWER_UNCLEAR'],
  ['an approver says yes to the question of another release', 'owner', text('approve deadbeef'), 'APPROVAL_STALE'],
  ['an approver answers another question', 'owner', data({ decision: 'approved', digest: 'sha256:0' }), 'APPROVAL_STALE'],
])('%s: the task stays input-required, and says why and what to do', async (_, name, part, code) => {
  const { desk } = await opened();
  const { id } = taskFrom(await (await connect(desk, 'rita')).sendMessage(say(text(sentence))));
  const client = await connect(desk, name);
  if (name !== 'owner') await client.getTask({ tenant: '', id });
  const answered = taskFrom(await client.sendMessage(say(part, { taskId: id })));
  expect(answered.status).toMatchObject({
    state: TaskState.TASK_STATE_INPUT_REQUIRED,
    message: { metadata: { error: { code, remedy: expect.stringMatching(/\w/) as string } } },
  });
  expect(await desk.question(callers['owner']!, id)).not.toBeNull();
});

test('a question while somebody is asked is answered, and the question stays open', async () => {
  const { desk } = await opened();
  const { id } = taskFrom(await (await connect(desk, 'rita')).sendMessage(say(text(sentence))));
  const owner = await connect(desk, 'owner');
  const answer = messageFrom(await owner.sendMessage(say(text('should I approve?'), { taskId: id })));
  expect(answer).toMatchObject({ taskId: id, role: Role.ROLE_AGENT });
  expect(await desk.question(callers['owner']!, id)).not.toBeNull();
});

const partOf = (answer: unknown): Part =>
  typeof answer === 'string' ? text(answer) : data((answer as { parts?: { data?: unknown }[] }).parts?.[0]?.data ?? answer); // A2A's own parts as the client wraps them
const overA2a = Object.entries(styles).filter(([style]) => style !== 'A2A');

test.each(overA2a)(
  'an answer as %s sends it: three that are none leave the task open with a reason, then a right one promotes',
  async (_, answers) => {
    const { desk } = await opened();
    const { id } = taskFrom(await (await connect(desk, 'rita')).sendMessage(say(text(sentence))));
    const owner = await connect(desk, 'owner');
    await owner.getTask({ tenant: '', id });
    const asked = (await desk.question(callers['owner']!, id))!;
    for (const wrong of [answers.edit(asked), answers.reply(asked), answers.wrong(asked)]) {
      const sent = await owner.sendMessage(say(partOf(wrong), { taskId: id }));
      if (isTask(sent))
        expect(sent.status).toMatchObject({
          state: TaskState.TASK_STATE_INPUT_REQUIRED,
          message: { metadata: { error: { code: expect.stringMatching(/^(?:ANSWER_UNCLEAR|APPROVAL_STALE)$/) as string } } },
        });
      expect(await desk.question(callers['owner']!, id)).toEqual(asked);
    }
    expect(taskFrom(await owner.sendMessage(say(partOf(answers.right(asked)), { taskId: id }))).status?.state).toBe(
      TaskState.TASK_STATE_COMPLETED,
    );
  },
);

test.each(overA2a.filter(([style]) => ['Agent Inbox', 'plain text'].includes(style)))(
  'a no as %s sends it rejects the task',
  async (_, answers) => {
    const { desk } = await opened();
    const { id } = taskFrom(await (await connect(desk, 'rita')).sendMessage(say(text(sentence))));
    const owner = await connect(desk, 'owner');
    const no = answers.no((await desk.question(callers['owner']!, id))!);
    const rejected = taskFrom(await owner.sendMessage(say(partOf(no), { taskId: id })));
    expect([rejected.status?.state, (await desk.get(callers['owner']!, id)).reason]).toEqual([
      TaskState.TASK_STATE_REJECTED,
      expect.stringContaining('not on a Friday'),
    ]);
  },
);

test('a task survives a restart of the server: it is input-required as before, and who subscribes hears the rest', async () => {
  const { desk, reopen } = await opened();
  const before = taskFrom(await (await connect(desk, 'rita')).sendMessage(say(text(sentence), { contextId: 'conversation-1' })));
  await desk.close();
  open.length = 0;
  const again = await reopen();
  open.push(() => again.close());
  await again.settled(before.id);
  const owner = await connect(again, 'owner');
  const found = await owner.getTask({ tenant: '', id: before.id });
  expect([found.contextId, found.status?.state, found.history]).toEqual([before.contextId, before.status?.state, before.history]);
  const { code } = (await again.question(callers['owner']!, found.id))!;
  await owner.sendMessage(say(text(`approve ${code}`), { taskId: found.id, contextId: 'conversation-1' }, true));
  const seen: (TaskState | undefined)[] = [];
  for await (const { payload } of owner.resubscribeTask({ tenant: '', id: found.id }))
    if (payload?.$case === 'statusUpdate') seen.push(payload.value.status?.state);
  expect(seen.at(-1)).toBe(TaskState.TASK_STATE_COMPLETED);
});

test('a task is cancelled by an operator only, and then it cannot be cancelled or told anything again', async () => {
  const { desk } = await opened();
  const rita = await connect(desk, 'rita');
  const { id } = taskFrom(await rita.sendMessage(say(text(sentence))));
  const cancel = { tenant: '', id, metadata: undefined };
  await expect(rita.cancelTask(cancel)).rejects.toThrow('only operator may');
  const olga = await connect(desk, 'olga');
  expect((await olga.cancelTask(cancel)).status?.state).toBe(TaskState.TASK_STATE_CANCELED);
  expect((await olga.cancelTask(cancel)).status?.state).toBe(TaskState.TASK_STATE_CANCELED);
  await expect(olga.sendMessage(say(text('approve'), { taskId: id }))).rejects.toThrow('has ended');
  const asked = messageFrom(await olga.sendMessage(say(text('why did it end?'), { referenceTaskIds: [id] })));
  expect(wordsOf(asked)).toContain(id);
});

test('a task that runs is cancelled too', async () => {
  const { desk } = await opened();
  const olga = await connect(desk, 'olga');
  const { id } = taskFrom(await olga.sendMessage(say(text(sentence), {}, true)));
  expect((await olga.cancelTask({ tenant: '', id, metadata: { reason: 'wrong version' } })).status?.state).toBe(
    TaskState.TASK_STATE_CANCELED,
  );
  expect((await desk.get(callers['olga']!, id)).reason).toContain('wrong version');
});

test.each<[string, (client: Client) => Promise<unknown>, string]>([
  ['a task is not there', (client) => client.getTask({ tenant: '', id: 'nowhere' }), 'none of that id'],
  ['a viewer asks for a release', (client) => client.sendMessage(say(text(sentence))), 'only requester may'],
  ['a decision names no task', (client) => client.sendMessage(say(text('approve'))), 'taskId'],
])('%s: the error says why', async (_, ask, why) => {
  const { desk } = await opened();
  await expect(ask(await connect(desk, 'vera'))).rejects.toThrow(why);
});

test('tasks are listed by context and state, page by page', async () => {
  const { desk } = await opened();
  const rita = await connect(desk, 'rita');
  await rita.sendMessage(say(text('ship storefront v2.2.0 to staging'), { contextId: 'one' }));
  await rita.sendMessage(say(text('ship storefront v2.3.0 to staging'), { contextId: 'two' }));
  const all = { tenant: '', contextId: '', status: TaskState.TASK_STATE_UNSPECIFIED, pageToken: '', statusTimestampAfter: undefined };
  const first = await rita.listTasks({ ...all, pageSize: 1 });
  expect([first.tasks.map((task) => task.contextId), first.totalSize, first.nextPageToken]).toEqual([['two'], 2, '1']);
  const second = await rita.listTasks({ ...all, pageSize: 1, pageToken: first.nextPageToken });
  expect([second.tasks.map((task) => task.contextId), second.nextPageToken]).toEqual([['one'], '']);
  expect((await rita.listTasks({ ...all, contextId: 'one', status: TaskState.TASK_STATE_COMPLETED })).totalSize).toBe(1);
  expect((await rita.listTasks({ ...all, status: TaskState.TASK_STATE_WORKING })).totalSize).toBe(0);
});

test('the card says what this agent does, how it is reached and that a bearer token is needed', async () => {
  const { desk } = await opened();
  const card = AgentCard.fromJSON(
    await openA2aDoor(desk, reportOf).card(new Request('http://localhost/.well-known/agent-card.json')).json(),
  );
  expect(card).toMatchObject({
    name: 'Releases of storefront',
    capabilities: { streaming: true },
    supportedInterfaces: [{ url: 'http://localhost/a2a', protocolBinding: 'JSONRPC', protocolVersion: '1.0' }],
  });
  expect(card.skills.map(({ id }) => id)).toEqual(['release', 'ask', 'decide']);
  expect(card.securitySchemes['bearer']?.scheme?.$case).toBe('httpAuthSecurityScheme');
});
