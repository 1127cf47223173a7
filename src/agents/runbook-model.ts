import { BaseChatModel, type BaseChatModelParams } from '@langchain/core/language_models/chat_models';
import { AIMessage, HumanMessage, isAIMessage, isToolMessage, SystemMessage, type BaseMessage } from '@langchain/core/messages';
import type { ChatResult } from '@langchain/core/outputs';

/**
 * The built-in model that is no language model: it reads the same prompts, takes the steps that the section
 * "Required evidence" lists, in order, and then says that it is done. It makes a first run work with no key and no network.
 */
export class RunbookModel extends BaseChatModel {
  constructor(params: BaseChatModelParams = {}) {
    super(params);
  }

  override _llmType(): string {
    return 'runbook';
  }

  /** It reads its tools from the prompt. */
  override bindTools(): this {
    return this;
  }

  override _generate(messages: BaseMessage[]): Promise<ChatResult> {
    const taken = messages.filter(isAIMessage).flatMap((message) => message.tool_calls ?? []);
    const steps = requiredSteps(messages);
    const step = steps[taken.length];
    const turn = messages.filter(isToolMessage).length;
    const message =
      step === undefined
        ? new AIMessage({ content: `Runbook: ${steps.length} required steps taken.` })
        : new AIMessage({ content: '', tool_calls: [{ ...step, id: `runbook-${turn}`, type: 'tool_call' }] });
    return Promise.resolve({ generations: [{ text: message.text, message }] });
  }
}

/** Lines of the form `- tool {"argument": …}` under the heading "Required evidence". */
const requiredSteps = (messages: readonly BaseMessage[]): { name: string; args: Record<string, unknown> }[] => {
  const prompt = messages.find((message) => SystemMessage.isInstance(message) && !HumanMessage.isInstance(message))?.text ?? '';
  const section = prompt.split('## Required evidence')[1]?.split('\n## ')[0] ?? '';
  return [...section.matchAll(/^- (\w+) (\{.*\})$/gm)].map(([, name = '', args = '{}']) => ({
    name,
    args: JSON.parse(args) as Record<string, unknown>,
  }));
};
