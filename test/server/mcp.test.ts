import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
  ElicitRequestSchema,
  ResourceListChangedNotificationSchema,
  ResourceUpdatedNotificationSchema,
  type CallToolResult,
  type ElicitResult,
  type Progress,
} from '@modelcontextprotocol/sdk/types.js';
import { afterAll, afterEach, expect, test } from 'vitest';
import type { ReleaseDesk } from '../../src/desk/desk-contract.js';
import { openMcpSessions, type McpSessions } from '../../src/server/mcp/mcp-sessions.js';
import { callers, sentence, simulatedDesk } from '../support/simulated-desk.js';

type Closing = (() => Promise<unknown>)[];
const closeAll = async (list: Closing): Promise<void> => {
  for (const close of list.splice(0).reverse()) await close();
};
const open: Closing = [];
const lasting: Closing = [];
afterEach(() => closeAll(open));
afterAll(() => closeAll(lasting));

type At = { desk: ReleaseDesk; sessions: McpSessions };

const server = async (closing = open): Promise<At> => {
  const { desk } = await simulatedDesk();
  const sessions = openMcpSessions(desk);
  closing.push(
    () => desk.close(),
    () => sessions.close(),
  );
  return { desk, sessions };
};

type Person = (message: string) => ElicitResult;

/** The official client on Streamable HTTP; `person` answers the forms that it is shown. */
const connect = async ({ sessions }: At, name: keyof typeof callers, person?: Person) => {
  const caller = callers[name];
  if (caller === undefined) throw new Error(`nobody is called ${name}`);
  const transport = new StreamableHTTPClientTransport(new URL('http://localhost/mcp'), {
    fetch: (url, init) => sessions.handle(new Request(url, init), caller),
  });
  const client = new Client({ name: 'test', version: '1' }, { capabilities: person ? { elicitation: { form: {} } } : {} });
  const asked: string[] = [];
  if (person)
    client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
      asked.push(params.message);
      return person(params.message);
    });
  await client.connect(transport);
  open.push(() => client.close());
  await client.listTools(); // from now on the client checks every result against its schema
  const call = async (tool: string, args: Record<string, unknown>, onprogress?: (message: string) => void) => {
    const result = await client.callTool({ name: tool, arguments: args }, undefined, {
      ...(onprogress && { onprogress: ({ message = '' }: Progress) => onprogress(message) }),
    });
    const { structuredContent, isError, content } = result as CallToolResult; // no tool here answers in the old shape
    const [first] = content;
    return { data: structuredContent ?? {}, isError: isError ?? false, text: first?.type === 'text' ? first.text : '' };
  };
  return { client, call, asked };
};

const waitingRelease = async (rita: Awaited<ReturnType<typeof connect>>) => {
  const { data } = await rita.call('request_release', { request: sentence, wait: true });
  const { release, approval } = data as { release: { release: string }; approval: { digest: string } };
  return { id: release.release, digest: approval.digest };
};

/** One for every refusal: none of them changes anything. */
let waiting: Promise<{ at: At; id: string; digest: string }> | null = null;
const oneThatWaits = () => (waiting ??= server(lasting).then(async (at) => ({ at, ...(await waitingRelease(await connect(at, 'rita'))) })));

test('a release goes through to production: asked for by one credential with progress, approved by another', async () => {
  const at = await server();
  const rita = await connect(at, 'rita');
  const progress: string[] = [];
  const { data } = await rita.call('request_release', { request: sentence, wait: true }, (message) => progress.push(message));
  expect(data).toMatchObject({
    status: 'accepted',
    release: { state: 'waiting', waitingFor: 'approval', requestedBy: 'rita', simulated: true },
  });
  expect(progress).toContainEqual(expect.stringContaining('gate'));
  const { release, approval } = data as { release: { release: string }; approval: { digest: string } };
  const owner = await connect(at, 'owner');
  const args = { release: release.release, digest: approval.digest, comment: 'looked at it' };
  expect((await owner.call('approve_release', args)).data).toMatchObject({ decision: 'approved', by: 'owner' });
  const after = await rita.call('get_release', { release: release.release, wait: true });
  expect(after.data).toMatchObject({ release: { outcome: 'promoted' }, approval: null });
  expect(after.text).toContain('promoted');
  expect((await owner.call('approve_release', args)).data).toMatchObject({ error: { code: 'NOT_WAITING' } });
});

test('without wait a request returns at once, and an unclear one begins nothing and asks back', async () => {
  const rita = await connect(await server(), 'rita');
  expect((await rita.call('request_release', { request: 'ship storefront' })).data).toMatchObject({
    status: 'unclear',
    question: expect.stringContaining('Which version') as string,
    release: null,
  });
  expect((await rita.call('request_release', { request: 'ship storefront 2.2 to staging only' })).data).toMatchObject({
    choices: ['v2.2.0'],
    sentences: ['ship storefront v2.2.0 to staging only'],
  });
  expect((await rita.call('list_releases', {})).data).toEqual({ releases: [] });
  expect((await rita.call('request_release', { request: sentence })).data).toMatchObject({
    status: 'accepted',
    release: { state: 'running' },
  });
});

