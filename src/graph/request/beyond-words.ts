import { parseRequest, tidy } from '../parse-request.js';
import type { Reading, RequestContext, Understood } from './draft.js';

/** Production, or a promotion, in the words that ask for it; a product and a delivery are neither. */
const asksForProduction =
  /(?<!\p{L})(?:prod|live|produ(?:ction|ktion|cción|ção|zione|ctie|kcj)\p{L}*|prom(?:ot|ov|uov)\p{L}*|прод(?:акшн|укци)?\p{L}{0,2}|боев\p{L}*)(?!\p{L})|本番|生产|生產|프로덕션|운영/u;
/** Nobody is made to say yes, or to pass a gate, by a sentence that somebody else wrote. */
const decides =
  /\b(?:\w*approv\w*|sign\w*|waiv\w*|accept\w*|reject\w*|veto\w*|bypass\w*|skip\w*|ignor\w*|forc\w*|overrid\w*|disabl\w*)\b/giu;

/** A sentence that a model proposed, as the grammar reads it, or why it is not what the person may have meant. */
export type Checked = { sentence: string; understood: string } | { refused: string };

/**
 * Holds a proposed sentence to the person's own words: the grammar must read all of it, and no version, feature, number, name, person or
 * approval may stand in it that neither the words nor the desk know. Production must have been named. What an approver would be asked to
 * confirm, and what would be developed, must be the person's words to the letter.
 */
export const checkProposal = (proposed: string, said: readonly string[], context: RequestContext): Checked => {
  const sentence = tidy(proposed);
  const reading = parseRequest(sentence, { ...context, preApprovedBy: null });
  const against = problemOf(reading, sentence, fold(said.map(tidy).join('\n')), context);
  return against === null && !('question' in reading) ? { sentence, understood: reading.understood } : { refused: against ?? '' };
};

const problemOf = (reading: Reading, sentence: string, words: string, context: RequestContext): string | null => {
  if ('question' in reading) return `the grammar asks back: ${reading.question}`;
  if (reading.notes.length > 0) return `the grammar does not follow all of it: ${reading.notes.join(' ')}`;
  const foreign = [...namesIn(sentence), ...featuresOf(reading)].find((name) => !isNamed(fold(name), words) && !isKnown(name, context));
  if (foreign !== undefined) return `nobody named ${foreign}`;
  if (reading.request.target === 'production' && !asksForProduction.test(words)) return 'nobody asked for production';
  const decision = sentence.match(decides)?.find((word) => !words.includes(fold(word)));
  if (decision !== undefined) return `nobody said "${decision}"`;
  const { develop, conditions = [] } = reading.request;
  const own = [...(develop === undefined ? [] : [develop]), ...conditions].find((one) => !words.includes(fold(one)));
  return own === undefined ? null : `"${own}" is not what was said`;
};

/** As a whole: 5 is not named by 15, and 2.0 not by 2.2.0. */
const isNamed = (name: string, words: string): boolean => {
  const literal = name.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
  const edges = /^[\d.]+$/.test(name) ? [String.raw`(?<!\d)(?<!\d\.)`, String.raw`(?!\d|\.\d)`] : ['(?<![a-z0-9_])', '(?![a-z0-9_])'];
  return new RegExp(edges.join(literal), 'u').test(words);
};

const fold = (text: string): string => text.normalize('NFKC').toLowerCase();

/** Everything in it that is spelled as a name or as a number. */
const namesIn = (sentence: string): string[] =>
  [...sentence.replaceAll(/:00\b/g, '').matchAll(/[\p{L}\p{N}@_][\p{L}\p{N}@_./+-]*/gu)]
    .map(([word], place) => ({ word: word.replace(/[./+-]+$/, ''), first: place === 0 }))
    .filter(({ word, first }) => /[\d@_/]/.test(word) || (!first && /\p{Lu}/u.test(word)))
    .map(({ word }) => (/^v\d/i.test(word) ? word.slice(1) : word));

const featuresOf = ({ request: { features, services = [] } }: Understood): string[] => [
  ...features,
  ...services.flatMap((one) => one.features ?? []),
];

const isKnown = (name: string, { config, features = [], versions = [] }: RequestContext): boolean =>
  [config.service.name, ...config.services.map((one) => one.name), ...features, ...versions, ...versions.map((one) => one.slice(1)), 'UTC']
    .map(fold)
    .includes(fold(name));
