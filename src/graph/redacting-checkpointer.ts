import type { BaseCheckpointSaver } from '@langchain/langgraph';
import { redactDocument } from '../catalog/redact.js';

/** The same checkpointer, which the host may use elsewhere as it is, and no secret in what this graph gives it to keep. */
export const redactingCheckpointer = <C extends BaseCheckpointSaver>(checkpointer: C): C => {
  const { serde } = checkpointer;
  const redacting: typeof serde = {
    loadsTyped: (type, data) => serde.loadsTyped(type, data),
    dumpsTyped: async (value) => {
      const [type, data] = await serde.dumpsTyped(value);
      return type === 'json' ? [type, encoder.encode(redactDocument(decoder.decode(data)))] : [type, data];
    },
  };
  return Object.create(checkpointer, { serde: { value: redacting, enumerable: true } }) as C; // everything else is inherited from the host's
};

const encoder = new TextEncoder();
const decoder = new TextDecoder();
