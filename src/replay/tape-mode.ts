import { StagingError } from '../catalog/errors.js';

/**
 * `replay` answers from the file and reaches nothing else; `record` asks the real endpoint and writes a new file; `update` asks it only
 * for what is stale or missing, and drops what is unused; `off` does nothing at all.
 */
export const tapeModes = ['replay', 'record', 'update', 'off'] as const;
export type TapeMode = (typeof tapeModes)[number];

/** The variable that `langgraph-staging tape update` sets for the command that it runs. */
export const modeVariable = 'LANGGRAPH_STAGING_TAPE';

/** The caller's choice, else the variable's, else `replay`, which is the only one where CI is set. Throws TAPE_MODE_REFUSED. */
export const tapeMode = (asked: string | undefined, environment: NodeJS.ProcessEnv = process.env): TapeMode => {
  const choice = asked ?? (environment[modeVariable] || 'replay');
  const mode = tapeModes.find((one) => one === choice);
  if (mode === undefined)
    throw new StagingError(
      'TAPE_OPTIONS_INVALID',
      `Failed to open the tape: there is no mode "${choice}"; there are ${tapeModes.join(', ')}.`,
    );
  const ci = environment['CI'];
  if (mode !== 'replay' && ci && ci !== 'false' && ci !== '0')
    throw new StagingError('TAPE_MODE_REFUSED', `Failed to open the tape: mode "${mode}" is refused where CI is set.`);
  return mode;
};
