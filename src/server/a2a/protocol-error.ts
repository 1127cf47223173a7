import {
  RequestMalformedError,
  TaskNotCancelableError,
  TaskNotFoundError,
  UnsupportedOperationError,
  type A2AError,
} from '@a2a-js/sdk/errors';
import { explainError, StagingError, type ErrorCode } from '../../catalog/errors.js';

/** What the protocol has a name for; everything else that a caller can mend is a malformed request, and says how. */
const named: { [C in ErrorCode]?: typeof TaskNotFoundError } = {
  RELEASE_UNKNOWN: TaskNotFoundError,
  RELEASE_ENDED: TaskNotCancelableError,
  ROLE_MISSING: UnsupportedOperationError,
};

/** An error of the desk as an error of the protocol, with code and remedy; a defect stays what it is. */
export const asProtocolError = (error: unknown): unknown => {
  if (!(error instanceof StagingError) || error.actor === 'defect') return error;
  const Named: new (options: { message: string; cause: unknown; metadata: Record<string, string> }) => A2AError =
    named[error.code] ?? RequestMalformedError;
  return new Named({ message: explainError(error), cause: error, metadata: { code: error.code, remedy: error.remedy } });
};
