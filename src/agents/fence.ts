import { redact } from '../catalog/redact.js';

const limit = 6_000;

/**
 * Invisible to a person, read by a model: control characters (but newline and tab), bidi marks, characters of no width, tags, variation
 * selectors, and halves of a surrogate pair, which no provider takes.
 */
const invisible = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * Wraps text that came from outside so that a model can tell it from instructions: fenced with the run's nonce,
 * stripped of what is invisible and of secrets, capped at 6 000 characters (the middle is left out).
 */
export const fence = (label: string, text: string, nonce: string): string => {
  const clean = redact(text.replaceAll(invisible, '')).replaceAll(nonce, '…'); // a sign in its place, so that what stood around it does not make another
  const half = limit / 2;
  const capped =
    clean.length <= limit ? clean : `${clean.slice(0, half)}\n[… ${clean.length - limit} characters left out …]\n${clean.slice(-half)}`;
  return `<data ${nonce} source="${label}">\n${capped}\n</data ${nonce}>`;
};
