import { parse } from 'yaml';
import { reason, StagingError } from '../catalog/errors.js';

const deepest = 64;

/** Throws where brackets are open in more than 64 levels: no policy has as many, and the parser's time grows with their square. */
export const checkNesting = (text: string): void => {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') depth = Math.max(0, depth - 1);
    if (depth > deepest) throw new Error('it is nested too deeply');
  }
};

/** The document in a YAML text. `what` is what it should have been. Throws POLICY_INVALID. */
export const parsePolicy = (text: string, what: string): unknown => {
  try {
    checkNesting(text);
    return parse(text, { logLevel: 'error', merge: true });
  } catch (error) {
    throw new StagingError('POLICY_INVALID', `Failed to read the ${what}: ${reason(error).split('\n')[0]}.`, { cause: error });
  }
};