test.each<[string, string, string, Record<string, unknown>, string]>([
  ['a viewer asks for a release', 'vera', 'request_release', { request: sentence }, 'ROLE_MISSING'],
  ['a requester rolls back', 'rita', 'rollback_release', { release: '$id', reason: 'because' }, 'ROLE_MISSING'],
  ['a requester approves', 'rita', 'approve_release', { release: '$id', digest: '$digest' }, 'ROLE_MISSING'],
  [
    'a requester says the name of an approver',
    'rita',
    'approve_release',
    { release: '$id', digest: '$digest', as: 'owner' },
    'ARGUMENTS_INVALID',
  ],
  ['an operator rejects', 'olga', 'reject_release', { release: '$id', digest: '$digest' }, 'ROLE_MISSING'],
  ['an approver answers another question', 'owner', 'approve_release', { release: '$id', digest: 'sha256:0' }, 'APPROVAL_STALE'],
  ['an approver answers without having seen the question', 'owner', 'approve_release', { release: '$id' }, 'DIGEST_MISSING'],
  ['a release is not there', 'owner', 'approve_release', { release: 'nowhere', digest: '$digest' }, 'RELEASE_UNKNOWN'],
  ['a release to look at is not there', 'vera', 'get_release', { release: 'nowhere' }, 'RELEASE_UNKNOWN'],
  ['an argument is of another kind', 'rita', 'request_release', { request: 'ship storefront', wait: 'yes' }, 'ARGUMENTS_INVALID'],
  ['an argument is missing', 'vera', 'explain_release', {}, 'ARGUMENTS_INVALID'],
  ['a tool is not there', 'vera', 'deploy', {}, 'ARGUMENTS_INVALID'],
])('%s: the result is an error with code and remedy, and the question stays open', async (_, name, tool, args, code) => {
  const { at, id, digest } = await oneThatWaits();
  const filled = Object.fromEntries(
    Object.entries(args).map(([key, value]) => [key, value === '$id' ? id : value === '$digest' ? digest : value]),
  );
  const result = await (await connect(at, name)).call(tool, filled);
  expect(result).toMatchObject({
    isError: true,
    data: { error: { code, message: expect.stringMatching(/^Failed to /) as string, remedy: expect.stringMatching(/\w/) as string } },
    text: expect.stringContaining(code) as string,
  });
  expect((await at.desk.question(callers['vera']!, id))?.digest).toBe(digest);
});

test.each<[string, string, ElicitResult, object, string | null]>([
  [
    'an approver says yes',
    'owner',
    { action: 'accept', content: { decision: 'approve', comment: 'seen' } },
    { decision: 'approved', by: 'owner' },
    'promoted',
  ],
  [
    'an approver says no to a model that wanted yes',
    'owner',
    { action: 'accept', content: { decision: 'reject' } },
    { decision: 'rejected' },
    'rejected',
  ],
  ['an approver closes the form', 'owner', { action: 'cancel' }, { decision: 'none', by: '' }, null],
  [
    'an approver answers with something else',
    'owner',
    { action: 'accept', content: { decision: 'maybe' } },
    { error: { code: 'ANSWER_UNCLEAR' } },
    null,
  ],
  [
    'somebody without the credential says yes',
    'rita',
    { action: 'accept', content: { decision: 'approve', comment: 'fine' } },
    {
      error: {
        code: 'ROLE_MISSING',
        message: expect.stringContaining('said "approved": fine') as string,
        remedy: expect.stringContaining('approve') as string,
      },
    },
    null,
  ],
])('the person at the client is asked: %s', async (_, name, answer, result, outcome) => {
  const at = await server();
  const { id, digest } = await waitingRelease(await connect(at, 'rita'));
  const client = await connect(at, name, () => answer);
  expect((await client.call('approve_release', { release: id })).data).toMatchObject(result);
  expect(client.asked).toEqual([expect.stringContaining(`approve ${digest.slice('sha256:'.length).slice(0, 8)}`)]);
  const { outcome: became } = await at.desk.settled(id);
  expect(became).toBe(outcome);
  expect((await at.desk.question(callers['vera']!, id))?.digest).toBe(outcome === null ? digest : undefined);
});

test('a release that was promoted goes back, when an operator says so', async () => {
  const at = await server();
  const { id, digest } = await waitingRelease(await connect(at, 'rita'));
  await (await connect(at, 'owner')).call('approve_release', { release: id, digest });
  await at.desk.settled(id);
  const olga = await connect(at, 'olga');
  const back = await olga.call('rollback_release', { release: id, reason: 'complaints' });
  expect(back.data).toMatchObject({ release: { outcome: 'rolled_back', reason: expect.stringContaining('complaints') as string } });
});

