import type { BaseMessage } from '@langchain/core/messages';
import type { ChatResult } from '@langchain/core/outputs';
import { RunbookModel } from '../agents/runbook-model.js';

/** The runbook at the price of a language model: every answer costs the declared tokens, so that credits can run out. */
export class MeteredRunbook extends RunbookModel {
  constructor(private readonly tokens: { inputTokens: number; outputTokens: number }) {
    super();
  }

  override _llmType(): string {
    return meteredRunbook;
  }

  override getName(): string {
    return meteredRunbook;
  }

  override async _generate(messages: BaseMessage[]): Promise<ChatResult> {
    const result = await super._generate(messages);
    const { inputTokens, outputTokens } = this.tokens;
    for (const { message } of result.generations)
      Object.assign(message, {
        usage_metadata: { input_tokens: inputTokens, output_tokens: outputTokens, total_tokens: inputTokens + outputTokens },
      });
    return result;
  }
}

/** The name under which its price stands. */
export const meteredRunbook = 'metered-runbook';
