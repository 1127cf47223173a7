import type { Message } from '@a2a-js/sdk';
import { z } from 'zod';

const decisionPart = z.object({
  decision: z.enum(['approved', 'rejected']),
  digest: z.string(),
  comment: z.string().max(2_000).default(''),
});

export type Said =
  /** `digest` is null where words alone decide: then it is bound to what was shown last. */
  | { kind: 'decision'; decision: 'approved' | 'rejected'; digest: string | null; comment: string }
  | { kind: 'rollback'; reason: string }
  | { kind: 'question'; text: string }
  | { kind: 'sentence'; text: string };

/** "approve", "rejected: not before Monday". A condition is no decision: "approve if it is green" is a sentence like any other. */
const decides = /^(approve|reject)(?:e?d)?(?:\s+(sha256:[0-9a-f]{64}))?\s*(?:[.!]|[:,;–-]\s*(.+)|\s+because\s+(.+))?$/is;
const rollsBack = /^(?:please\s+)?roll(?:\s+it)?\s*back\s*(?:[.!]|[:,;–-]\s*(.+)|\s+because\s+(.+))?$/is;
const asks = /^(?:why|what|whats|where|when|who|which|how|is|are|was|were|does|did|has|have|can|status|explain|history)\b|\?\s*$/i;

/** What a message says, read by grammar; a data part with a decision says it for programs. */
export const readMessage = (message: Message): Said => {
  for (const { content } of message.parts) {
    const decision = content?.$case === 'data' ? decisionPart.safeParse(content.value) : null;
    if (decision?.success) return { kind: 'decision', ...decision.data };
  }
  const text = message.parts
    .flatMap(({ content }) => (content?.$case === 'text' ? [content.value] : []))
    .join('\n')
    .trim();
  const [decided, verb = '', digest = null, comment, because] = decides.exec(text) ?? [];
  if (decided !== undefined)
    return {
      kind: 'decision',
      decision: verb.toLowerCase() === 'approve' ? 'approved' : 'rejected',
      digest,
      comment: comment ?? because ?? '',
    };
  const [rolled, reason, why] = rollsBack.exec(text) ?? [];
  if (rolled !== undefined) return { kind: 'rollback', reason: reason ?? why ?? 'asked for in a message' };
  return { kind: asks.test(text) ? 'question' : 'sentence', text };
};
