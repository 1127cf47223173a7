import { HTTPException } from 'hono/http-exception';
import { errorTable, StagingError, type ErrorCode } from '../catalog/errors.js';

/** What a caller of the API is told of an error, and nothing more: no stack, and of a defect not even its words. */
export type ErrorBody = { error: { code: ErrorCode; message: string; remedy: string } };
export type ErrorStatus = 400 | 401 | 403 | 404 | 409 | 413 | 422 | 429 | 500 | 503;

const statuses: Partial<Record<ErrorCode, ErrorStatus>> = {
  TOKEN_MISSING: 401,
  SIGNATURE_WRONG: 401,
  ROLE_MISSING: 403,
  NOT_AN_APPROVER: 403,
  HOST_REFUSED: 403,
  RELEASE_UNKNOWN: 404,
  EVIDENCE_UNKNOWN: 404,
  PATH_UNKNOWN: 404,
  NOT_WAITING: 409,
  APPROVAL_STALE: 409,
  RELEASE_ENDED: 409,
  RELEASE_RUNNING: 409,
  ROLLBACK_WINDOW_OVER: 409,
  ROLLBACK_TARGET_GONE: 409,
  BODY_TOO_LARGE: 413,
  TOO_MANY_ATTEMPTS: 429,
  QUEUE_FULL: 429,
  VERSION_UNKNOWN: 422,
  FEATURE_UNKNOWN: 422,
  REPOSITORY_MISSING: 422,
  REPOSITORY_DIRTY: 422,
};

const byExit: Record<number, ErrorStatus> = { 2: 400, 5: 503, 6: 409 };

export const errorAnswer = (error: unknown): { status: ErrorStatus; body: ErrorBody } => {
  const told = toldOf(error);
  const { code, message, remedy } = told;
  return { status: statuses[code] ?? byExit[errorTable[code].exit] ?? 500, body: { error: { code, message, remedy } } };
};

const toldOf = (error: unknown): StagingError => {
  if (error instanceof StagingError && error.actor !== 'defect') return error;
  if (error instanceof HTTPException && error.status < 500)
    return new StagingError('BODY_INVALID', 'Failed to read the request: its body is not JSON.', { cause: error }); // the framework's own words are for its users
  return new StagingError('DEFECT', 'Failed to answer: something broke in langgraph-staging itself.');
};
