import type { Answer } from '../../gates/rule-on-answer.js';
import type { ApprovalQuestion } from '../approval-question.js';

/**
 * What a sentence can do: reject, ask, and approve only with the code of the question that was shown and without any if or but. A yes
 * without the code could be meant for anything, so it asks again. Who wrote it is never read from the sentence.
 */
export const readText = (text: string, question: ApprovalQuestion): Answer => {
  const said = text.trim();
  if (said === '') return { kind: 'unclear', why: 'the answer is empty' };
  if (/\?\s*$/.test(said)) return { kind: 'unclear', why: `a question decides nothing; ${known(question)}` };
  const digest = digestIn(said, question);
  const no = rejects.find((pattern) => pattern.test(said));
  if (no !== undefined) {
    const rest = said
      .replace(leading, '')
      .replace(new RegExp(`^${question.code}`, 'i'), '')
      .replace(/^[\s:,;.–—-]+/, '');
    return { kind: 'decision', decision: 'rejected', digest, by: null, comment: rest };
  }
  if (!approves.test(said)) return { kind: 'unclear', why: `the answer says neither yes nor no; ${howTo(question)}` };
  if (hedges.test(said) || hedgesElsewhere.test(said))
    return { kind: 'unclear', why: `a yes with a condition is no yes; ${howTo(question)}` };
  if (digest === null) return { kind: 'unclear', why: `a yes in words must name what it is for; ${howTo(question)}` };
  return { kind: 'decision', decision: 'approved', digest, by: null, comment: '' };
};

const howTo = ({ code }: ApprovalQuestion): string => `say "approve ${code}", or "reject" and why`;

const rejects = [
  /^(?:(?:i|we)\s+)?(?:reject|decline|deny|refuse|veto)(?:s|ed)?\b(?!\s+nothing)/i,
  /^no[.!]*$/i,
  /^(?:no[,.;:!]*\s+)?(?:please\s+)?(?:do not|don['’]?t|never)\s+(?:ship|promote|deploy|release|approve)\b/i,
];
const leading = /^(?:(?:i|we)\s+)?(?:reject|decline|deny|refuse|veto)(?:s|ed)?(?:\s+(?:it|this))?[\s:,;.–—-]*|^no[.!]*$/i;
const approves = /\b(?:approved?|approves|yes|ok|okay|ship|promote|lgtm|go)\b/i;
const hedges =
  /\b(?:no|not|never|reject|wait|unless|if|but|after|before|until|when|once|hold|later|maybe|perhaps|except|only|cannot)\b|n['’]t\b|\?/i;

/** No and but in other languages: a sentence may mix them with an English yes. */
const hedgesElsewhere =
  /(?<!\p{L})(?:nicht|nein|kein\p{L}*|nie|niemals|erst|wenn|falls|aber|warte\p{L}*|pas|non|jamais|mais|sauf|attend\p{L}*|nunca|pero|hasta|espera\p{L}*|não|nao|mas|ma|niet|geen|maar|ale|нет|не|но)(?!\p{L})|[不否没別别勿]|ない|않|안 /iu;

/** The digest that a sentence names: ours by its code or whole, another one as it stands there, or none. */
const digestIn = (text: string, { digest }: ApprovalQuestion): string | null => {
  const named = text.toLowerCase().match(/\b[0-9a-f]{8,64}\b/g) ?? [];
  const hex = digest.replace(/^sha256:/, '');
  if (named.length === 0) return null;
  return named.every((one) => hex.startsWith(one)) ? digest : (named.find((one) => !hex.startsWith(one)) ?? null);
};

const known = ({ gates, risks, rollback }: ApprovalQuestion): string =>
  `gates: ${gates.map(({ gate, outcome }) => `${gate} ${outcome}`).join(', ')}; risks: ${risks.join('; ') || 'none known'}; the way back: ${rollback}`;
