import type { StagingConfig } from '../../catalog/config.js';
import type { Care } from '../../catalog/request.js';
import { formatDuration } from '../../gates/words.js';
import { amount, amountIn, duration, durationIn } from './amounts.js';
import type { Draft, Phrase, RequestContext } from './draft.js';

const weight = String.raw`(${amount})\s*(?:%|percent|per cent|pct\b)(?:\s+of\s+(?:the\s+)?(?:traffic|users|requests|visitors))?`;
const held = String.raw`(?:(?:\s*(?:,|and)?\s*(?:held|hold it|hold|stay there|keep it there|wait)?\s*(?:for|during|over)\s+|\s*,\s*)(?:at least\s+|about\s+|around\s+)?(${duration}))?`;

/** More care than the configuration asks for. Less is asked back about: a sentence can only add care. */
export const carePhrases: Phrase[] = [
  {
    pattern: new RegExp(
      [
        String.raw`\b(?:with |and |as |do |use |run |make )*(?:an? |the )?canar(?:y|ies)(?: (?:release|rollout|deployment|step|it|phase))?\s*(?:(?:at|of|on|with|to|is|be|should be|starting|begins?|start)\s+)*(?:only\s+)?${weight}${held}`,
        String.raw`\b(?:with |and )*(?:start(?:ing)?|begin(?:ning)?|first)\s+(?:it\s+|the (?:canary|rollout)\s+)?(?:at|with|on|to)?\s*(?:only\s+|just\s+)?${weight}${held}`,
        String.raw`\b(?:(?:with|at|and|only|just|a)\s+)*${weight}\s+canary${held}`,
        String.raw`\b(?:(?:out|only|just|first|at first)\s+)*(?:to|at|with|on)\s+(?:only\s+|just\s+)?(?=\d[\d.,]*\s*(?:%|percent)\s+of\b)${weight}(?:\s+first)?${held}(?:,?\s*(?:and )?then (?:to )?everyone)?`,
        String.raw`\b(?:give it|send it|let it have|give the candidate)\s+(?:only\s+|just\s+)?${weight}(?:\s+first)?${held}`,
      ].join('|'),
      'gi',
    ),
    read: ([words, ...groups], draft, { config }) => {
      const [weightWords = '', heldWords] = groups.filter((group) => group !== undefined);
      const weightPercent = amountIn(weightWords);
      if (!(weightPercent > 0 && weightPercent <= 100))
        return void draft.questions.push({
          point: 'care',
          question: `How much traffic shall the canary have first? ${weightPercent} % is no share.`,
          choices: ['as configured'],
          words,
        });
      const pauseMs = heldWords === undefined ? firstPauseMs(config) : durationIn(heldWords);
      wish({ canary: { weightPercent, pauseMs } }, words, draft, config);
    },
  },
  {
    pattern: new RegExp(
      [
        String.raw`\b(?:(?:and|then|please)\s+)*(?:soak|observe|watch|bake)(?:\s+(?:it|this|the candidate|time|period|staging|in staging|there))*\s*(?:for|of|:)?\s*(?:at least\s+|a full\s+|another\s+)?(${duration})`,
        String.raw`\b(?:with\s+)?(?:an? |the )?(${duration})\s*(?:of\s+)?(?:soak(?: time| period)?|observation|bake time|stability)`,
        String.raw`\b(?:if |once |when |after |until |only )*(?:it |it's |it is |it has been |everything |staging |all )*(?:is |been |stays |was |runs )*(?:healthy|stable|green|fine)\s+(?:in staging\s+)?for\s+(?:at least\s+|a full\s+)?(${duration})`,
        String.raw`\b(?:only\s+)?after\s+(${duration})(?:\s+(?:in|of|on)\s+staging)?`,
        String.raw`\b(?:let it (?:run|sit|stay|soak|bake)|keep it|leave it|stay|hold it)\s+(?:in |on )?(?:staging\s+)?(?:there\s+)?for\s+(?:at least\s+|a full\s+)?(${duration})`,
      ].join('|'),
      'gi',
    ),
    read: ([words, ...groups], draft, { config }) =>
      wish({ soakMs: durationIn(groups.find((group) => group !== undefined) ?? '') }, words, draft, config),
  },
  {
    pattern: /\b(?:as|use|do|make it|with|via|by)?\s*(?:an? |the )?blue[- /]?green\b(?:\s+(?:deployment|release|switch))?/gi,
    read: ([words], draft, { config }) => {
      if (config.rollout.strategy === 'canary')
        draft.questions.push({
          point: 'care',
          question:
            'The configuration sends traffic in steps, which is more careful than a switch at once, and a sentence can only add care. Shall it go by the configuration?',
          choices: ['as configured'],
          words,
        });
    },
  },
];

const firstPauseMs = ({ rollout }: StagingConfig): number => rollout.steps[0]?.pauseMs ?? rollout.watchMs;

const wish = (care: Care, words: string, draft: Draft, config: RequestContext['config']): void => {
  const less = lessCareful(config, care);
  if (less === null) draft.care = { ...draft.care, ...care };
  else
    draft.questions.push({
      point: 'care',
      question: `"${words.trim()}" would be less careful: ${less}, and a sentence can only add care. Shall it go by the configuration?`,
      choices: ['as configured'],
      words,
    });
};

/** Why a wish would be less careful than the configuration, or null where it is not. */
const lessCareful = ({ rollout, stability }: StagingConfig, { canary, soakMs }: Care): string | null => {
  if (soakMs !== undefined && soakMs < stability.soakMs)
    return `the configuration observes for ${formatDuration(stability.soakMs)}, which is longer than ${formatDuration(soakMs)}`;
  const first = rollout.strategy === 'canary' ? rollout.steps[0] : undefined;
  if (canary === undefined || first === undefined) return null;
  if (canary.weightPercent > first.weightPercent)
    return `the configuration begins with ${first.weightPercent} %, which is less traffic than ${canary.weightPercent} %`;
  if (canary.weightPercent === first.weightPercent && canary.pauseMs < first.pauseMs)
    return `the configuration holds ${first.weightPercent} % for ${formatDuration(first.pauseMs)}, which is longer than ${formatDuration(canary.pauseMs)}`;
  return null;
};
