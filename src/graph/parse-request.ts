import { redact } from '../catalog/redact.js';
import type { ReleaseRequest } from '../catalog/request.js';
import { nearMatches } from '../gates/near-matches.js';
import { plain } from '../gates/words.js';
import { asides } from './request/asides.js';
import { carePhrases } from './request/care-phrases.js';
import { conditionPhrases } from './request/condition-phrases.js';
import { emptyDraft, gap, type Draft, type Phrase, type Question, type Reading, type RequestContext } from './request/draft.js';
import { developPhrases } from './request/develop-phrases.js';
import { kindOf, type Kind } from './request/kind-of.js';
import { askInLanguageOf } from './request/languages.js';
import { currentVersionPhrases, featurePhrases, versionPhrases } from './request/name-phrases.js';
import { sayBack } from './request/say-back.js';
import { smallWords, weighty } from './request/small-words.js';
import { lastTimePhrases, secondServicePhrases, servicePhrases } from './request/service-phrases.js';
import { targetPhrases } from './request/target-phrases.js';
import { timePhrases } from './request/time-phrases.js';
import { companionsIn } from './companions-in.js';

/** In this order, each over what those before it have left. */
const phrases: readonly Phrase[] = [
  ...developPhrases,
  ...asides,
  ...lastTimePhrases,
  ...currentVersionPhrases,
  ...carePhrases,
  ...timePhrases,
  ...targetPhrases.slice(0, 2),
  ...conditionPhrases,
  ...targetPhrases.slice(2),
  ...secondServicePhrases,
  ...versionPhrases,
  ...servicePhrases,
  ...featurePhrases,
];

const maxLength = 2_000;
const oneVersion = /\bv?(\d+\.\d+\.\d+(?:-[0-9a-z.-]+)?(?:\+[0-9a-z.-]+)?)\b/i;

/** Reads a sentence by grammar. What is unclear becomes one question with choices; nothing is guessed, and nothing that could matter is passed over. */
export const parseRequest = (said: string, context: RequestContext): Reading => {
  const text = tidy(redact(said));
  if (text.length > maxLength)
    return { point: 'request', question: `That is too long for a request. ${exampleOf(context)}`, choices: [], words: null };
  const kind = kindOf(text);
  if (kind.kind !== 'request') return noRequest(kind.kind, context);
  const { service, services } = context.config;
  const together = companionsIn(
    text,
    service.name,
    services.map(({ name }) => name),
    oneVersion,
  );
  if ('versionless' in together)
    return { point: 'version', question: `Which version of ${together.versionless}? ${exampleOf(context)}`, choices: [], words: '' };
  const draft = emptyDraft();
  draft.services = together.services;
  const left = phrases.reduce((rest, phrase) => consume(rest, phrase, draft, context), together.rest);
  const leftOver = notUnderstood(left);
  const question = firstQuestion(text, draft, leftOver, context);
  if (question !== null) return question;
  const request = requestOf(redact(said), draft, context);
  const notes = [
    ...draft.notes,
    ...(draft.production && draft.stagingOnly ? ['You said both, so it stays in staging.'] : []),
    ...draft.without
      .filter((name) => !offered(draft, context).includes(name))
      .map((name) => `${name} is not among the features that are added; what ${request.version} holds itself stays in it.`),
    ...leftOver.map((words) => `I did not understand "${words}" and go on without it.`),
  ];
  return { request, understood: sayBack(request), notes: [...new Set(notes)] };
};

