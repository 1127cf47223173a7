import type { StagingState } from '../graph/state.js';
import type { Input } from './drive.js';
import type { ActiveWorkspace } from './active-workspace.js';

/** A person ends a release that does not run: what it goes on with is the way back, and everything else that was pending is done with. */
export const endByPerson = async ({ store, ports }: ActiveWorkspace, id: string, state: StagingState, reason: string): Promise<Input> => {
  const at = ports.clock.now();
  const depth = Number.parseInt(state.events.at(-1)?.id ?? '1', 10) + 1;
  const topic = 'staging/rollback_required' as const;
  await store.append(id, [{ key: `${depth}:person`, at, agent: 'person', routine: '', kind: 'event', name: topic, value: { reason } }]);
  return {
    halt: null,
    waiting: null,
    events: [
      ...state.events.map((event: StagingState['events'][number]) => ({ ...event, handled: true })),
      { id: `${depth}.${topic}`, topic, emittedBy: 'person', reason, at, handled: false },
    ],
  };
};
