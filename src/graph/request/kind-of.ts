/** What a line is: a request, a question about a release, a decision about what is open, or a person's move. */
export type Kind =
  | { kind: 'request' }
  | { kind: 'question' }
  | { kind: 'decision'; decision: 'approved' | 'rejected'; comment: string }
  | { kind: 'move'; move: 'rollback' | 'cancel' | 'resume' }
  /** Near a decision, and none. */
  | { kind: 'unclear'; question: string };

const lead = String.raw`^(?:(?:please|ok|okay|yes|yeah|no|well|so|right|good|fine|then|now|i|we|i'd like to|i want to|hereby|all good|looks good)[,.!:]?\s+)*`;
const what = String.raw`(?:\s+(?:it|this|that|the (?:release|promotion|deployment|question|request)|release\b|promotion|[0-9a-f]{8}\b|as [\w.@-]+|sha256:[0-9a-f]+|to production|for production))*`;
const decisions: { said: RegExp; decision: 'approved' | 'rejected' }[] = [
  { said: new RegExp(String.raw`${lead}(?:approve|approved|lgtm|sign(?:ed)? off|accept|accepted)\b${what}`, 'i'), decision: 'approved' },
  {
    said: new RegExp(String.raw`${lead}(?:reject|rejected|decline|declined|refuse|refused|veto|deny|denied)\b${what}`, 'i'),
    decision: 'rejected',
  },
];

const moves: { said: RegExp; move: 'rollback' | 'cancel' | 'resume' }[] = [
  {
    said: new RegExp(String.raw`${lead}(?:roll\s*(?:it |this |that |everything |\w+ )?back|rollback|revert|go back|undo)\b`, 'i'),
    move: 'rollback',
  },
  {
    said: new RegExp(
      String.raw`${lead}(?:cancel|abort|stop)(?:\s+(?:it|this|that|everything|now|(?:the |this )?(?:release|rollout|deployment|run)|[0-9a-f]{8}|please|at once|immediately))*\s*[.!]*$`,
      'i',
    ),
    move: 'cancel',
  },
  {
    said: new RegExp(
      String.raw`${lead}(?:resume|continue|go on|carry on)(?:\s+(?:it|with it|this|(?:with )?(?:the |this )?release|[0-9a-f]{8}|please|now))*\s*[.!]*$`,
      'i',
    ),
    move: 'resume',
  },
];

const asksForIt =
  /^(?:please |hi,? |hey,? |hello,? )*(?:can|could|would|will|may|might) (?:you|we|i|somebody|someone)\b.*\b(?:ship|release|deploy|roll|promote|stage|bring|push|take|put|get|launch|publish|move|upgrade|update|start|run)\b/i;
const interrogative =
  /^(?:and |but |so |ok,? |hi,? |hey,? |please |then )*(?:why|what|who|whom|whose|when (?:is|was|will|did|does|do|are|can|has|have|could|would)|where|which|how|is|are|was|were|has|have (?:we|you|they|the|all|any)|had|did|do (?:we|you|i|they)|does|will|would|should|shall|may|can|could|status|progress|explain|tell me|show me|any|anything|still|history)\b/i;

/** Told by how it begins and how it ends. A condition makes no decision, and neither does a question. */
export const kindOf = (text: string): Kind => {
  const line = text.trim().replaceAll('’', "'");
  const asked = line.endsWith('?') || interrogative.test(line);
  if (asked && !asksForIt.test(line)) return { kind: 'question' };
  if (
    /\b(?:do not|don't|dont|not|never|cannot|can't)\s+(?:yet\s+)?(?:approve|approved|accept|reject)/i.test(line) &&
    !/\bship|deploy|release\b/i.test(line)
  )
    return { kind: 'unclear', question: 'Reject it, or leave the question open? "reject" with a reason decides; nothing does otherwise.' };
  for (const { said, decision } of decisions) {
    const found = said.exec(line)?.[0];
    if (found === undefined) continue;
    const comment = line
      .slice(found.length)
      .replace(/^[\s,.;:!-]*(?:because|since|as)?\s*/i, '')
      .trim();
    return /^(?:it |this )?(?:if|when|once|unless|after|but|only|provided|as soon as|except|without|under)\b/i.test(comment)
      ? {
          kind: 'unclear',
          question: `A decision has no conditions, and "${comment.slice(0, 80)}" is one. Approve, reject, or leave it open?`,
        }
      : { kind: 'decision', decision, comment };
  }
  const move = moves.find(({ said }) => said.test(line));
  return move ? { kind: 'move', move: move.move } : { kind: 'request' };
};