/** One spelling for quotes, dashes and spaces, and nothing invisible. */
export const tidy = (text: string): string =>
  text
    .normalize('NFC')
    .replace(/[‘’´`]/g, "'")
    .replace(/[“”„«»]/g, '"')
    .replace(/[‐‑–—]/g, '-')
    .replace(/\s*(?:→|[-=]>)\s*/g, ' to ')
    .replace(/(?![\n])[\p{Cc}\p{Cf}]/gu, '')
    .replace(/\s*\n+\s*/g, '. ')
    .replace(/[\s\u00a0]+/g, ' ')
    .replace(/"([^"\s]+(?: [^"\s]+)?)"/g, "'$1'")
    .trim();

/** A question, a decision or a move begins no release, whatever names it holds. */
const noRequest = (kind: Exclude<Kind['kind'], 'request'>, context: RequestContext): Question => {
  const what = {
    question: 'That reads as a question, and there is no release here that it could be about',
    decision: 'A decision answers the question of a release that waits for it, and begins none',
    unclear: 'That reads as half a decision, and begins no release',
    move: 'That is about a release that there is, and begins none',
  }[kind];
  return { point: 'request', question: `${what}. ${exampleOf(context)}`, choices: [], words: null };
};

const consume = (text: string, { pattern, read }: Phrase, draft: Draft, context: RequestContext): string => {
  let from = 0;
  let rest = '';
  for (const match of text.matchAll(pattern)) {
    if (match[0].trim() === '' || read(match, draft, context) === false) continue;
    rest += `${text.slice(from, match.index)} ${gap} `;
    from = match.index + match[0].length;
  }
  return rest + text.slice(from);
};

/** The stretches between what was read, without the small words at their ends. */
const notUnderstood = (left: string): string[] =>
  left
    .split(/[¶,;!?()":]|\.(?:\s|$)|\s[-–]+\s/)
    .map((stretch) => stretch.split(/\s+/).filter((word) => /[\p{L}\p{N}%]/u.test(word)))
    .map((words) =>
      words.slice(
        words.findIndex((word) => !isSmall(word)),
        words.findLastIndex((word) => !isSmall(word)) + 1,
      ),
    )
    .filter((words) => words.some((word) => !isSmall(word)))
    .map((words) => plain(words.join(' ')));

const isSmall = (word: string): boolean => smallWords.has(word.toLowerCase().replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, ''));

/** What must be known before anything begins, the weightiest first. */
const firstQuestion = (text: string, draft: Draft, leftOver: readonly string[], context: RequestContext): Question | null => {
  const known = context.config.service.name;
  const example = exampleOf(context);
  const asked = (point: Question['point']) => draft.questions.find((one) => one.point === point);
  const [version, ...others] = [...new Map(draft.versions.map((one) => [one.version, one])).values()];
  const asksSomething = draft.service || draft.verb || draft.asLastTime;
  const foreign = draft.verb && leftOver.length === 0 ? null : askInLanguageOf(text, `"${englishOf(draft, context).join('" / "')}"`);
  if (foreign !== null) return { point: 'language', question: foreign, choices: englishOf(draft, context), words: null };
  const service = asked('service');
  if (service) return service;
  if (!draft.service && draft.services.length > 0) {
    const names = draft.services.map((one) => one.service).join(' and ');
    return { point: 'service', question: `Which version of ${known} does ${names} go with? ${example}`, choices: [], words: '' };
  }
  if (!draft.service && draft.otherService !== null) {
    const near = nearMatches(draft.otherService, [known]);
    const question = near.length > 0 ? `Did you mean ${known}?` : `This configuration releases ${known}, not "${draft.otherService}".`;
    return { point: 'service', question: `Which service? ${question} ${example}`, choices: [known], words: draft.otherService };
  }
  if (!asksSomething && version === undefined)
    return {
      point: 'request',
      question: `What shall be released? I understood neither a service nor a release. ${example}`,
      choices: [],
      words: null,
    };
  const undone = asked('undone');
  if (undone) return undone;
  if (draft.asLastTime && !context.last)
    return { point: 'last', question: `There has been no release yet that could be the "last time". ${example}`, choices: [], words: null };
  if (others.length > 0) {
    const versions = [version, ...others].map((one) => one?.words ?? '');
    return {
      point: 'version',
      question: `One version at a time, please: ${versions.join(' or ')}? ${example}`,
      choices: versions.map((one) => one.replace(/^.*\s/, '')),
      words: between(text, versions),
    };
  }
  if (version === undefined && !(draft.asLastTime && asked('version') === undefined)) {
    const { versions = [] } = context;
    return (
      asked('version') ?? { point: 'version', question: `Which version of ${known}? ${example}`, choices: versions.slice(0, 3), words: '' }
    );
  }
  return (
    (['features', 'develop', 'care', 'time', 'words'] as const).map(asked).find((one) => one !== undefined) ??
    afterNames(draft, leftOver, context)
  );
};

const afterNames = (draft: Draft, leftOver: readonly string[], context: RequestContext): Question | null => {
  const promoted = targetOf(draft, context) === 'production';
  const [condition] = draft.conditions;
  if (!promoted && condition) {
    const words = condition.words.replace(/^(?:[,\s]|\b(?:and|but|then|please)\b)*/i, '').trim();
    return {
      point: 'conditions',
      question: `It goes to staging only, where nobody is asked, so I cannot wait for "${plain(condition.condition)}". Shall an approver confirm it before production, or does it not matter?`,
      choices: [`promote it to production, ${words}`, 'leave it out'],
      words,
    };
  }
  if (!promoted && draft.notBefore) {
    const words = draft.notBefore.words.trim();
    return {
      point: 'time',
      question: `Staging begins at once; a time is kept for production only, which was not asked for. Begin now, or promote after that time?`,
      choices: ['now', `promote it to production, ${words}`],
      words,
    };
  }
  const unclear = leftOver.find((words) => weighty.test(words));
  if (unclear === undefined) return null;
  return {
    point: 'words',
    question: `I understood: ${sayBack(requestOf('', draft, context))}. I did not understand "${unclear}". Say it otherwise, or leave it out?`,
    choices: ['leave it out'],
    words: unclear,
  };
};

const exampleOf = ({ config }: RequestContext): string =>
  `For example: ship ${config.service.name} v2.2.0 to staging, promote it if it is healthy.`;

/** The sentence in English, as far as names and numbers tell: to confirm. */
const englishOf = ({ versions }: Draft, { config }: RequestContext): string[] => {
  const sentence = `ship ${config.service.name} ${versions[0]?.version ?? 'v2.2.0'} to staging`;
  return [`${sentence} only`, `${sentence}, promote it if it is healthy`];
};

/** From the first of the words to the last: what an answer takes the place of. */
const between = (text: string, words: readonly string[]): string => {
  const places = words.map((word) => text.indexOf(word));
  const first = Math.min(...places);
  const last = words[places.indexOf(Math.max(...places))] ?? '';
  return text.slice(first, Math.max(...places) + last.length);
};

/** Production only where the sentence asks for it and does not take it back. */
const targetOf = ({ production, stagingOnly, asLastTime }: Draft, { last }: RequestContext): ReleaseRequest['target'] => {
  if (stagingOnly) return 'staging';
  return production || (asLastTime && last?.target === 'production') ? 'production' : 'staging';
};

const offered = ({ asLastTime, features }: Draft, { last }: RequestContext): string[] => [
  ...new Set([...(asLastTime ? (last?.features ?? []) : []), ...features]),
];

const requestOf = (text: string, draft: Draft, context: RequestContext): ReleaseRequest => {
  const before = draft.asLastTime ? context.last : null;
  const features = offered(draft, context).filter((feature) => !draft.without.includes(feature));
  const conditions = [...new Set([...(before?.conditions ?? []), ...draft.conditions.map((one) => one.condition)])];
  const care = { ...before?.care, ...draft.care };
  const onCulprit = draft.onCulprit ?? before?.onCulprit;
  const target = targetOf(draft, context);
  return {
    service: context.config.service.name,
    version: draft.versions[0]?.version ?? before?.version ?? '',
    features,
    target,
    ...(onCulprit !== undefined && { onCulprit }),
    ...(draft.develop[0] !== undefined && { develop: draft.develop[0] }),
    ...(draft.services.length > 0 && { services: draft.services }),
    ...(target === 'production' && conditions.length > 0 && { conditions }),
    ...(target === 'production' && draft.notBefore && { notBeforeAt: draft.notBefore.at }),
    ...(Object.keys(care).length > 0 && { care }),
    text,
    preApprovedBy: context.preApprovedBy,
  };
};
