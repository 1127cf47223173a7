import type { Draft, Phrase, RequestContext } from './draft.js';
import { duration, durationIn } from './amounts.js';

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;
const dayMs = 86_400_000;

const day = String.raw`(?:today|tonight|tomorrow(?: morning| afternoon| evening| night)?|(?:this |next |on )?(?:${weekdays.join('|')})(?: morning| afternoon| evening| night)?|next week|the weekend|this (?:morning|afternoon|evening)|\d{4}-\d{2}-\d{2})`;
const zone = String.raw`(?:\s*(?:utc|gmt|z)\b|\s*[+-]\d{2}:?\d{2}\b)`;
const clock = String.raw`(?:\d{1,2}(?::\d{2}){1,2}(?:\s*[ap]m\b)?|\d{1,2}\s*[ap]m\b|\d{1,2}\s*(?:h|uhr|o'clock)\b|noon|midnight|\d{1,2}(?=${zone}))`;
const loose = String.raw`(?:${clock}|\d{1,2}\b(?!\s*(?:%|percent|\.\d)))`;
const moment = String.raw`(?:${day}(?:(?:\s+at|\s+after|\s+from|,|t)?\s*${loose}${zone}?)?|${clock}${zone}?(?:\s+(?:on\s+)?${day})?)`;

/** "after 18:00 UTC", "tonight at 10", "in two hours": production not before. Without a time zone it is asked back about; a deadline is only told. */
export const timePhrases: Phrase[] = [
  {
    pattern: new RegExp(
      String.raw`\b(?:but |and |please )*(?:not|never) (?:(?:on|at|during|over|in) )?(?:an? |the |any )?(?:${day}s?|business hours|office hours|${clock})\b`,
      'gi',
    ),
    read: ([words], draft) =>
      void draft.questions.push({
        point: 'time',
        question: `"${words.trim()}" leaves open when production may begin. From when on?`,
        choices: ['leave it out'],
        words: words.trim(),
      }),
  },
  {
    pattern:
      /\b(?:right now|now|today|asap|as soon as possible|immediately|straight away|right away|at once|begin now)\b(?!\s*(?:at|after|,)?\s*\d)/gi,
    read: () => undefined, // it begins at once anyway
  },
  {
    pattern: new RegExp(
      String.raw`(?<!\bnot\s)\b(?:by|no later than|at the latest|until the end of|before)\s+(?:the end of\s+)?(?:the (?:day|week)\b|${moment})`,
      'gi',
    ),
    read: ([words], draft) => void draft.notes.push(`"${words}" is no promise: it takes as long as the evidence needs.`),
  },
  {
    pattern: new RegExp(
      String.raw`\b(?:(?:but|and|only|wait|promote it|start|starting|begin|beginning|not|go live)\s+)*(?:in|after|for)?\s*(?:another\s+)?(${duration})\s+from now|\b(?:(?:but|and|only|wait|start|begin|not before)\s+)*in\s+(?:another\s+)?(${duration})`,
      'gi',
    ),
    read: ([words, fromNow, within], draft, { now }) => {
      const ms = durationIn(fromNow ?? within ?? '');
      keep(now === undefined ? null : now + ms, words, draft);
    },
  },
  {
    pattern: new RegExp(
      String.raw`\b(?:(?:but|and|only|wait|hold it|hold|start|starting|begin|beginning|earliest|do it|go)\s+)*(?:not before|not until|not earlier than|no earlier than|no sooner than|not|after|until|till|from|at|on|around|as of)?\s*(${moment})`,
      'gi',
    ),
    read: ([words, said = ''], draft, { now }) => {
      const at = /\bnot (?:on |at )?(?!before|until|earlier)/i.test(words.slice(0, words.length - said.length))
        ? null
        : momentOf(said, now);
      keep(at, words, draft, at === null && now !== undefined ? guesses(said, now) : []);
    },
  },
];

const keep = (at: number | null, words: string, draft: Draft, choices: string[] = []): void => {
  if (at !== null) draft.notBefore = { at, words };
  else
    draft.questions.push({
      point: 'time',
      question: `When is "${words.trim()}" exactly, and in which time zone?`,
      choices: [...choices, 'now'],
      words,
    });
};

/** The moment that was said, where day or clock and the zone leave no doubt: the next one from now. */
const momentOf = (said: string, now: RequestContext['now']): number | null => {
  const inZone = new RegExp(`(${zone})`, 'i').exec(said.replace(/\d{4}-\d{2}-\d{2}/, ''))?.[1]?.trim();
  const time = clockIn(said);
  if (now === undefined || inZone === undefined || time === null) return null;
  const offset = /^[+-]/.test(inZone) ? offsetMs(inZone) : 0;
  const midnight = midnightOf(said, now + offset);
  if (midnight === null) return null;
  const at = midnight + time - offset;
  return at > now || dayIn(said) !== null ? at : at + dayMs;
};

/** What was probably meant, in UTC. */
const guesses = (said: string, now: number): string[] => {
  const midnight = midnightOf(said, now);
  if (midnight === null) return [];
  const time = clockIn(said) ?? (/tonight|evening|night/i.test(said) ? 20 * 3_600_000 : 8 * 3_600_000);
  const at = midnight + time > now || dayIn(said) !== null ? midnight + time : midnight + time + dayMs;
  return at > now ? [`not before ${inUtc(at)}`] : [];
};

const clockIn = (said: string): number | null => {
  const text = said.replace(/\d{4}-\d{2}-\d{2}t?/i, ' ').replace(new RegExp(`${zone}`, 'gi'), ' ');
  if (/noon/i.test(text)) return 12 * 3_600_000;
  if (/midnight/i.test(text)) return 0;
  const found = /(\d{1,2})(?::(\d{2}))?(?::\d{2})?\s*([ap]m)?/i.exec(text);
  if (!found) return null;
  const [, hours = '', minutes = '0', half] = found;
  const late = /pm/i.test(half ?? '') || (half === undefined && Number(hours) < 12 && /tonight|evening|night|afternoon/i.test(said));
  const hour = (Number(hours) % (half === undefined ? 24 : 12)) + (late ? 12 : 0);
  return hour > 23 || Number(minutes) > 59 || Number(hours) > 24 ? null : (hour * 60 + Number(minutes)) * 60_000;
};

const dayIn = (said: string): string | null =>
  /tomorrow|\d{4}-\d{2}-\d{2}|week/i.exec(said)?.[0] ?? weekdays.find((name) => said.toLowerCase().includes(name)) ?? null;

const midnightOf = (said: string, now: number): number | null => {
  const today = Math.floor(now / dayMs) * dayMs;
  const date = /\d{4}-\d{2}-\d{2}/.exec(said)?.[0];
  if (date !== undefined) return Number.isNaN(Date.parse(date)) ? null : Date.parse(date);
  if (/tomorrow/i.test(said)) return today + dayMs;
  if (/week/i.test(said)) return null;
  const weekday = weekdays.findIndex((name) => said.toLowerCase().includes(name));
  return weekday < 0 ? today : today + ((weekday - new Date(today).getUTCDay() + 6) % 7) * dayMs + dayMs;
};

const offsetMs = (text: string): number => {
  const [, sign = '', hours = '', minutes = ''] = /([+-])(\d{2}):?(\d{2})/.exec(text) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
};

/** "2026-01-01 22:00 UTC". */
export const inUtc = (at: number): string => `${new Date(at).toISOString().replace('T', ' ').slice(0, 16)} UTC`;
