import { plain } from '../../gates/words.js';
import type { Draft, Phrase, RequestContext } from './draft.js';

const verb = String.raw`(?:\b(?:and|then|also|first|please|plus|by)\s+)*\b(?:develop|implement|write|create|add|build|code|program)(?:ing)?\s+(?:(?:me|us|for me|for us)\s+)?`;
const end = String.raw`(?=\s*(?:$|[;!?¶]|\.(?:\s|$)|,?\s+(?:and|then|but)\s+(?:then\s+)?(?:promote|ship|deploy|release|push|bring|roll|take|put)\b|,?\s+(?:(?:and|then|also)\s+)*(?:develop|implement|write|create|add|build|code)\s+(?:an?|some)\b|,\s*(?:promote|ship|deploy|release|then|but|if|only|please|not before|without)\b|\s+(?:(?:on\s+top\s+)?(?:to|in|into|for|on|of)\s+(?:the\s+)?[\w-]+\s+v?\d|(?:and\s+)?(?:to|in|into|on)\s+(?:staging|production|prod)\b)))`;

/**
 * A feature that no branch holds: "add a health endpoint that tells the version". It takes an article and at least three words, or quotation
 * marks, so that the name of a feature stays a name.
 */
export const developPhrases: Phrase[] = [
  {
    pattern: new RegExp(String.raw`[,\s]*${verb}(?:(?:a|an|the|this)\s+)?(?:new\s+)?(?:features?)?\s*:?\s*"([^"]{8,})"`, 'gi'),
    read: ([words, said = ''], draft, context) => describe(said, words, draft, context),
  },
  {
    pattern: new RegExp(String.raw`[,\s]*${verb}((?:an?|some)\s+(?:[^\s;!?¶]+\s+){2,}?[^;!?¶]*?)${end}`, 'gi'),
    read: ([words, said = ''], draft, context) => {
      const about = said.replace(/^(?:an?|some)\s+(?:new\s+)?/i, '');
      const names = about.split(/\s+/);
      return names.length < 3 || /^(?:features?|release|build|version|canary|rollout|tag|branch)$/i.test(names[0] ?? '')
        ? false
        : describe(said, words, draft, context);
    },
  },
];

const describe = (said: string, words: string, draft: Draft, { config }: RequestContext): void => {
  const service = config.service.name;
  const toService = new RegExp(String.raw`\s+(?:to|in|into|for|of|on)\s+(?:the\s+)?${service.replace(/[^\w-]/g, String.raw`\$&`)}$`, 'i');
  const trimmed = said.trim().replace(/[.,\s]+$/, '');
  if (toService.test(trimmed)) draft.service = true;
  const described = trimmed.replace(toService, '');
  if (draft.develop.length > 0)
    draft.questions.push({
      point: 'develop',
      question: `One feature at a time is developed for a release: "${plain(draft.develop[0] ?? '')}" or "${plain(described)}"?`,
      choices: ['leave it out'],
      words,
    });
  else draft.develop.push(described);
};
