import { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { AIMessage, type BaseMessage } from '@langchain/core/messages';

/** A model whose answers a test writes: the function sees the messages and the number of the call. */
export class ScriptedModel extends BaseChatModel {
  private calls = 0;

  constructor(private readonly answer: (messages: BaseMessage[], call: number) => AIMessage | string) {
    super({});
  }

  override _llmType(): string {
    return 'scripted';
  }

  override bindTools() {
    return this;
  }

  override _generate(messages: BaseMessage[]) {
    this.calls += 1;
    const given = this.answer(messages, this.calls);
    const message = typeof given === 'string' ? new AIMessage(given) : given;
    return Promise.resolve({ generations: [{ text: message.text, message }] });
  }
}

export const calling = (...calls: { name: string; args: Record<string, unknown> }[]): AIMessage =>
  new AIMessage({ content: '', tool_calls: calls.map((call, index) => ({ ...call, id: `call-${index}` })) });