test('why a release stands where it stands is told with evidence, and a question of its own is answered', async () => {
  const at = await server();
  const rita = await connect(at, 'rita');
  const { id } = await waitingRelease(rita);
  const { data, text } = await rita.call('explain_release', { release: id });
  expect(text).toContain('performance gate: warning');
  expect(data).toMatchObject({ release: id, text, evidence: expect.arrayContaining([expect.stringMatching(/^sha256:/)]) as string[] });
  expect((await rita.call('explain_release', { release: id, question: 'why is it waiting?' })).text).toContain('approv');
});

test('the blackboard, the report and the history of a release are resources, and who subscribes hears of changes', async () => {
  const at = await server();
  const { client, call } = await connect(at, 'rita');
  const changed: string[] = [];
  let listChanges = 0;
  client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => void changed.push(params.uri));
  client.setNotificationHandler(ResourceListChangedNotificationSchema, () => void listChanges++);
  const { data } = await call('request_release', { request: sentence });
  const id = (data as { release: { release: string } }).release.release;
  const uri = `staging://releases/${id}/blackboard`;
  await client.subscribeResource({ uri });
  await at.desk.settled(id);
  const { resources } = await client.listResources();
  expect(resources.map((one) => one.uri)).toEqual(['blackboard', 'report', 'history'].map((kind) => `staging://releases/${id}/${kind}`));
  const read = async (what: string): Promise<unknown> => {
    const [content] = (await client.readResource({ uri: what })).contents;
    return JSON.parse(content !== undefined && 'text' in content ? content.text : '');
  };
  expect(await read(uri)).toMatchObject({ environment_status: 'staging_environment_ready' });
  expect(await read(`staging://releases/${id}/report`)).toMatchObject({ release: id, gates: expect.any(Array) as unknown[] });
  expect(await read(`staging://releases/${id}/history`)).toContainEqual(expect.objectContaining({ name: 'swarm/started', kind: 'event' }));
  await expect(client.readResource({ uri: 'staging://releases/nowhere/report' })).rejects.toThrow('none of that id');
  await expect(client.readResource({ uri: `staging://releases/${id}/secrets` })).rejects.toThrow('none of blackboard, report, history');
  expect(new Set(changed)).toEqual(new Set([uri]));
  expect(listChanges).toBe(1);
  expect((await client.listResourceTemplates()).resourceTemplates).toHaveLength(3);
  const completed = await client.complete({
    ref: { type: 'ref/resource', uri: 'staging://releases/{id}/report' },
    argument: { name: 'id', value: id.slice(0, 3) },
  });
  expect(completed.completion.values).toEqual([id]);
});

test('every tool says what it does to the world, and every prompt which tools to call', async () => {
  const { client } = await connect(await server(), 'vera');
  const { tools } = await client.listTools();
  expect(tools.map(({ name, annotations }) => [name, annotations?.readOnlyHint, annotations?.destructiveHint])).toEqual([
    ['request_release', false, true],
    ['get_release', true, false],
    ['list_releases', true, false],
    ['explain_release', true, false],
    ['approve_release', false, true],
    ['reject_release', false, true],
    ['rollback_release', false, true],
  ]);
  expect(tools.every(({ outputSchema }) => outputSchema?.properties !== undefined && 'error' in outputSchema.properties)).toBe(true);
  const { prompts } = await client.listPrompts();
  expect(prompts.map(({ name }) => name)).toEqual(['ship_release', 'why_waiting', 'review_approval']);
  const shipped = await client.getPrompt({ name: 'ship_release', arguments: { version: 'v2.2.0', target: 'production' } });
  expect(shipped.messages[0]?.content).toMatchObject({
    text: expect.stringContaining('ship v2.2.0 to staging, promote it if it is healthy') as string,
  });
  await expect(client.getPrompt({ name: 'why_waiting', arguments: {} })).rejects.toThrow('release is missing');
});

test('a session of somebody else is not there, whatever credential asks for it', async () => {
  const { sessions } = await server();
  const ask = (method: string, body: object, session?: string, caller = callers['rita']!) =>
    sessions.handle(
      new Request('http://localhost/mcp', {
        method: 'POST',
        headers: {
          ...{ 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
          ...(session !== undefined && { 'mcp-session-id': session }),
        },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: body }),
      }),
      caller,
    );
  const begun = await ask('initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } });
  const session = begun.headers.get('mcp-session-id') ?? '';
  expect((await ask('tools/list', {}, session)).status).toBe(200);
  expect((await ask('tools/list', {}, session, callers['owner'])).status).toBe(404);
  expect((await ask('tools/list', {}, 'another')).status).toBe(404);
  expect((await ask('tools/list', {})).status).toBe(400);
});
