import { readFile } from 'node:fs/promises';
import { agents } from '../catalog/agents.js';
import { StagingError } from '../catalog/errors.js';
import type { Board } from '../catalog/fields.js';
import type { ReleaseRequest } from '../catalog/request.js';
import { routines, type RoutineName } from '../catalog/routines.js';
import { tools, type ToolName } from '../catalog/tools.js';
import { fence } from './fence.js';
import type { RequiredCall } from './required-calls.js';

/** What code has done before the model is asked. */
export type Done = { tool: ToolName; data: unknown };

export type PromptInput = {
  routine: RoutineName;
  request: ReleaseRequest;
  board: Board;
  calls: readonly RequiredCall[];
  tools: readonly ToolName[];
  done: readonly Done[];
  why: string;
  nonce: string;
};

const promptsFolder = new URL('../../prompts/', import.meta.url);
/** Texts, not promises: a promise keeps the run alive in which it was made. */
const files = new Map<string, string>();

/** The two messages that open a routine: our words in the system role, everything from outside fenced in the human one. */
export const openingMessages = async (input: PromptInput): Promise<{ system: string; human: string }> => {
  const { routine, request, calls, nonce } = input;
  const row = routines[routine];
  const values: Record<string, string> = {
    agent: agents[row.agent].title,
    role: agents[row.agent].role.join(', '),
    does: row.does,
    nonce,
    required:
      calls.length === 0
        ? '(nothing: everything needed is recorded)'
        : calls.map((call) => `- ${call.tool} ${JSON.stringify(call.args)}`).join('\n'),
    tools: input.tools.map((tool) => `- ${tool}: ${tools[tool].does}`).join('\n') || '(none)',
  };
  const rules = await promptFile('rules.md');
  const own = await promptFile(`${row.agent.replaceAll('_', '-')}/${routine}.md`);
  const system = fill(`${rules.trim()}\n\n${own.trim()}`, values, routine);
  const facts = {
    service: request.service,
    version: request.version,
    features: request.features,
    ...(request.develop !== undefined && { develop: request.develop }),
    ...(request.services && { services: request.services }),
    target: request.target,
    board: visible(input.board),
  };
  const human = [
    fence('request', request.text, nonce),
    fence('blackboard', JSON.stringify(facts), nonce),
    ...(input.why ? [fence('reason of the event', input.why, nonce)] : []),
    ...input.done.map(({ tool, data }) => fence(tool, JSON.stringify(data), nonce)),
  ];
  return { system, human: human.join('\n\n') };
};

/** A file of `prompts/`, read once. */
export const promptFile = async (name: string): Promise<string> => {
  const text = files.get(name) ?? (await readFile(new URL(name, promptsFolder), 'utf8'));
  files.set(name, text);
  return text;
};

export const fill = (template: string, values: Record<string, string>, routine: string): string =>
  template.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined)
      throw new StagingError('DEFECT', `Failed to fill the prompt of ${routine}: it names {{${name}}}, which nobody gives.`);
    return value;
  });

/** The configuration is not repeated in every prompt; what was measured and decided is. */
const visible = (board: Board): Board => {
  const { staging_environment_config: _config, deployment_pipeline: _pipeline, production_criteria: _criteria, ...rest } = board;
  return rest;
};
