/** Ways of writing an order so that a filter for plain words does not see it. Each has its reading in `understand.ts`. */
export const base64 = (text: string): string => Buffer.from(text).toString('base64');
export const hex = (text: string): string => Buffer.from(text).toString('hex');
export const percent = (text: string): string => [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
export const entities = (text: string): string => [...text].map((sign) => `&#${sign.codePointAt(0)};`).join('');
export const escapes = (text: string): string => [...text].map((sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
export const codes = (text: string): string => [...Buffer.from(text)].join(' ');
export const reversed = (text: string): string => [...text].reverse().join('');

export const rot13 = (text: string): string =>
  text.replaceAll(/[a-z]/gi, (letter) => {
    const from = letter <= 'Z' ? 65 : 97;
    return String.fromCharCode(((letter.charCodeAt(0) - from + 13) % 26) + from);
  });

/** Letters that look the same and are Cyrillic or Greek. */
export const lookAlikes: Readonly<Record<string, string>> = {
  a: 'а',
  c: 'с',
  e: 'е',
  o: 'о',
  p: 'р',
  x: 'х',
  y: 'у',
  i: 'і',
  s: 'ѕ',
  v: 'ν',
};
export const homoglyphs = (text: string): string => [...text].map((letter) => lookAlikes[letter] ?? letter).join('');
export const fullWidth = (text: string): string => text.replaceAll(/[!-~]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0));
export const spaced = (text: string): string => [...text].join('.');

/** The tag block of Unicode: drawn by nothing, read by language models. */
export const tags = (text: string): string => [...text].map((sign) => String.fromCodePoint(0xe0000 + sign.charCodeAt(0))).join('');
/** One bit per sign of no width. */
export const zeroWidth = (text: string): string =>
  [...Buffer.from(text)].map((byte) => byte.toString(2).padStart(8, '0').replaceAll('0', '\u200b').replaceAll('1', '\u200c')).join('');
/** A sign of no width within every word, so that no word is found. */
export const stitched = (text: string): string => [...text].join('\u2060');
/** Written backwards, and turned round on the screen. */
export const turned = (text: string): string => `\u202e${reversed(text)}\u202c`;
/** Bytes in variation selectors behind a harmless sign. */
export const selectors = (text: string): string =>
  `🙂${[...Buffer.from(text)].map((byte) => String.fromCodePoint(byte < 16 ? 0xfe00 + byte : 0xe0100 + byte - 16)).join('')}`;
