import type { Phrase } from './draft.js';

const whatFails = String.raw`(?:what(?:ever)?|any(?:thing)?|those|the ones?|features?)\s+(?:that\s+|which\s+)?(?:fails?|breaks?|is bad|are bad)`;
const joined = String.raw`,?\s*(?:\b(?:and|but|or)\s+)?`;
const production = String.raw`(?:production|prod)\b`;

/** Where it ends, and what happens to a feature that makes the others fail. */
export const targetPhrases: Phrase[] = [
  {
    pattern: new RegExp(
      `${joined}\\b(?:all or nothing|together or not at all|stop if (?:one|any) (?:of them )?fails|(?:do not|don't|never) (?:drop|skip|leave out) (?:${whatFails}|anything|any of them))\\b`,
      'gi',
    ),
    read: (_, draft) => void (draft.onCulprit = 'stop'),
  },
  {
    pattern: new RegExp(`${joined}\\b(?:drop|skip|leave out|go on without|without)\\s+${whatFails}\\b`, 'gi'),
    read: (_, draft) => void (draft.onCulprit ??= 'drop'),
  },
  {
    pattern: new RegExp(
      [
        String.raw`\b(?:only|just)\s+(?:to\s+|in\s+|on\s+|into\s+|up to\s+|as far as\s+|for\s+)?(?:the\s+)?staging(?: environment)?\b`,
        String.raw`\bstaging(?: environment)?\s+only\b`,
        String.raw`\b(?:do not|don't|dont|never|no|not|without|but not|and not)\s+(?:to\s+|yet\s+|a\s+|any\s+)*(?:promot\w+|go(?:ing)? live|goes live)(?:\s+(?:it|this|that|anything|yet|for now|today|please|to ${production}|into ${production}))*`,
        String.raw`\b(?:not|never|nothing)\s+(?:yet\s+|goes\s+|shall go\s+|may go\s+|anything\s+)*(?:to|into|in|on|for)\s+${production}(?:\s+yet)?`,
        String.raw`\bno\s+${production}`,
        String.raw`\b(?:stop|halt|stay|stays|leave it|keep it|end|ends|hold it|park it|remain|remains)\s+(?:there\s+)?(?:at|in|on|after)\s+(?:the\s+)?staging\b`,
        String.raw`\bno further than staging\b|\bnot (?:any )?further(?: than staging)?\b`,
        String.raw`\b(?:keep|leave|hands off|do not touch|don't touch|without touching|not touching)\s+${production}(?:\s+(?:alone|as it is|untouched|out of (?:it|this)))?`,
        String.raw`\b${production}\s+(?:stays|remains)\s+(?:as it is|untouched)`,
      ].join('|'),
      'gi',
    ),
    read: (_, draft) => void (draft.stagingOnly = true),
  },
  {
    pattern:
      /\b(?:to|into|in|on|onto)\s+(?:the\s+|our\s+)?(?:qa|dev|development|test|testing|uat|pre-?prod(?:uction)?|sandbox|demo|integration|dr)\b(?:\s+(?:environment|cluster|system|stage))?/gi,
    read: ([words], draft) =>
      void draft.questions.push({
        point: 'words',
        question: `"${words}" is none of the two environments, staging and production. Which is meant?`,
        choices: ['to staging', 'to production'],
        words,
      }),
  },
  {
    pattern: new RegExp(
      String.raw`\b(?:is|are|was|were|been|be|got|already|currently|bug|issue|problem|fire|incident|what is|what's)\s+(?:currently |already |now )*(?:promoted|live\b(?:\s+in\s+${production})?|(?:in|on)\s+${production})`,
      'gi',
    ),
    read: () => undefined, // tells of something that is so, and asks for nothing
  },
  {
    pattern: new RegExp(
      [
        String.raw`\bpromot(?:e|es|ing|ion)\b(?:\s+(?:it|this|that|them|afterwards|straight away))*(?:\s+(?:in)?to\s+${production})?`,
        String.raw`\b(?:straight|directly|right)?\s*(?:on\s+|through\s+|then\s+|and\s+)*(?:in)?to\s+${production}`,
        String.raw`\b(?:go(?:es|ing)?\s+)?live\b`,
        String.raw`\ball the way(?:\s+(?:through|up))?`,
        String.raw`\b(?:and|then)\s+(?:then\s+)?(?:on\s+)?${production}`,
        String.raw`\b(?:in|on)\s+${production}`,
      ].join('|'),
      'gi',
    ),
    read: ([words], draft) => {
      draft.production = true;
      if (/\b(?:straight|directly|right)\b/i.test(words)) draft.notes.push('Every version goes through staging first.');
    },
  },
];
