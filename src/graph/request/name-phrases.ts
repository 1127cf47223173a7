import { nearMatches } from '../../gates/near-matches.js';
import type { Draft, Phrase, RequestContext } from './draft.js';

const full = String.raw`\bv?\d+\.\d+\.\d+(?:-[0-9a-z-]+(?:\.[0-9a-z-]+)*)?(?:\+[0-9a-z-]+(?:\.[0-9a-z-]+)*)?\b(?!\.\d)`;
const digits = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'];
const spoken = String.raw`(?:${digits.join('|')}|\d+)`;

/** `v2.2.0`, however it was written. */
export const asTag = (version: string): string => (/^v/i.test(version) ? version.toLowerCase() : `v${version}`);

/** A version that is there already, and is not the wanted one. */
export const currentVersionPhrases: Phrase[] = [
  {
    pattern: new RegExp(
      String.raw`(?:,\s*)?\b(?:up(?:grade|date)?\s+)?(?:from|replac(?:e|es|ing)|instead of|over|(?:we are |we're |it is |it's )?currently (?:on|at|in)|current(?:ly)?(?: version)?(?: is)?|not)\s+(?:the\s+)?(?:version\s+)?${full}(?:\s+(?:is|was)\s+(?:live|running|deployed|there|in production|in prod))?|${full}\s+(?:is|was)\s+(?:currently |already |still )*(?:live|running|deployed|out|there|in production|in prod)\b`,
      'gi',
    ),
    read: ([words], draft) => void draft.notes.push(`"${words.replace(/^,\s*/, '').trim()}" was not read as the wanted version.`),
  },
];

/** Versions: only a whole one is taken; a shorter, spoken or relative one is asked back about. */
export const versionPhrases: Phrase[] = [
  {
    pattern: new RegExp(String.raw`(?:\b(?:version|release|tag|build|number)\s+)*${full}`, 'gi'),
    read: ([words], draft) => void draft.versions.push({ version: asTag(words.replace(/^.*\s/, '')), words }),
  },
  {
    pattern: /(?:\b(?:version|release)\s+)?\b(?:v\d+(?:\.\d+)?(?:\.x)?|\d+\.\d+(?:\.x)?|\d+\.x|version\s+\d+)\b(?!\s*(?:%|percent|\.\d))/gi,
    read: ([words], draft, context) => shortVersion(words, /\d+(?:\.\d+)?/.exec(words)?.[0] ?? '', draft, context),
  },
  {
    pattern: new RegExp(String.raw`(?:\b(?:version|release|v)\s+)?\b${spoken}(?:\s+(?:point|dot)\s+${spoken}){1,2}\b`, 'gi'),
    read: ([words], draft, context) => {
      const number = [...words.matchAll(new RegExp(String.raw`\b${spoken}\b`, 'gi'))].map(([word]) =>
        /^\d+$/.test(word) ? word : String(digits.indexOf(word.toLowerCase())),
      );
      shortVersion(words, number.join('.'), draft, context);
    },
  },
  {
    pattern:
      /\b(?:the\s+|our\s+)*(?:latest|newest|most recent|last|current|next|new)\s+(?:stable\s+)?(?:version|release|tag|build|one)\b|\b(?:the\s+)?(?:latest|newest|head|trunk)\b|\b(?:main|master)\b(?:\s+branch)?/gi,
    read: ([words], draft, { versions = [] }) =>
      void draft.questions.push({
        point: 'version',
        question: `Which version is "${words.trim()}"? A release names one.`,
        choices: versions.slice(0, 3),
        words,
      }),
  },
];

const shortVersion = (words: string, number: string, draft: Draft, { versions = [] }: RequestContext): void => {
  const known = versions.filter((one) => one.replace(/^v/, '').startsWith(`${number}.`) || one === `v${number}`).slice(0, 3);
  const parts = number.split('.');
  const choices = known.length > 0 ? known : [`v${[...parts, '0', '0'].slice(0, 3).join('.')}`];
  draft.questions.push({ point: 'version', question: `Which version is "${words.trim()}": ${choices.join(' or ')}?`, choices, words });
};

const name = String.raw`[a-z0-9](?:[\w/-]|\.(?=\w))*`;
const list = String.raw`([^;!?¶]+?)(?=\s+(?:to|into|in|on|if|when|but|for|via|and (?:promote|ship|deploy|then|release|push|bring)|without|onto|through|at)\b|[;!?¶]|\.(?:\s|$)|,\s*(?:promote|then|but|if|only|please|and promote|and then|ship|deploy|to)\b|$)`;

