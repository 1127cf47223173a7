import type { BaseMessage } from '@langchain/core/messages';
import { redact } from '../../catalog/redact.js';
import { rewordRequest, type Reworded, type Rewording, type Unread } from '../../agents/reword-request.js';
import { checkProposal } from './beyond-words.js';
import type { Question, Reading, RequestContext } from './draft.js';
import { kindOf } from './kind-of.js';
import { askInLanguageOf } from './languages.js';
import { hear, nothing, type Heard } from './read-conversation.js';

type Open = Heard['open'];

/** Gives sentences of the grammar for what the grammar did not read. Null where no language model is there: then the grammar reads alone. */
export type Reword = ((unread: Unread) => Promise<Reworded>) | null;

/** With the runbook, which is no language model, there is none. */
export const rewordWith = (rewording: Rewording): Reword =>
  rewording.model.name === 'runbook' ? null : (unread) => rewordRequest(rewording, unread);

/**
 * One more message, after what is open. Where the grammar does not understand it, a language model may say it in the grammar's English;
 * what code finds in the person's own words is said back as a choice, and begins nothing before the person takes it.
 */
export const hearWith = async (open: Open, given: string, context: RequestContext, reword: Reword): Promise<Heard> => {
  const text = redact(given);
  const heard = hear(open, text, context);
  const unread = reword === null ? null : unreadOf(heard, open, text, context);
  if (reword === null || unread === null) return heard;
  const reworded = await reword(unread);
  if ('down' in reworded) return told(heard, `No model has read it: ${reworded.down}.`);
  return offering(unread.said, reworded.sentences, context) ?? told(heard, 'A language model could not tell either.');
};

/**
 * The messages of a thread on which nothing has begun. What was offered before is taken from the message that offered it, so that a
 * choice is of what the person has seen; only the last message is put to a model.
 */
export const readMessages = async (messages: readonly BaseMessage[], context: RequestContext, reword: Reword): Promise<Reading> => {
  const turns = messages.flatMap((message, place) =>
    message.type === 'human' ? [{ text: redact(message.text), answered: answerAfter(messages, place) }] : [],
  );
  let heard: Heard = { reading: nothing, sentence: '', open: null };
  for (const [place, { text, answered }] of turns.entries()) {
    const open: Open = heard.open;
    heard = await hearWith(open, text, context, place === turns.length - 1 && answered === null ? reword : null);
    const shown = unreadOf(heard, open, text, context);
    if (shown !== null && answered !== null) heard = offeredIn(answered, shown.said, context) ?? heard;
  }
  return heard.reading;
};

/** A question with its choices, to be read. */
export const withChoices = ({ question, choices }: Question): string =>
  [question, ...choices.map((choice, index) => `${index + 1}. ${choice}`)].join('\n');

/** What a model may be asked about: a request, as far as anybody can tell, that the grammar has not understood. A decision never is. */
const unreadOf = ({ reading }: Heard, open: Open, text: string, context: RequestContext): Unread | null => {
  if (!('question' in reading) || reading === nothing || kindOf(text).kind !== 'request') return null;
  if (!['request', 'language', 'service', 'words'].includes(reading.point)) return null;
  const { config, features = [], versions = [] } = context;
  return {
    said: [...(open?.said ?? []), text],
    question: reading.question,
    known: { services: [config.service, ...config.services].map(({ name }) => name), features, versions },
  };
};

/** The proposals that hold, as a question of their own; null where none does. */
const offering = (said: readonly string[], proposed: readonly string[], context: RequestContext): Heard | null => {
  const checked = proposed.map((one) => checkProposal(one, said, context)).flatMap((one) => ('refused' in one ? [] : [one]));
  const readings = [...new Map(checked.map((one) => [one.understood, one])).values()];
  const [first] = readings;
  if (first === undefined) return null;
  const choices = readings.map(({ sentence }) => sentence);
  const back =
    readings.length === 1
      ? `A language model reads that as: ${first.understood}. Is that what you mean?`
      : `A language model reads that as one of these: ${readings.map(({ understood }, place) => `(${place + 1}) ${understood}`).join('; ')}. Which one do you mean?`;
  const asks = askInLanguageOf(said.join('. '), `"${choices.join('" / "')}"`);
  const question: Question = { point: 'reading', question: asks === null ? back : `${asks} ${back}`, choices, words: null };
  return { reading: question, sentence: '', open: { text: said.join('. '), question, asked: [], said: [...said] } };
};

const answerAfter = (messages: readonly BaseMessage[], place: number): string | null => {
  const next = messages.slice(place + 1).find(({ type }) => type === 'human' || type === 'ai');
  return next?.type === 'ai' ? next.text : null;
};

/** The offer that a message made: told by making it once more. */
const offeredIn = (message: string, said: readonly string[], context: RequestContext): Heard | null => {
  const choices = [...message.matchAll(/^\d\. (.+)$/gm)].map(([, choice = '']) => choice);
  const heard = choices.length === 0 ? null : offering(said, choices, context);
  return heard !== null && 'question' in heard.reading && withChoices(heard.reading) === message ? heard : null;
};

const told = (heard: Heard, what: string): Heard =>
  'question' in heard.reading ? { ...heard, reading: { ...heard.reading, question: `${heard.reading.question} ${what}` } } : heard;
