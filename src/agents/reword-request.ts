import { HumanMessage, SystemMessage } from '@langchain/core/messages';
import { z } from 'zod';
import type { Store } from '../blackboard/store.js';
import { reason, StagingError } from '../catalog/errors.js';
import { askModel, type Answered, type Asking } from './ask-models.js';
import type { NamedModel } from './chat-model.js';
import { fence } from './fence.js';
import { withTools } from './model-tools.js';
import { operations } from './operations.js';
import { fill, promptFile } from './prompt.js';
import type { Progress } from './routine-context.js';

const readAs = {
  name: 'read_as',
  description: 'Say how the request reads in sentences of the grammar, the likeliest first; none where you cannot tell.',
  schema: z.strictObject({ sentences: z.array(z.string().min(1).max(500)).max(3) }),
};

/** Who asks the model, and under which id that is journaled and paid for. */
export type Rewording = Pick<Asking['context'], 'config' | 'ports'> & {
  id: string;
  model: NamedModel;
  store: Store;
  nonce: string;
  progress: (progress: Progress) => void;
};

/** What a person has said, what was asked back about it, and the names that may stand for what was meant. */
export type Unread = { said: readonly string[]; question: string; known: Record<string, readonly string[]> };

/** What the model proposes, or why it proposes nothing. Nobody has checked it yet. */
export type Reworded = { sentences: readonly string[] } | { down: string };

/**
 * Asks a language model to say in the grammar's English what the grammar did not understand. One answer, recorded: the same words are read
 * the same way, and paid for, once. What comes back is a proposal, to be checked against the words and confirmed by whoever said them.
 */
export const rewordRequest = async (rewording: Rewording, { said, question, known }: Unread): Promise<Reworded> => {
  const { model, nonce } = rewording;
  const messages = [
    new SystemMessage(fill((await promptFile('request/rewording.md')).trim(), { nonce }, 'rewording')),
    new HumanMessage(
      [
        fence('known', JSON.stringify(known), nonce),
        fence('words of the person', said.join('\n'), nonce),
        fence('asked back by the grammar', question, nonce),
      ].join('\n\n'),
    ),
  ];
  try {
    const bound = withTools(await model.open(), { names: [readAs.name], schemas: [readAs] });
    return sentencesIn(await askModel(askingOf(rewording), model, bound, messages, ['rewording', said, question, known]), model.name);
  } catch (error) {
    const mayHappen = error instanceof StagingError && ['LIMIT_REACHED', 'MODEL_UNREACHABLE'].includes(error.code);
    if (!mayHappen) throw error;
    return { down: `${model.name}: ${reason(error)}` };
  }
};

const askingOf = ({ id, store, ports, config, progress }: Rewording): Asking => ({
  context: { releaseId: id, config, ports },
  operations: operations(id, store, ports.clock),
  tell: (kind, text) => progress({ at: ports.clock.now(), agent: 'request', routine: null, kind, text }),
  entry: (key, kind, name, value) => ({ key, at: ports.clock.now(), agent: 'request', routine: '', kind, name, value }),
});

const sentencesIn = (answered: Answered, name: string): Reworded => {
  if ('down' in answered) return answered;
  const call = answered.message.tool_calls?.find((one) => one.name === readAs.name);
  const read = readAs.schema.safeParse(call?.args);
  return read.success ? read.data : { down: `${name}: its answer names no reading` };
};
