import { RE2JS } from 're2js';
import { reason } from './errors.js';

export type LinearPattern = {
  /** Somewhere in the text. */
  finds: (text: string) => boolean;
  /** All of it. */
  fits: (text: string) => boolean;
};

/**
 * A regular expression in the syntax of RE2, which Go, Argo and Istio read: without looking around and looking back, and so without a text
 * that takes longer than its length. `refused` says why it is none.
 */
export const linearPattern = (source: string): LinearPattern | { refused: string } => {
  try {
    const pattern = RE2JS.compile(source);
    return { finds: (text) => pattern.test(text), fits: (text) => pattern.testExact(text) };
  } catch (error) {
    return { refused: reason(error) };
  }
};
