import { SystemMessage, HumanMessage, ToolMessage, type BaseMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { END, MessagesValue, START, StateGraph, StateSchema, type BaseCheckpointSaver } from '@langchain/langgraph';
import { SqliteSaver } from '@langchain/langgraph-checkpoint-sqlite';
import { createSupervisor } from '@langchain/langgraph-supervisor';
import { ChatOpenAI } from '@langchain/openai';
import Database from 'better-sqlite3';
import { join } from 'node:path';
import { z } from 'zod';
import { operations } from '#src/agents/operations.js';
import { openCheckpoints } from '#src/desk/checkpoints.js';
import { createStagingGraph, openSqliteStore } from '#src/index.js';
import { openSimulatedPorts } from '#src/scenario/public.js';
import { nonce, releaseInput, shortConfig } from './release.js';
import type { Conversation } from './script.js';
import { doTheWork, inWorld, type Ask } from './world.js';

/** Takes one release through all of its calls; `close` before its folder is weighed. */
export type Contender = { release: (id: string) => Promise<void>; close: () => Promise<void> | void };
type Setting = { script: readonly Conversation[]; url: string; folder: string };

const modelAt = (baseURL: string) =>
  new ChatOpenAI({ model: 'bench', apiKey: 'bench', temperature: 0, maxRetries: 2, timeout: 120_000, configuration: { baseURL } });

const durable = { durability: 'sync' as const, recursionLimit: 10_000 };

/** This project, with everything that it always does: journal, evidence, operations, limits, fences, gates. */
const ours = ({ url, folder }: Setting): Contender => {
  const config = shortConfig();
  const store = openSqliteStore(join(folder, 'journal.db'));
  const checkpointer = openCheckpoints(join(folder, 'checkpoints.db'));
  const model = modelAt(url);
  return {
    release: async (id) => {
      const options = { config, store, model, simulated: true, nonce, checkpointer };
      const graph = createStagingGraph({ ...options, ports: openSimulatedPorts({ config }) });
      const { outcome, outcomeReason } = await graph.invoke(releaseInput(), { configurable: { thread_id: id }, ...durable });
      if (outcome !== 'promoted') throw new Error(`${id} was not promoted: ${outcomeReason}`);
    },
    close: async () => {
      await store.close();
      checkpointer.db.close();
    },
  };
};

/** One loop, one request after the other, a row for every answer and every result. */
const bareLoop = ({ script, url, folder }: Setting): Contender => {
  const db = database(folder);
  db.exec('CREATE TABLE steps (release TEXT, conversation TEXT, kind TEXT, value TEXT)');
  const insert = db.prepare('INSERT INTO steps VALUES (?, ?, ?, ?)');
  return {
    release: (id) =>
      inWorld(async () => {
        for (const { id: conversation, system, human, tools, turns } of script) {
          const messages: object[] = [
            { role: 'system', content: system },
            { role: 'user', content: human },
          ];
          const offered = tools.map(({ name, description, schema }) => ({
            type: 'function',
            function: { name, description, parameters: z.toJSONSchema(schema as z.ZodType) },
          }));
          for (let turn = 0; turn <= turns.length; turn += 1) {
            const response = await fetch(`${url}/chat/completions`, {
              method: 'POST',
              headers: { 'content-type': 'application/json' },
              body: JSON.stringify({ model: 'bench', messages, tools: offered }),
            });
            const { choices } = (await response.json()) as { choices: { message: { tool_calls?: { id: string }[] } }[] };
            const answer = choices[0]?.message ?? {};
            messages.push(answer);
            insert.run(id, conversation, 'answer', JSON.stringify(answer));
            await doTheWork(turns[turn]?.asks ?? []);
            for (const [index, { id: call }] of (answer.tool_calls ?? []).entries()) {
              const content = turns[turn]?.calls[index]?.result ?? '';
              insert.run(id, conversation, 'result', content);
              messages.push({ role: 'tool', tool_call_id: call, content });
            }
          }
        }
      }),
    close: () => void db.close(),
  };
};

/** Where what a call gave goes, besides into the conversation. */
type Keep = <T>(release: string, name: string, run: () => Promise<T>) => Promise<T>;

/** What somebody writes by hand: a node per routine, its loop inside, its summary in the state, checkpoints in SQLite. */
const handWritten = (setting: Setting): Contender => byHand(setting, (_, __, run) => run());

/** The same with this project's rows and nothing else of it: an operation before each call, its end, evidence and row after it. */
const withRows = (setting: Setting): Contender => {
  const store = openSqliteStore(join(setting.folder, 'journal.db'));
  const { clock } = openSimulatedPorts({ config: shortConfig() });
  let calls = 0;
  const graph = byHand(setting, async (release, name, run) => {
    const key = `${name}:${(calls += 1)}`;
    const gave: Awaited<ReturnType<typeof run>>[] = [];
    await operations(release, store, clock).once({
      ...{ parts: [key], name, reservedCredits: 1, cost: () => ({ inputTokens: 1, outputTokens: 1, credits: 1 }) },
      run: async () => {
        gave.push(await run());
        return { gave: JSON.stringify(gave) };
      },
      entries: (_, digest) => [{ key, at: clock.now(), agent: 'tester', routine: name, kind: 'note', name, value: digest() }],
    });
    return gave[0] as Awaited<ReturnType<typeof run>>; // pushed by the operation, which has ended
  });
  return {
    release: graph.release,
    close: async () => {
      await graph.close();
      await store.close();
    },
  };
};

const byHand = ({ script, url, folder }: Setting, keep: Keep): Contender => {
  const model = modelAt(url);
  const state = new StateSchema({ summaries: z.record(z.string(), z.string()).default({}) });
  const graph = new StateGraph(state) as unknown as StateGraph<typeof state.State>;
  type Given = { configurable?: { thread_id?: string } };
  for (const { id, system, human, tools, turns } of script) {
    const bound = model.bindTools(tools as never);
    graph.addNode(id, async ({ summaries }: { summaries: Record<string, string> }, { configurable }: Given) => {
      const release = configurable?.thread_id ?? '';
      const messages: BaseMessage[] = [new SystemMessage(system), new HumanMessage(human)];
      for (let turn = 0; ; turn += 1) {
        const answer = await keep(release, id, () => bound.invoke(messages));
        messages.push(answer);
        if (!answer.tool_calls?.length) return { summaries: { ...summaries, [id]: answer.text } };
        await doTheWork(turns[turn]?.asks ?? []);
        for (const [index, { id: call = '' }] of answer.tool_calls.entries()) {
          const content = await keep(release, id, () => Promise.resolve(turns[turn]?.calls[index]?.result ?? ''));
          messages.push(new ToolMessage({ tool_call_id: call, content }));
        }
      }
    });
  }
  chain(
    graph,
    script.map(({ id }) => id),
  );
  return compiled(
    folder,
    (checkpointer) => graph.compile({ checkpointer }),
    () => ({}),
  );
};

/** A `createAgent` of LangChain for every routine, as nodes of one graph. */
const agentNodes = ({ script, url, folder }: Setting): Contender => {
  const graph = new StateGraph(messagesState) as unknown as StateGraph<typeof messagesState.State>;
  for (const conversation of script) {
    const agent = agentOf(conversation, url);
    graph.addNode(conversation.id, async () => {
      const { messages } = await agent.invoke({ messages: [new HumanMessage(conversation.human)] }, { recursionLimit: 100 });
      return { messages };
    });
  }
  chain(
    graph,
    script.map(({ id }) => id),
  );
  return compiled(
    folder,
    (checkpointer) => graph.compile({ checkpointer }),
    () => ({ messages: [] }),
  );
};

/** The supervisor of LangGraph, which hands over to one agent after the other and keeps what they say. */
const supervised = ({ script, url, folder }: Setting): Contender => {
  const agents = script.map((conversation) => agentOf(conversation, url, `\n\n${conversation.human}`).graph);
  const supervisor = createSupervisor({
    agents: agents as never,
    llm: modelAt(url),
    prompt: 'Supervisor: hand over to one agent after the other.',
    outputMode: 'full_history',
  });
  return compiled(
    folder,
    (checkpointer) => supervisor.compile({ checkpointer }),
    () => ({ messages: [new HumanMessage(releaseInput().request.text)] }),
  );
};

/** By a name that the compiler does not follow: the declarations of `langchain` bring a second zod, and then those of @hono/zod-openapi fail. */
const langchain: string = 'langchain';
type Agent = { graph: object; invoke: (input: object, options: object) => Promise<{ messages: BaseMessage[] }> };
const { createAgent } = (await import(langchain)) as { createAgent: (options: object) => Agent };

const messagesState = new StateSchema({ messages: MessagesValue });

const agentOf = (conversation: Conversation, url: string, more = '') => {
  const results = conversation.turns.flatMap(({ calls, asks }, at) =>
    calls.map(({ result }, index) => [`${conversation.id}:${at}:${index}`, { result, asks: index === 0 ? asks : [] }] as const),
  );
  const answers = new Map<string, { result: string; asks: readonly Ask[] }>(results);
  return createAgent({
    model: modelAt(url),
    name: conversation.id,
    systemPrompt: conversation.system + more,
    tools: conversation.tools.map(({ name, description, schema }) =>
      tool(
        async (_: unknown, { toolCall }: { toolCall?: { id?: string } }) => {
          const { result, asks } = answers.get(toolCall?.id ?? '') ?? { result: '', asks: [] };
          await doTheWork(asks);
          return result;
        },
        { name, description, schema: schema as z.ZodObject },
      ),
    ),
  });
};

const chain = (graph: { addEdge: (from: never, to: never) => unknown }, names: readonly string[]): void => {
  for (const [at, name] of [START, ...names].entries()) graph.addEdge(name as never, (names[at] ?? END) as never);
};

type Compiled = { invoke: (input: never, options: object) => Promise<unknown> };

const compiled = (folder: string, compile: (checkpointer: BaseCheckpointSaver) => Compiled, input: () => object): Contender => {
  const db = database(folder);
  const graph = compile(saverOf(db));
  return {
    release: (id) => inWorld(async () => void (await graph.invoke(input() as never, { configurable: { thread_id: id }, ...durable }))),
    close: () => void db.close(),
  };
};

const saverOf = (db: Database.Database): BaseCheckpointSaver => new SqliteSaver(db);

const database = (folder: string): Database.Database => {
  const db = new Database(join(folder, 'rows.db'));
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = NORMAL');
  return db;
};

/** All of them, by the names under which they are printed. */
export const contenders = {
  bare: bareLoop,
  'hand-written': handWritten,
  'with our rows': withRows,
  ours,
  createAgent: agentNodes,
  supervisor: supervised,
};

export type ContenderName = keyof typeof contenders;
