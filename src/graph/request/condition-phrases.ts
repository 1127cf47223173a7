import type { Draft, Phrase } from './draft.js';

const action = String.raw`(?:promot\w+|ship|release|deploy|go live|go on|go ahead|carry on|continue|proceed|take it|roll|put|push|bring|stop|keep|tell|please|only|do not|don't|never|canary|use|start|with)`;
/** Where a condition ends. */
const end = String.raw`(?=\s*(?:$|[;!?¶]|\.(?:\s|$)|,\s*(?:and |then |but )*${action}\b|\s(?:and|then|but)\s+(?:then\s+)?${action}\b|\s(?:promot\w+|go live)\b))`;
const promote = String.raw`(?:promot\w+|ship|release|deploy|go live|go to production|put it live|roll out|production|prod)`;
const onto = String.raw`(?:\s+(?:it|this|that|anything|to production|to prod|into production|live|yet|there))*`;

/**
 * Something that must hold before production and that nobody here can measure: it stays open until an approver confirms it.
 * What the gates judge anyway ("if it is healthy") is no condition of its own.
 */
export const conditionPhrases: Phrase[] = [
  condition(
    String.raw`(?:and |but )*(?:do not|don't|dont|never|not)\s+(?:yet\s+)?(?:to\s+)?(?:${promote})?${onto}\s*(?:before|until|till|unless)\s+`,
  ),
  condition(
    String.raw`(?:and |but |then |please )*(?:wait|hold(?: it)?|keep it|leave it|stay|pause|keep waiting)(?:\s+(?:there|in staging|with (?:the )?(?:promotion|production|it)))*\s+(?:for|until|till|before)\s+`,
  ),
  condition(
    String.raw`(?:and |but |then )*(?:only|not)?\s*(?:once|after|as soon as|when(?:ever)?|if|provided(?: that)?|assuming(?: that)?|on (?:the )?condition that|given that|subject to|pending|upon|only (?:with|on))\s+`,
  ),
  condition(String.raw`(?:and |but )*(?:unless)\s+`, 'unless '),
  whole(
    String.raw`(?:and |but |then |please |first )*(?:let|have|get|make sure(?: that)?|ensure(?: that)?|ask|consult|confirm(?: that| with)?|check(?: that| with)|talk to|inform|warn)\s+[^.;!?¶]+?`,
  ),
  whole(
    String.raw`(?:the |our |an? )?[\w' -]{2,60}?\s(?:must|has to|have to|needs? to|should|shall|will have to)\s+(?!be\s+(?:in|on|live)\b)[^.;!?¶,]+?`,
  ),
];

const subject = String.raw`(?:it|that|this|all|everything|things?|staging|(?:the )?(?:candidate|release|canary|service|build|version|rollout|environment|metrics|numbers|new (?:version|build|one))|(?:all |both |the |its |our |of )*(?:tests?|checks?|gates?|metrics|suites?|smoke tests?|error rates?|latency|qa tests?)(?: there| in staging)?)`;
const holds = String.raw`(?:healthy|green|ok|okay|fine|good|stable|ready|clean|well|happy|great|low|normal|in order|up|pass(?:es|ed|ing)?|open(?:s|ed)?|succe(?:ed|eds|eded|ssful)|work(?:s|ed|ing)?|hold(?:s)?|through|verified|tested|validated|allow(?:s)?(?: it)?|agree(?:s)?|go(?:es)? (?:well|green|fine)|done|complete[sd]?|approved)`;
const adverb = String.raw`(?:\s+(?:is|are|'s|was|were|has|have|been|be|all|still|also|then|looks?|stays?|remains?|seems?|turns?|comes? (?:back|out)|goes|gets?|proves?|really|completely|fully))*`;
/** What the gates judge anyway. */
const inherent = new RegExp(
  String.raw`^(?:${subject}(?:'s)?${adverb}\s+)?(?:${holds})(?:\s+(?:in|on|there|at)\s*(?:the )?(?:staging)?(?: environment)?)?(?:\s+(?:all|every|the|its)\s+(?:\w+\s+)?(?:gates?|checks?|tests?|suites?))*(?:\s+(?:and|,)\s+(?:${subject}(?:'s)?${adverb}\s+)?(?:${holds}))*$|^(?:nothing|no (?:test|gate|check|alert|error)s?)\s+(?:fails?|breaks?|fires?|is (?:red|failing|firing|wrong)|goes wrong)$|^there (?:are|is) no (?:errors?|alerts?|failures?|regressions?|breach(?:es)?|problems?)$|^(?:testing|the tests?|tests|all tests|staging|that|this|soak|the soak|validation)$`,
  'i',
);
const fails =
  /^(?:it|that|this|anything|something|one|a test|the tests?|tests?|a gate|any (?:test|gate|check)s?)\b.*\b(?:fails?|breaks?|red|wrong|bad)$/i;

function condition(lead: string, keeps = ''): Phrase {
  return {
    pattern: new RegExp(String.raw`(?:,\s*)?\b${lead}([^;!?¶]+?)${end}`, 'gi'),
    read: ([words, said = ''], draft) => {
      const named = said.replace(/^\s*(?:then|that)\s+|[,\s]+$/gi, '').trim();
      if (fails.test(named) && keeps === '') return false;
      const clears = keeps === '' && inherent.test(named);
      if (impliesPromotion.test(words)) draft.production = true;
      return clears ? undefined : open(draft, `${keeps}${named}`, words);
    },
  };
}

function whole(pattern: string): Phrase {
  return {
    pattern: new RegExp(String.raw`(?:,\s*)?\b(${pattern})${end}`, 'gi'),
    read: ([words, said = ''], draft) => {
      const named = said.trim().replace(/^(?:and|but|then|please|first)\s+/i, '');
      if (inherent.test(named.replace(/^(?:make sure|ensure|confirm|check)(?: that)?\s+/i, ''))) return undefined;
      return open(draft, named, words);
    },
  };
}

/** "Do not promote before …" asks for a promotion after it. */
const impliesPromotion = /\b(?:do not|don't|dont|never)\s+(?:yet\s+)?(?:promot\w+|go live|put it live)/i;

const open = (draft: Draft, named: string, words: string): void => {
  if (!draft.conditions.some((known) => known.condition === named)) draft.conditions.push({ condition: named, words });
};
