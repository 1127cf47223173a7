import { z } from 'zod';
import { redact } from './redact.js';

/** Who acts: `operator` configures, approves or frees something; `technical` is retried; `defect` is ours to fix. */
export type Actor = 'operator' | 'technical' | 'defect';

/** Exit codes of the command (design: "The command"). */
export const exitCodes = {
  ok: 0,
  defect: 1,
  invalid: 2,
  waiting: 3,
  notPromoted: 4,
  unreachable: 5,
  limit: 6,
} as const;

type ErrorRow = { actor: Actor; exit: (typeof exitCodes)[keyof typeof exitCodes]; remedy: string };

/** Every error that a user can meet: who acts, the exit code, and what to do next. */
export const errorTable = {
  CONFIG_NOT_FOUND: { actor: 'operator', exit: 2, remedy: 'Run `langgraph-staging init`, or pass --config FILE.' },
  CONFIG_INVALID: { actor: 'operator', exit: 2, remedy: 'Correct the named key in the configuration file.' },
  REQUEST_UNCLEAR: {
    actor: 'operator',
    exit: 2,
    remedy: 'Name the service and the version, for example: ship storefront v2.2.0 to staging.',
  },
  VERSION_UNKNOWN: { actor: 'operator', exit: 2, remedy: 'Use one of the versions that the repository has, or create the tag.' },
  FEATURE_UNKNOWN: { actor: 'operator', exit: 2, remedy: 'Push the feature branch, or correct its name.' },
  DEVELOPER_MISSING: {
    actor: 'operator',
    exit: 2,
    remedy: 'Give a language model with --model openai:NAME, or push the feature as a branch and name it in the request.',
  },
  REPOSITORY_MISSING: { actor: 'operator', exit: 2, remedy: 'Set service.repository to a git repository with at least one commit.' },
  REPOSITORY_DIRTY: { actor: 'operator', exit: 2, remedy: 'Commit or stash the named files, then release again.' },
  PORT_TAKEN: {
    actor: 'operator',
    exit: 2,
    remedy: 'Leave the port out of the configuration to have a free one chosen, or stop what listens there.',
  },
  COMMAND_MISSING: { actor: 'operator', exit: 2, remedy: 'Install the program, or correct the command in the configuration.' },
  ENVIRONMENT_NOT_READY: {
    actor: 'operator',
    exit: 5,
    remedy: 'Read the log that is named, correct the service, then `langgraph-staging resume ID`.',
  },
  STOPPING: { actor: 'operator', exit: 3, remedy: 'Go on with `langgraph-staging resume ID`.' },
  RELEASE_UNKNOWN: { actor: 'operator', exit: 2, remedy: 'List the releases with `langgraph-staging status`.' },
  RELEASE_RUNNING: { actor: 'operator', exit: 2, remedy: 'Wait for it, or end that process first.' },
  RELEASE_ENDED: { actor: 'operator', exit: 2, remedy: 'Ask for a new release.' },
  PLAN_STALE: {
    actor: 'operator',
    exit: 3,
    remedy:
      'Nothing was changed by this step. Put back what is named and `langgraph-staging resume ID`, or `langgraph-staging cancel ID` and ask for a new release, which plans on what stands there now.',
  },
  ROLLBACK_WINDOW_OVER: { actor: 'operator', exit: 2, remedy: 'Release the version before as a release of its own.' },
  ROLLBACK_TARGET_GONE: { actor: 'operator', exit: 2, remedy: 'Release the version before as a release of its own.' },
  NOT_WAITING: { actor: 'operator', exit: 2, remedy: 'See where it stands with `langgraph-staging status ID`.' },
  NOT_AN_APPROVER: { actor: 'operator', exit: 2, remedy: 'Ask one of the approvers that the configuration names.' },
  DIGEST_MISSING: { actor: 'operator', exit: 2, remedy: 'Look at the open question, and pass its digest with the answer.' },
  ARGUMENTS_INVALID: { actor: 'operator', exit: 2, remedy: 'Correct what is named; the schema of the tool lists what it takes.' },
  ANSWER_UNCLEAR: { actor: 'operator', exit: 2, remedy: 'The question is still open: approve it by its code, or reject it and say why.' },
  APPROVAL_STALE: { actor: 'operator', exit: 2, remedy: 'Look at the release again and answer the question that is open now.' },
  WAIVER_REFUSED: {
    actor: 'operator',
    exit: 2,
    remedy: 'Repair what the check found, or see docs/how-to/approvals.md for what can be waived.',
  },
  JOURNAL_WRITE_FAILED: {
    actor: 'operator',
    exit: 5,
    remedy: 'See that the state directory is a folder that can be written, with space on its disk, then `langgraph-staging resume ID`.',
  },
  FILE_WRITE_FAILED: { actor: 'operator', exit: 5, remedy: 'Correct the path, who may write there, or the space on its disk.' },
  STORE_UNREADABLE: {
    actor: 'operator',
    exit: 5,
    remedy: 'Restore the state directory from a backup, or choose another with --state-dir.',
  },
  DATABASE_UNREACHABLE: {
    actor: 'technical',
    exit: 5,
    remedy: 'See that PostgreSQL runs and lets this machine in, then `langgraph-staging resume ID`.',
  },
  DATABASE_INVALID: {
    actor: 'operator',
    exit: 2,
    remedy: 'Give --database postgres://USER@HOST:PORT/NAME, and the password in PGPASSWORD.',
  },
  DATABASE_PACKAGES_MISSING: {
    actor: 'operator',
    exit: 2,
    remedy: 'Install them beside this package: npm install pg@8 pg-boss@10 @langchain/langgraph-checkpoint-postgres@1.',
  },
  LEASE_LOST: { actor: 'technical', exit: 5, remedy: 'Nothing is to do: the worker that has the lease now goes on with the release.' },
  STORE_NEWER: { actor: 'operator', exit: 2, remedy: 'Use the version of langgraph-staging that wrote this state directory.' },
  RETENTION_UNSUPPORTED: { actor: 'operator', exit: 2, remedy: 'Use the tools of its database.' },
  EVIDENCE_UNKNOWN: {
    actor: 'operator',
    exit: 2,
    remedy: 'Use a digest that the journal of a release names; where it names this one, restore the state directory from a backup.',
  },
  TOKEN_MISSING: {
    actor: 'operator',
    exit: 2,
    remedy: 'Send `Authorization: Bearer TOKEN` with one of the tokens that `server.tokens` names.',
  },
  TOO_MANY_ATTEMPTS: { actor: 'operator', exit: 2, remedy: 'Wait, then send a credential that is known.' },
  QUEUE_FULL: {
    actor: 'operator',
    exit: 6,
    remedy: 'Wait until releases have ended or cancel some that wait, or raise `server.maxQueued`.',
  },
  TOKENS_NOT_CONFIGURED: { actor: 'operator', exit: 2, remedy: 'Name at least one token in `server.tokens`, or listen on 127.0.0.1.' },
  SIGNATURE_WRONG: { actor: 'operator', exit: 2, remedy: 'Give both sides the same secret.' },
  HOST_REFUSED: { actor: 'operator', exit: 2, remedy: 'Name the host in `server.hosts`.' },
  BODY_INVALID: { actor: 'operator', exit: 2, remedy: 'Correct what is named; /openapi.json says what it takes.' },
  BODY_TOO_LARGE: { actor: 'operator', exit: 2, remedy: 'Send less, or raise `server.maxBodyBytes`.' },
  PATH_UNKNOWN: { actor: 'operator', exit: 2, remedy: 'See /openapi.json for what there is.' },
  ROLE_MISSING: { actor: 'operator', exit: 2, remedy: 'Use a credential that has the role.' },
  MODEL_UNKNOWN: { actor: 'operator', exit: 2, remedy: 'Use --model runbook or --model openai:NAME.' },
  MODEL_UNREACHABLE: {
    actor: 'technical',
    exit: 5,
    remedy: 'Check OPENAI_API_KEY and OPENAI_BASE_URL, then `langgraph-staging resume ID`; or use --model runbook.',
  },
  SNAPSHOT_FAILED: {
    actor: 'operator',
    exit: 5,
    remedy: 'Nothing was migrated. Correct what is named, then `langgraph-staging resume ID`.',
  },
  DATA_COPY_FAILED: {
    actor: 'operator',
    exit: 2,
    remedy: 'Nothing was put in its place. Correct data.copy in the configuration, then `langgraph-staging resume ID`.',
  },
  RESTORE_FAILED: {
    actor: 'operator',
    exit: 5,
    remedy: 'The data is as it was before the attempt. Correct what is named, then `langgraph-staging resume ID`.',
  },
  SNAPSHOT_UNKNOWN: { actor: 'operator', exit: 2, remedy: 'Use one of the ids that `langgraph-staging snapshots list` shows.' },
  ADAPTER_FAILED: { actor: 'technical', exit: 5, remedy: 'See the cause, then `langgraph-staging resume ID`.' },
  ADAPTER_SILENT: {
    actor: 'technical',
    exit: 5,
    remedy:
      'See whether it runs and can be reached; where it is only slow, raise doorLimits. Then `langgraph-staging resume ID`: what it was asked is asked again, and is done once.',
  },
  ADAPTER_WRONG: {
    actor: 'technical',
    exit: 5,
    remedy: 'Nothing was built on this answer. Correct the adapter or what it talks to, then `langgraph-staging resume ID`.',
  },
  ADAPTER_DENIED: {
    actor: 'operator',
    exit: 5,
    remedy: 'Give the account that runs this the permission that is named, then `langgraph-staging resume ID`.',
  },
  ADAPTER_CLOSED: { actor: 'technical', exit: 5, remedy: 'Open the ports again, then `langgraph-staging resume ID`.' },
  PAGE_NOT_BUILT: { actor: 'operator', exit: 2, remedy: 'Run `npm run build` in the checkout of langgraph-staging.' },
  TOOL_REFUSED: {
    actor: 'operator',
    exit: 2,
    remedy:
      'Allow it in `toolPolicy` of the configuration, or go without it (docs/how-to/tool-policy.md); then `langgraph-staging resume ID`.',
  },
  LIMIT_REACHED: { actor: 'operator', exit: 6, remedy: 'Raise the limit in the configuration, then `langgraph-staging resume ID`.' },
  FIELD_NOT_OWNED: { actor: 'defect', exit: 1, remedy: 'Only the owner that the catalog names may write a field.' },
  FIELD_INVALID: { actor: 'defect', exit: 1, remedy: 'The value does not fit the schema of the catalog.' },
  EVENT_NOT_ALLOWED: { actor: 'defect', exit: 1, remedy: 'Only the routines that the catalog names may emit an event.' },
  SCENARIO_UNKNOWN: { actor: 'operator', exit: 2, remedy: 'Use one of the names that are listed, or loadScenario(file).' },
  SCENARIO_INVALID: { actor: 'operator', exit: 2, remedy: 'Correct the named key of the scenario.' },
  SCENARIO_STEP: {
    actor: 'operator',
    exit: 2,
    remedy: 'Take the steps in order: setupScenario, blackboard.set, emitEvent("swarm/started").',
  },
  FIELD_UNKNOWN: { actor: 'operator', exit: 2, remedy: 'Use a field that `langgraph-staging catalog` lists.' },
  EVENT_UNKNOWN: { actor: 'operator', exit: 2, remedy: 'Use a topic that `langgraph-staging catalog` lists.' },
  POLICY_INVALID: { actor: 'operator', exit: 2, remedy: 'Correct the named key in the policy.' },
  SAMPLES_INVALID: { actor: 'operator', exit: 2, remedy: 'Correct the named value in the data; a missing one is null.' },
  FLAG_INVALID: { actor: 'operator', exit: 2, remedy: 'See the flags with `langgraph-staging flags list`.' },
  OPTIONS_INVALID: { actor: 'operator', exit: 2, remedy: 'Correct the named option of createStagingGraph.' },
  TAPE_OPTIONS_INVALID: { actor: 'operator', exit: 2, remedy: 'Correct the named option of the tape.' },
  TAPE_MODE_REFUSED: { actor: 'operator', exit: 2, remedy: 'Record on your own machine and commit the tape; in CI it is only replayed.' },
  TAPE_NOT_FOUND: { actor: 'operator', exit: 2, remedy: 'Record it first: run the same test with LANGGRAPH_STAGING_TAPE=record.' },
  TAPE_INVALID: { actor: 'operator', exit: 2, remedy: 'Restore the file from version control, or delete it and record it again.' },
  TAPE_NEWER: { actor: 'operator', exit: 2, remedy: 'Use the version of langgraph-staging that wrote it, or a later one.' },
  TAPE_OTHER_PROGRAM: { actor: 'operator', exit: 2, remedy: 'Name the right file, or pass the `program` that it was recorded for.' },
  TAPE_STALE: {
    actor: 'operator',
    exit: 2,
    remedy: 'Run `langgraph-staging tape update FILE -- COMMAND` with the command that runs the test.',
  },
  TAPE_BUSY: { actor: 'operator', exit: 2, remedy: 'Wait until it has ended; two recordings of one file would each lose the other.' },
  TAPE_SECRET: {
    actor: 'operator',
    exit: 2,
    remedy: 'Keep the secret out of prompts and answers, revoke it if it was published, then record again.',
  },
  TAPE_WRITE_FAILED: {
    actor: 'operator',
    exit: 5,
    remedy: 'Free space on the disk or correct the permissions, then record again; the old file is as it was.',
  },
  TAPE_MISS: {
    actor: 'operator',
    exit: 2,
    remedy: 'If the change is meant, run `langgraph-staging tape update FILE -- COMMAND` with the command that runs the test.',
  },
  PG_MISSING: { actor: 'operator', exit: 2, remedy: 'Install it beside this package: npm install pg@8.' },
  TELEMETRY_MISSING: {
    actor: 'operator',
    exit: 2,
    remedy:
      'Install them beside this package: npm install @opentelemetry/sdk-trace-node@2 @opentelemetry/sdk-metrics@2 @opentelemetry/exporter-trace-otlp-http@0.223.0 @opentelemetry/exporter-metrics-otlp-http@0.223.0, or take "telemetry" out of the configuration.',
  },
  MSW_MISSING: { actor: 'operator', exit: 2, remedy: 'Install it beside this package: npm install --save-dev msw@2.' },
  TAPE_UNUSED: {
    actor: 'operator',
    exit: 2,
    remedy: 'If the program rightly asks less, `langgraph-staging tape update FILE -- COMMAND` drops what is unused.',
  },
  DEFECT: { actor: 'defect', exit: 1, remedy: 'Please report this, with the output of `langgraph-staging doctor`.' },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorTable;

/** The one error class, which holds no secret that is known or looks like one: `message` says what failed and why, `remedy` what to do next; `cause` is kept. */
export class StagingError extends Error {
  /** A program that imports this package here and requires it there has two copies of the class: an error of either is known to both. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === 'StagingError';
  }

  override readonly name = 'StagingError';
  readonly remedy: string;

  constructor(
    readonly code: ErrorCode,
    what: string,
    options: { cause?: unknown; remedy?: string } = {},
  ) {
    super(redact(what), 'cause' in options ? { cause: withoutSecrets(options.cause) } : undefined);
    this.remedy = redact(options.remedy ?? errorTable[code].remedy);
  }

  get actor(): Actor {
    return errorTable[this.code].actor;
  }

  get exitCode(): number {
    return errorTable[this.code].exit;
  }
}

/** The very same cause, unless it holds a secret, as an error of a driver may hold an address: then its words and its code without the rest. */
const withoutSecrets = (cause: unknown, depth = 0): unknown => {
  if (typeof cause === 'string') return redact(cause);
  if (!(cause instanceof Error) || depth > 4) return cause;
  const { name, message, stack = '', cause: under } = cause;
  const deeper = withoutSecrets(under, depth + 1);
  const words = [message, stack, ...Object.values(cause).filter((one) => typeof one === 'string')];
  if (deeper === under && words.every((one) => redact(one) === one)) return cause;
  const clean = new Error(redact(message), { cause: deeper });
  return Object.assign(clean, { name, stack: redact(stack), ...('code' in cause && { code: cause.code }) });
};

/** The one sentence that a person reads. */
export const explainError = (error: unknown): string =>
  error instanceof StagingError ? `${error.message} ${error.remedy}` : reason(error);

/** Why something failed, in one line. */
export const reason = (error: unknown): string => {
  if (error instanceof z.ZodError) {
    const [issue] = error.issues;
    if (issue === undefined) return 'invalid';
    return oneLine(redact(issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`));
  }
  return oneLine(redact(error instanceof Error ? error.message : String(error)));
};

const oneLine = (text: string): string => {
  const line = text
    .trim()
    .replaceAll(/\s*\n\s*/g, '; ')
    .replace(/\.$/, '');
  return line.length <= 500 ? line : `${line.slice(0, 500)} …`;
};

/** Whether a disk refused to take what was written: SQLite's words for it, and the operating system's. */
export const isWriteRefused = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  /^SQLITE_(FULL|IOERR|READONLY|CANTOPEN|BUSY)|^E(NOSPC|DQUOT|ACCES|ROFS|NOTDIR|EXIST)$/.test(String(error.code));
