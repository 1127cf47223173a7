const limit = 6_000;

/** Control characters (but newline and tab), bidi marks, zero-width characters and the tag block: invisible to a person, read by a model. */
const invisible = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/gu;

/**
 * Wraps text that came from outside so that a model can tell it from instructions: fenced with the run's nonce,
 * stripped of what is invisible, capped at 6 000 characters (the middle is left out).
 */
export const fence = (label: string, text: string, nonce: string): string => {
  const clean = text.replaceAll(invisible, '').replaceAll(nonce, '');
  const half = limit / 2;
  const capped =
    clean.length <= limit ? clean : `${clean.slice(0, half)}\n[… ${clean.length - limit} characters left out …]\n${clean.slice(-half)}`;
  return `<data ${nonce} source="${label}">\n${capped}\n</data ${nonce}>`;
};
