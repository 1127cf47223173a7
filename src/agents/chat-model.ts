import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { StagingError } from '../catalog/errors.js';
import { RunbookModel } from './runbook-model.js';

/** A model by name; it is opened with the first call, so that naming it costs nothing. */
export type NamedModel = { name: string; open: () => Promise<BaseChatModel> };

/** `runbook`, `openai:NAME` (OPENAI_API_KEY, OPENAI_BASE_URL), or any LangChain chat model. Throws MODEL_UNKNOWN, MODEL_UNREACHABLE. */
export const chatModel = (choice: string | BaseChatModel): NamedModel => {
  if (typeof choice !== 'string') return { name: choice.getName(), open: () => Promise.resolve(choice) };
  if (choice === 'runbook') return { name: 'runbook', open: () => Promise.resolve(new RunbookModel()) };
  const name = /^openai:(.+)$/.exec(choice)?.[1];
  if (name === undefined) throw new StagingError('MODEL_UNKNOWN', `Failed to choose a model: there is no "${choice}".`);
  if (!process.env['OPENAI_API_KEY']) throw new StagingError('MODEL_UNREACHABLE', `Failed to use ${choice}: OPENAI_API_KEY is not set.`);
  let opened: Promise<BaseChatModel> | undefined;
  return { name: choice, open: () => (opened ??= openAi(name)) };
};

/** A model that may never be asked: what it lacks is said when it is. */
export const laterModel = (name: string): NamedModel => ({ name, open: async () => chatModel(name).open() });

const openAi = async (model: string): Promise<BaseChatModel> => {
  const { ChatOpenAI } = await import('@langchain/openai');
  return new ChatOpenAI({ model, temperature: 0, maxTokens: maxOutputTokens, maxRetries: 0 }); // tries and time limits: `askModel`
};

/** The most that one answer may have; the credits for it are reserved before the call. */
export const maxOutputTokens = 4_096;
