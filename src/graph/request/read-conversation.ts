import { redact } from '../../catalog/redact.js';
import { parseRequest, tidy } from '../parse-request.js';
import type { Question, Reading, RequestContext } from './draft.js';

type Open = { text: string; question: Question; asked: string[]; said: string[] };

/** What the last of a person's messages comes to, with what is still open from those before it. `sentence` says it all at once, once it is clear. */
export type Heard = { reading: Reading; sentence: string; open: Open | null };

/** Reads what a person has said, message by message: an answer completes the sentence that was asked about. Nothing is asked twice. */
export const readConversation = (said: readonly string[], context: RequestContext): Heard =>
  said.reduce<Heard>((heard, text) => hear(heard.open, text, context), { reading: nothing, sentence: '', open: null });

/** One more message, after what is open. */
export const hear = (open: Open | null, given: string, context: RequestContext): Heard => {
  const text = redact(given);
  const whole = parseRequest(text, context);
  if (open === null || isWhole(text, whole, context)) return heardOf(whole, { text: tidy(text), asked: [], said: [text] });
  if (/^(?:no|nope|nothing|never ?mind|forget (?:it|about it)|cancel|stop|none)[.!]*$/i.test(text.trim()))
    return { reading: nothing, sentence: '', open: null };
  const { question } = open;
  const answer = choiceOf(question, tidy(text));
  const completed = complete(open.text, question, answer);
  const reading = parseRequest(completed, context);
  const soFar = { text: completed, asked: [...open.asked, keyOf(question)], said: [...open.said, text] };
  if ('question' in reading && soFar.asked.includes(keyOf(reading))) return { reading: gaveUp(reading), sentence: '', open: null };
  return heardOf(reading, soFar);
};

/** The whole sentence with each of the choices taken, for whoever has no memory of the one before. */
export const sentencesOf = (open: Heard['open']): string[] =>
  open === null ? [] : open.question.choices.map((choice) => complete(open.text, open.question, choice));

const heardOf = (reading: Reading, { text, asked, said }: Omit<Open, 'question'>): Heard => {
  if ('question' in reading)
    return { reading, sentence: '', open: reading.point === 'request' ? null : { text, question: reading, asked, said } };
  return { reading: { ...reading, request: { ...reading.request, text: said.join('\n') } }, sentence: text, open: null };
};

const keyOf = ({ point, words }: Question): string => `${point}:${words ?? ''}`;

/** A sentence of its own takes the place of what was asked about. */
const isWhole = (text: string, reading: Reading, { config }: RequestContext): boolean =>
  !('question' in reading) &&
  new RegExp(String.raw`\b(?:ship|releas\w*|deploy|roll|promote|stage|bring|push|take|put)\b.*\b${config.service.name}\b`, 'i').test(text);

const choiceOf = ({ choices }: Question, answer: string): string => {
  const number = /^(?:the )?(?:#?(\d)|(first|second|third|last))(?: one)?[.!]*$/i.exec(answer);
  const place = number
    ? number[1] === undefined
      ? ['first', 'second', 'third'].indexOf((number[2] ?? '').toLowerCase())
      : Number(number[1]) - 1
    : -1;
  if (number) return choices.at(place) ?? answer;
  const real = choices.filter((choice) => choice !== 'leave it out' || choices.length === 1);
  if (
    /^(?:yes|yep|yeah|sure|ok|okay|correct|right|exactly|please do|ja|oui|sí|si|sim|sì|tak|да|はい|是|네)(?:[ ,]+(?:please|bitte))?[.!]*$/i.test(
      answer,
    ) &&
    real[0] !== undefined
  )
    return real[0];
  return choices.find((choice) => choice.toLowerCase() === answer.toLowerCase().replace(/[.!]+$/, '')) ?? answer;
};

const complete = (text: string, { words, point }: Question, answer: string): string => {
  const kept = answer === 'leave it out' || (point === 'care' && answer === 'as configured') ? '' : answer;
  if (words === null) return kept;
  if (words === '' || !text.includes(words.trim())) return `${text}. ${kept}`;
  return text.replace(words.trim(), () => (point === 'features' && kept === words ? `'${kept}'` : kept)); // in quotation marks: meant as it stands
};

const gaveUp = (again: Question): Question => ({
  ...again,
  point: 'request',
  question: `That is still not clear to me, so nothing begins. Please say the whole request once more. (${again.question})`,
});

export const nothing: Question = { point: 'request', question: 'Nothing begins.', choices: [], words: null };
