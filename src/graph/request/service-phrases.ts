import { nearMatches } from '../../gates/near-matches.js';
import { named } from '../../gates/words.js';
import { asTag } from './name-phrases.js';
import type { Phrase } from './draft.js';

const verb = String.raw`(?:ship|releas|deploy|redeploy|roll(?:ing)?[ -]?out|rollout|promot|stag|bring|push|tak|put|launch|publish|mov|upgrad|updat|test|try|run|send|deliver|cut|get|start|re-?run)(?:e|es|ed|ing|ping|s)?`;
/** The others of the verbs need a service or a version beside them. */
const asksForRelease = /^(?:ship|releas|deploy|redeploy|roll|promot|stag|bring|push|launch|publish|upgrad)/i;
const isVerb = new RegExp(`^${verb}$`, 'i');
const notServices = new Set(
  'it this that the version v to staging production prod a an our out them us me in on with and up if everything all new latest newest again release releases deployment candidate now today tomorrow please live for some something features feature there what as same my your one ready from until into at by care part place'.split(
    ' ',
  ),
);

/** "as last time": what the newest release was asked for. */
export const lastTimePhrases: Phrase[] = [
  {
    pattern:
      /\b(?:(?:exactly|just|do it|do that|do)\s+)*(?:the same|same|as|like)(?:\s+(?:it was|as|we did|request|thing|release|again|procedure))*\s+(?:last time|last release|the last (?:time|release|one)|the time before|the previous (?:time|release|one)|last week|yesterday|before|previously)\b(?:,?\s*(?:but|only|except|just)(?:\s+(?:with|for|now|this time))?(?=\s+v?\d))?|\b(?:the )?(?:usual|same again|once more|repeat (?:the )?last release)\b(?:,?\s*(?:but|only|just)(?=\s+v?\d))?/gi,
    read: ([words], draft) => (/^(?:the )?usual$/i.test(words) ? false : void (draft.asLastTime = true)),
  },
  {
    pattern:
      /\b(?:with|including|and)\s+(?:(?:absolutely )?everything|all (?:of )?(?:the )?(?:features|changes|stuff)?|the same (?:features|changes|set)(?: as)?|what(?:ever)? (?:is|was|there was)|all that (?:is|was))\s*(?:that (?:is|was|were|we had) )?(?:from|in|of|on|as)\s+(?:the\s+)?([\w./-]+(?:\s+(?:time|release|one|version|sprint|week|\d+))?)/gi,
    read: ([words, from = ''], draft, { last }) => {
      const isLast = /^(?:last|previous|before)/i.test(from) || (last && asTag(from) === last.version);
      if (isLast && last) draft.features.push(...last.features);
      else
        draft.questions.push({
          point: 'features',
          question: `What does "everything from ${from}" hold? I know the features of the last release only${last ? ` (${last.version}: ${named(last.features) || 'none'})` : ', and there is none'}. Name them, please.`,
          choices: last && last.features.length > 0 ? [`with ${last.features.join(' and ')}`] : [],
          words,
        });
    },
  },
];

/** The service by its name, and what stands where a service would. */
export const servicePhrases: Phrase[] = [
  {
    pattern: new RegExp(
      String.raw`\b(?:do not|don't|dont|never|please don't)\s+(?:yet\s+)?${verb}\b(?!\s*(?:it|this|that)?\s*(?:before|until|unless|to prod|into prod))(?:\s+(?:it|this|that|anything))?`,
      'gi',
    ),
    read: ([words], draft) => {
      draft.verb = true;
      draft.questions.push({
        point: 'undone',
        question: `I read "${words.trim()}", so nothing begins. What shall be released instead, if anything?`,
        choices: [],
        words: null,
      });
    },
  },
  {
    pattern: /[a-z0-9][\w-]*/gi,
    read: ([word], draft, { config }) => {
      if (word.toLowerCase() !== config.service.name) return false;
      draft.service = true;
      return undefined;
    },
  },
  {
    pattern: new RegExp(
      String.raw`\b${verb}\b(?:\s+(?:out|up))?(?:\s+(?:the|our|my|a|new|service|app)\b)*(?:\s+([a-z][a-z0-9-]*)(\s+[a-z]+)?)?`,
      'gi',
    ),
    read: ([words, named, next = ''], draft, { config }) => {
      draft.verb ||= asksForRelease.test(words);
      if (named === undefined || notServices.has(named.toLowerCase()) || draft.service) return false;
      const joined = `${named}${next.trim()}`;
      draft.otherService ??=
        nearMatches(joined, [config.service.name]).length > 0 && nearMatches(named, [config.service.name]).length === 0
          ? `${named}${next}`
          : named;
      return false;
    },
  },
];

/** One release is of one service. */
export const secondServicePhrases: Phrase[] = [
  {
    pattern: /(?:\b(?:and|plus)|&|,)\s+(?:also\s+)?(?:the\s+)?([a-z][\w-]+)\s+v?\d+\.\d+[\w.-]*/gi,
    read: ([words, other = ''], draft, { config }) => {
      const name = other.toLowerCase();
      if (name === config.service.name || notServices.has(name) || isVerb.test(name)) return false;
      draft.questions.push({
        point: 'service',
        question: `Which service? This configuration releases ${config.service.name}, not "${other}", and one at a time.`,
        choices: ['leave it out'],
        words: words.trim(),
      });
      return undefined;
    },
  },
];
