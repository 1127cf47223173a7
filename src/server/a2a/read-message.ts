import type { Message } from '@a2a-js/sdk';
import { kindOf, type Kind } from '../../graph/request/kind-of.js';

/** `data`: a program's answer to the open question, which the codecs of the approvals read; else what the words are. */
export type Said = ({ kind: 'data' } | Kind) & { text: string };

/** What a message is about; what it says of a decision is read from the message itself. */
export const readMessage = ({ parts }: Message): Said => {
  const text = parts
    .flatMap(({ content }) => (content?.$case === 'text' ? [content.value] : []))
    .join('\n')
    .trim();
  return parts.some(({ content }) => content?.$case === 'data') ? { kind: 'data', text } : { ...kindOf(text), text };
};
