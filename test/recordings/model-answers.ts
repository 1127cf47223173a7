import { LLMock } from '@copilotkit/aimock';
import { AIMessage, HumanMessage, SystemMessage, ToolMessage, type BaseMessage } from '@langchain/core/messages';
import { RunbookModel } from '../../src/agents/runbook-model.js';
import { modelTools } from '../../src/agents/model-tools.js';
import { requiredCalls } from '../../src/agents/required-calls.js';
import { routineNames, routines } from '../../src/catalog/routines.js';
import { simulatedConfig } from '../support/simulated-release.js';
import type { Answerer, ChatRequest, Endpoint } from './model-endpoint.js';

/** The project's own runbook, asked over the wire. */
export const runbookAnswers = (): Answerer => {
  const model = new RunbookModel();
  return async ({ messages }) => {
    const answer = (await model.invoke(messages.map(messageOf))) as AIMessage; // what a chat model gives
    return {
      says: answer.text,
      calls: (answer.tool_calls ?? []).map(({ name, args }) => ({ name, args: args as Record<string, unknown> })),
    };
  };
};

const messageOf = ({ role, content, tool_calls, tool_call_id = '' }: ChatRequest['messages'][number]): BaseMessage => {
  switch (role) {
    case 'system':
      return new SystemMessage(content);
    case 'user':
      return new HumanMessage(content);
    case 'tool':
      return new ToolMessage({ content, tool_call_id });
    case 'assistant':
      return new AIMessage({
        content,
        tool_calls: tool_calls.map(({ id, function: { name, arguments: args } }) => ({
          id,
          name,
          args: JSON.parse(args) as Record<string, unknown>, // this server wrote them
        })),
      });
  }
};

/** aimock with the fixtures that a user of it would write: per routine, all required calls at once, then a sentence. */
export const openAimock = async (): Promise<Endpoint> => {
  const mock = new LLMock({ port: 0 });
  const config = simulatedConfig();
  for (const routine of routineNames) {
    const offered: readonly string[] = modelTools(routine, config.toolPolicy).names;
    const calls = requiredCalls(routine, config).filter(({ tool }) => offered.includes(tool));
    const task = `## Task\n${routines[routine].does}`;
    if (calls.length > 0)
      mock.on(
        { systemMessage: task, hasToolResult: false },
        { toolCalls: calls.map(({ tool, args }) => ({ name: tool, arguments: JSON.stringify(args) })) },
      );
    mock.on({ systemMessage: task, ...(calls.length > 0 && { hasToolResult: true }) }, { content: `Fixture: ${routine} is done.` });
  }
  const url = await mock.start();
  return { url: `${url}/v1`, close: async () => void (await mock.stop()) };
};