/** Features: what is added, and what is not. */
export const featurePhrases: Phrase[] = [
  {
    pattern:
      /\b(?:with|in)\s+(?:care|pleasure|caution|patience|confidence|love|the usual (?:steps|care|process|gates)|usual care|all (?:the )?(?:gates|checks|tests)|(?:its|the) tests?|no (?:changes|features|extras|additions)|nothing (?:else|extra|added)|it|them|us|me|you)\b(?!-)/gi,
    read: () => undefined,
  },
  {
    pattern: new RegExp(
      String.raw`\b(?:but\s+|and\s+)*(?:without|minus|except(?:\s+for)?|excluding|leaving out|leave out|not including|but not|but no|no|not|skip|drop|omit)\s+(?:the\s+)?(?:features?\s+)?(${name}(?:(?:\s*,\s*(?:(?:and|or|nor)\s+)?|\s+(?:and|or|nor)\s+)(?!(?:promote|then|ship|deploy|with)\b)${name})*)(?:\s+features?)?(?=\s|[.,;!?¶]|$)`,
      'gi',
    ),
    read: ([words, said = ''], draft, { features: known = [] }) => {
      const names = said.split(/\s*(?:,|\b(?:and|or|nor)\b)\s*/i).filter((word) => word !== '');
      if (names.some((word) => notNames.has(word.toLowerCase()))) return false;
      if (
        !/without|minus|except|exclud|includ|but not|but no/i.test(words) &&
        !names.every((word) => known.includes(word) || draft.features.includes(word))
      )
        return false;
      draft.without.push(...names);
    },
  },
  {
    pattern: new RegExp(
      String.raw`\b(?:(?:along |together |complete )?with|including|includes?|adding|adds?|plus|containing|that (?:has|contains|includes)|features?\s*:)\s+(?:the\s+)?(?:following\s+)?(?:new\s+)?(?:features?\s*:?\s+)?${list}`,
      'gi',
    ),
    read: ([, said = ''], draft, context) => takeFeatures(said, draft, context),
  },
  {
    pattern: new RegExp(String.raw`\b(?:the\s+)?(${name}(?:\s*(?:,|\band\b)\s*(?:the\s+)?${name})*)\s+features?\b`, 'gi'),
    read: ([, said = ''], draft, context) => (notNames.has(said.toLowerCase()) ? false : takeFeatures(said, draft, context)),
  },
];

const notNames = new Set([
  'in',
  'for',
  'during',
  'staging',
  'production',
  'prod',
  'problem',
  'problems',
  'rush',
  'hurry',
  'worries',
  'more',
  'new',
  'other',
  'later',
  'yet',
  'it',
  'delay',
  'before',
  'until',
  'a',
  'the',
  'any',
  'further',
  'these',
  'both',
  'all',
  'than',
  'sooner',
  'waiting',
  'need',
  'reason',
  'changes',
  'you',
  'me',
  'us',
  'to',
  'on',
  'at',
  'today',
  'tonight',
  'tomorrow',
  'and',
  'with',
  'this',
  'that',
  'its',
  'asking',
  'promoting',
  'time',
]);

const takeFeatures = (said: string, draft: Draft, { features: known = [] }: RequestContext): void => {
  const words = said.split(/\s*(?:,|&|\+|\band\b|\bplus\b)\s*/i).map((word) =>
    word
      .replace(/^(?:(?:the|features?|both|new|our|also)\s+)+/i, '')
      .replace(/\s+(?:features?|branch(?:es)?)$/i, '')
      .trim(),
  );
  for (const quoted of words.filter((one) => one !== '')) {
    const literal = /^'.*'$/.test(quoted); // a name in quotation marks is meant as it stands
    const word = quoted.replaceAll("'", '');
    const whole = new RegExp(`^${name}$`, 'i').test(word);
    const near = word.length < 4 || literal || known.includes(word) ? [] : nearMatches(word.replaceAll(' ', '-'), known);
    if (whole && near.length === 0) draft.features.push(word);
    else {
      const choices = [...new Set([...near, ...(word.split(' ').length <= 3 ? [word.replaceAll(' ', '-')] : [])])];
      draft.questions.push({
        point: 'features',
        question: `Which feature is "${word}"${choices.length > 0 ? `: ${choices.join(' or ')}` : ''}?`,
        choices: [...choices, 'leave it out'],
        words: quoted,
      });
    }
  }
};
