import { createEventLog } from '../desk/event-log.js';
import type { Answer } from '../desk/drive.js';
import type { ReleaseLine } from '../desk/line-contract.js';
import { openSharedLine } from '../desk/shared/shared-line.js';
import { environmentOf } from '../desk/shared/environment-of.js';
import type { ActiveWorkspace } from '../desk/active-workspace.js';
import type { ApprovalQuestion } from '../graph/approval-question.js';
import type { Standing } from './describe.js';
import type { Output } from './output.js';

/** Asks workers for something and tells what they do, until the release has ended or waits for somebody who is not here. */
export const followed = async (
  workspace: ActiveWorkspace,
  output: Output,
  { id, simulated }: { id: string; simulated: boolean },
  ask: (question: ApprovalQuestion) => Promise<Answer | null>,
  begin: (line: ReleaseLine) => Promise<void>,
): Promise<Standing> => {
  const { shared, store, ports } = workspace;
  if (shared === null) throw new Error('there is no database to follow a release in');
  const log = createEventLog({ first: ports.clock.now() });
  const line = await openSharedLine(workspace, shared, environmentOf(workspace.config, simulated), log);
  log.follow(({ kind, ...event }) => (kind === 'state' ? output.say(`${id}: ${event.text}`) : output.progress({ ...event, kind })), {
    release: id,
  });
  try {
    await begin(line);
    for (;;) {
      await line.settled(id);
      const question = await line.question(id);
      const row = await store.release(id);
      if (question === null) {
        const halted = row?.state === 'waiting' && row.outcome !== null;
        return halted ? { kind: 'halted', code: row.outcome ?? '', reason: row.reason } : { kind: 'ended' };
      }
      const answer = await ask(question);
      if (answer === null) return { kind: 'waiting', question };
      await line.answer(id, { digest: question.digest, ...answer });
    }
  } finally {
    await line.close();
  }
};
