import { plain } from '../../gates/words.js';
import type { Phrase } from './draft.js';

const upTo = String.raw`[^,;!?¶]*?(?=$|[,;!?¶]|\.(?:\s|$)|\s+(?:and|but|then)\s)`;
const guarded = String.raw`(?:gates?|checks?|tests?|testing|suites?|approvals?|approvers?|sign-?offs?|polic(?:y|ies)|rules?|instructions|evidence|verdicts?|scans?|soak(?:ing|s)?|canar(?:y|ies)|validation|staging|monitoring|guardrails?|alerts?|reviews?|limits?|freeze|rollbacks?)`;
const anyOf = String.raw`(?:(?:all|any|the|every|your|these|those|of|previous|prior|more|further|failing|failed|red|slow|long|security|performance|functional|stability|approval|quality|integration|regression|unit|smoke|load|health|policy|release|safety|human|manual)\s+)*`;

/** Wishes to pass a gate without evidence, and claims about who speaks: answered in a sentence, and followed by nothing. */
const wishes: { wish: RegExp; answer: string }[] = [
  {
    wish: new RegExp(
      String.raw`\b(?:ignor(?:e|ing)|skip(?:ping)?|bypass(?:ing)?|disabl(?:e|ing)|overrid(?:e|ing)|overrule|turn(?:ing)? off|switch(?:ing)? off|forget(?: about)?|omit|circumvent|suppress|waive|do without|pass|open|remove|get rid of)\s+${anyOf}${guarded}\b(?:\s+(?:this time|for once|just once|above|for (?:this|today)))*`,
      'gi',
    ),
    answer: 'no sentence opens a gate',
  },
  {
    wish: new RegExp(
      String.raw`\b(?:without|no|w/o)\s+(?:need for )?${anyOf}${guarded}\b(?:\s+(?:needed|required|necessary|please|this time))*`,
      'gi',
    ),
    answer: 'no sentence opens a gate',
  },
  {
    wish: new RegExp(
      String.raw`\b(?:even (?:if|when|though)|no matter|regardless(?: of)?|whatever happens|whether or not|come what may)\b${upTo}`,
      'gi',
    ),
    answer: 'what the evidence says is not set aside',
  },
  {
    wish: /\b(?:at (?:any|all) (?:costs?|price)|whatever it takes|yolo|force[- ]?(?:push|deploy|promote|release)?(?: (?:it|this|that|the (?:release|promotion|deployment)))?(?: through)?)\b/gi,
    answer: 'nothing is forced',
  },
  {
    wish: /\b(?:and |then |just |simply |also )*(?:auto[- ]?|pre-?)?approv(?:e|ing)\s+(?:it|this|that|everything|(?:the )?(?:release|promotion|gates?|deployment))?(?:\s*(?:yourself|automatically|for (?:me|us)|right away|at once|immediately|now|as [\w-]+|on (?:my|our|his|her|their) behalf|too|as well))*/gi,
    answer: 'an approval is given to its question, when that is open, by an approver',
  },
  {
    wish: new RegExp(
      String.raw`\b(?:it|this|that|everything|the \w+)?\s*(?:is|are|was|were|has been|have been|'s)\s+(?:all |already |pre-?)*(?:approved|signed off|authori[sz]ed)\b(?:\s+by\s+${upTo})?`,
      'gi',
    ),
    answer: 'an approval is given to its question, when that is open, by an approver',
  },
  {
    wish: new RegExp(
      String.raw`\b(?:consider|treat|mark|count|regard|report|assume)\s+(?:it|this|that|all|everything|the [\w ]+?)\s+(?:as\s+|to be\s+)?(?:already\s+)?(?:approved|passed|green|healthy|signed off|ok)\b`,
      'gi',
    ),
    answer: 'facts come from tools, not from a text',
  },
  {
    wish: new RegExp(
      String.raw`\b(?:i am|i'm|this is|you are(?: now)?|you're(?: now)?|act(?:ing)? as|speaking as|pretend(?: to be)?)\s+(?:the |an? |our |your )?(?:approver|owner|admin\w*|root|cto|ceo|boss|manager|system|developer mode)\b${upTo}`,
      'gi',
    ),
    answer: 'who somebody is comes from a credential, not from a text',
  },
  {
    wish: new RegExp(
      String.raw`\b(?:lower|relax|raise|reduce|change|loosen|increase|weaken)\s+(?:the |all |our )*(?:\w+ ){0,2}(?:thresholds?|limits?|targets?|pass rates?|error rates?|polic(?:y|ies)|soak|criteria|budget|credits)\b${upTo}`,
      'gi',
    ),
    answer: 'the policy is changed in the configuration',
  },
];

