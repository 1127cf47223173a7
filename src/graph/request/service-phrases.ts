import { nearMatches } from '../../gates/near-matches.js';
import type { Phrase } from './draft.js';

const verb = String.raw`(?:ship|releas|deploy|redeploy|roll(?:ing)?[ -]?out|rollout|promot|stag|bring|push|tak|put|launch|publish|mov|upgrad|updat|test|try|run|send|deliver|cut|get|start|re-?run)(?:e|es|ed|ing|ping|s)?`;
const notServices = new Set(
  'it this that the version v to staging production prod a an our out them us me in on with and up if everything all new latest newest again release releases deployment candidate now today tomorrow please live for some something features feature there what as same my your one ready from until into at by'.split(
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
    pattern: /(?:\b(?:and|plus)|&|,)\s+(?:also\s+)?(?:the\s+)?([a-z][\w-]+)\s+¶/gi,
    read: ([words, other = ''], draft, { config }) => {
      if (notServices.has(other.toLowerCase()) || !draft.service) return false;
      draft.questions.push({
        point: 'service',
        question: `Which service? This configuration releases ${config.service.name}, not "${other}", and one at a time.`,
        choices: ['leave it out'],
        words: words.replace(/\s*¶$/, '').trim(),
      });
      return undefined;
    },
  },
  {
    pattern: new RegExp(
      String.raw`\b${verb}\b(?:\s+(?:out|up))?(?:\s+(?:the|our|my|a|new|service|app)\b)*(?:\s+([a-z][a-z0-9-]*)(\s+[a-z]+)?)?`,
      'gi',
    ),
    read: ([, named, next = ''], draft, { config }) => {
      draft.verb = true;
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
