import type { StagingConfig } from '../catalog/config.js';
import type { ReleaseRequest } from '../catalog/request.js';
import { companionsIn } from './companions-in.js';

type Reading = { request: ReleaseRequest } | { question: string };

const version = /\bv?(\d+\.\d+\.\d+(?:-[0-9a-z.-]+)?(?:\+[0-9a-z.-]+)?)\b/i;
const verbs = /\b(?:ship|release|deploy|roll ?out|promote|stage|bring|push)\s+(?:the\s+)?([a-z0-9][a-z0-9-]*)/i;
const notServices = new Set(['it', 'this', 'that', 'the', 'version', 'v', 'to', 'staging', 'production', 'a', 'our', 'out']);

/** Reads a sentence by grammar. What is unclear becomes one question with an example; nothing is guessed. */
export const parseRequest = (
  sentence: string,
  { config, preApprovedBy }: { config: StagingConfig; preApprovedBy: string | null },
): Reading => {
  const known = config.service.name;
  const example = `For example: ship ${known} v2.2.0 to staging, promote it if it is healthy.`;
  const together = companionsIn(
    sentence,
    known,
    config.services.map(({ name }) => name),
    version,
  );
  if ('versionless' in together) return { question: `Which version of ${together.versionless}? ${example}` };
  const { rest: text, services } = together;
  const named = verbs.exec(text)?.[1]?.toLowerCase();
  const mentioned = new RegExp(`(^|[^a-z0-9-])${known}($|[^a-z0-9-])`, 'i').test(text);
  const other = named !== undefined && named !== known && !notServices.has(named) && !version.test(named) ? named : null;
  if (!mentioned && services.length > 0)
    return { question: `Which version of ${known} does ${services.map(({ service }) => service).join(' and ')} go with? ${example}` };
  if (!mentioned && other !== null) return { question: `Which service? This configuration releases ${known}, not "${other}". ${example}` };
  if (!mentioned && !verbs.test(text))
    return { question: `What shall be released? I understood neither a service nor a release. ${example}` };
  const found = version.exec(text)?.[0];
  if (found === undefined) return { question: `Which version of ${known}? ${example}` };
  const others = [...text.matchAll(new RegExp(version.source, 'gi'))].map((match) => match[0]).filter((one) => bare(one) !== bare(found));
  if (others.length > 0) return { question: `One version at a time, please: ${[found, ...others].join(' or ')}? ${example}` };
  return {
    request: {
      service: known,
      version: found.startsWith('v') || found.startsWith('V') ? found.toLowerCase() : `v${found}`,
      features: featuresIn(text),
      target: targetOf(text),
      ...onCulpritIn(text),
      ...(services.length > 0 && { services }),
      text: sentence,
      preApprovedBy,
    },
  };
};

const bare = (text: string): string => text.replace(/^v/i, '');

/** "with wishlist and fast-checkout", "with both features a, b". */
const featuresIn = (sentence: string): string[] => {
  const text = sentence.replace(stopsAtFirst, '').replace(dropsWhatFails, '');
  const clause =
    /\bwith\s+(?:the\s+)?(?:features?\s+)?(.+?)(?=\s+(?:to|into|in|on|if|when|but|and (?:promote|ship|deploy))\b|[.;!?]|,\s*(?:promote|then|but|if|only|and promote)\b|$)/i.exec(
      text,
    )?.[1];
  if (clause === undefined) return [];
  const words = clause.split(/\s*(?:,|&|\+|\band\b)\s*/i).map((word) =>
    word
      .replace(/^(?:the|features?|both)\s+/i, '')
      .replace(/\s+features?$/i, '')
      .trim(),
  );
  return [...new Set(words.filter((word) => /^[a-z0-9][\w./-]*$/i.test(word)))];
};

const whatFails = String.raw`(?:what(?:ever)?|any(?:thing)?|those|the ones?|features?)\s+(?:that\s+|which\s+)?(?:fails?|breaks?|is bad|are bad)`;
const joined = String.raw`,?\s*(?:\b(?:and|but|or)\s+)?`;
const stopsAtFirst = new RegExp(
  `${joined}\\b(?:all or nothing|together or not at all|stop if (?:one|any) (?:of them )?fails|(?:do not|don't|never) (?:drop|skip|leave out) (?:${whatFails}|anything|any of them))\\b`,
  'gi',
);
const dropsWhatFails = new RegExp(`${joined}\\b(?:drop|skip|leave out|go on without|without)\\s+${whatFails}\\b`, 'gi');

/** "drop what fails" and "all or nothing"; otherwise the configuration decides. */
const onCulpritIn = (text: string): Pick<ReleaseRequest, 'onCulprit'> => {
  const rest = text.replace(stopsAtFirst, '');
  if (rest !== text) return { onCulprit: 'stop' };
  return text.replace(dropsWhatFails, '') === text ? {} : { onCulprit: 'drop' };
};

/** Production only where the sentence asks for it and does not take it back. */
const targetOf = (text: string): ReleaseRequest['target'] => {
  if (
    /\b(?:only (?:to |in )?staging|staging only|do(?:n't| not) promote|without promot\w+|no promotion|not (?:to|into|in) production)\b/i.test(
      text,
    )
  )
    return 'staging';
  return /\b(?:promot\w*|(?:to|into|in) (?:production|prod)|go live|all the way)\b/i.test(text) ? 'production' : 'staging';
};
