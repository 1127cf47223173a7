import type { ElicitResult } from '@modelcontextprotocol/sdk/types.js';
import type { z } from 'zod';
import { reason, StagingError } from '../../catalog/errors.js';
import type { Caller, DeskEvent, ReleaseDesk } from '../../desk/desk-contract.js';
import type { ApprovalQuestion } from '../../graph/approval-question.js';

/** One call of a tool: the desk, who calls as the credential tells it, and what the client can do. */
export type Call = {
  desk: ReleaseDesk;
  caller: Caller;
  /** Passes an event on to a client that asked for progress. */
  tell: (event: DeskEvent) => void;
  /** What became of the form that the person at the client was shown, as it came; null where the client cannot ask its person. */
  askPerson: ((question: ApprovalQuestion) => Promise<ElicitResult>) | null;
  signal: AbortSignal;
};

type Hints = { readOnlyHint: boolean; destructiveHint: boolean; idempotentHint: boolean; openWorldHint: boolean };

type Row<I extends z.ZodObject, O extends z.ZodObject> = {
  title: string;
  does: string;
  input: I;
  output: O;
  hints: Hints;
  run: (args: z.output<I>, call: Call) => Promise<{ text: string; data: z.output<O> }>;
};

export type Tool = Omit<Row<z.ZodObject, z.ZodObject>, 'run'> & {
  /** Throws ARGUMENTS_INVALID, and what the desk throws. */
  run: (args: unknown, call: Call) => Promise<{ text: string; data: Record<string, unknown> }>;
};

/** Types a row of the tool table, and puts its schemas before and behind it: nothing comes in or goes out that is not promised. */
export const tool = <I extends z.ZodObject, O extends z.ZodObject>(row: Row<I, O>): Tool => ({
  ...row,
  run: async (args, call) => {
    const parsed = row.input.safeParse(args ?? {});
    if (!parsed.success)
      throw new StagingError('ARGUMENTS_INVALID', `Failed to read the arguments: ${reason(parsed.error).replace(/^: /, '')}.`);
    const { text, data } = await row.run(parsed.data, call);
    return { text, data: row.output.parse(data) };
  },
});