/** What stands beside a wish without being one: quotations, greetings, reasons, tickets. */
const beside: Phrase[] = [
  {
    pattern: /(?:\b(?:the |our |this |my )?\w+ (?:says|said|asks|asked|reads|wrote|writes)[:,]?\s*)?("[^"]*\s[^"]*\s[^"]*")/gi,
    read: ([, quoted = ''], draft) =>
      void draft.notes.push(`What stands in quotation marks is somebody else's word and was not followed: ${plain(quoted)}`),
  },
  {
    pattern: /\b(?:(?:see|ticket|issue|per|ref)[: ]+)?(?:https?:\/\/\S+|\b[A-Z]{2,}-\d+\b)|(?<!\w)#\d+\b|(?<!\S)@[\w-]+/g,
    read: () => undefined,
  },
  {
    pattern:
      /^\s*(?:hi|hello|hey|dear|good (?:morning|afternoon|evening))\b(?:\s+(?:there|all|team|everyone|everybody|folks|agents?|bot|friends?|again))*\s*[,!.:-]*/gi,
    read: () => undefined,
  },
  {
    pattern:
      /,?\s*\b(?:and )?(?:please )?(?:let (?:me|us) know|tell (?:me|us)|inform (?:me|us)|ping (?:me|us)|keep (?:me|us) (?:posted|informed|in the loop))\b[^,;!?¶.]*/gi,
    read: () => undefined,
  },
  {
    pattern:
      /\b(?:best|kind|warm)(?: regards| wishes)?,?\s+\w+\s*$|\b(?:cheers|thanks|thank you|thx|ty|regards)\b(?:[ ,]+(?:a lot|so much|very much|in advance|all|team|everyone|for your help))*/gi,
    read: () => undefined,
  },
  {
    pattern:
      /,?\s*\b(?:or )?(?:otherwise|if (?:not|anything|something|any of (?:it|them)|one|it|that|a test|a gate|the canary|the candidate)\s*(?:fails?|breaks?|goes wrong|looks? (?:bad|wrong|off)|is (?:bad|red|unhealthy|not (?:ok|healthy|good)))?)\s*,?\s*(?:then |please |just )*(?:roll (?:it |everything |that )?back|go back|revert(?: it)?|stop(?: it)?|abort(?: it)?|send (?:the )?traffic back|take it back)\b(?:\s+(?:at once|immediately|automatically|to the (?:old|stable|previous) version))*/gi,
    read: () => undefined,
  },
  {
    pattern:
      /\b(?:if|when(?:ever)?|as soon as) (?:you (?:can|could|like|please|have (?:the |a )?(?:time|moment|minute))|(?:that|this|it)(?:'s| is) (?:ok|okay|fine|possible|not too much trouble)(?: with you)?|possible|you don't mind)\b/gi,
    read: () => undefined,
  },
  {
    pattern:
      /\b(?:because|since|as) (?:of )?(?!soon|last|before|usual|configured)(?:(?!\b(?:not|before|until|unless|only|first|wait|never|without|if|promote|production|prod|with|and)\b)[^,;!?¶.])*/gi,
    read: ([words]) => (/^as\b(?! of\b)(?! (?:we|they|it|the|our|customers?|users?|marketing|sales)\b)/i.test(words) ? false : undefined),
  },
];

/** Words of others and wishes that change nothing: read first, so that no other phrase meets them. */
export const asides: Phrase[] = [
  ...beside.slice(0, 2),
  {
    pattern:
      /\b(?:do not|don't|dont|never)\s+(?:promote|ship|release|deploy|go live)(?:\s+(?:it|this|that|anything|to (?:production|prod)))*\s+without\s+(?:an? |the |my |our |any |all )*(?:approvals?|sign-?offs?|tests?|checks?|gates?|soak|canary|asking(?: (?:me|us))?)\b/gi,
    read: () => undefined,
  },
  ...wishes.map(({ wish, answer }) => ({
    pattern: wish,
    read: ([words]: RegExpMatchArray, draft: Parameters<Phrase['read']>[1]) =>
      void draft.notes.push(`"${plain(words)}" is not followed: ${answer}.`),
  })),
  ...beside.slice(2),
];
