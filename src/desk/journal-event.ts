import { z } from 'zod';
import { outcomes, stateName, type JournalRow, type StateChange } from '../blackboard/store.js';
import { recordedKinds } from '../catalog/server-config.js';
import type { DeskEvent } from './desk-contract.js';
import { sayWeight } from '../gates/words.js';

/** An event that a row of the journal holds. `sequence` is that of the row, in its release. */
export type JournalEvent = Omit<DeskEvent, 'kind' | 'routine'> & { kind: (typeof recordedKinds)[number]; routine: string | null };

const change = z.object({
  state: z.enum(['queued', 'running', 'waiting', 'ended']),
  outcome: z.enum(outcomes).nullable(),
  reason: z.string(),
});
const verdict = z.object({ evaluation: z.object({ gate: z.string(), outcome: z.string() }) });
const weight = z.object({ environment: z.string(), weight: z.number(), reason: z.string() });
const report = z.object({ says: z.string() });
const call = z.object({ args: z.record(z.string(), z.unknown()) });

/** What the rows of a kind say, as those who follow a release live hear it; null where it is not what this version writes. */
const saying: Partial<Record<JournalRow['kind'], { kind: JournalEvent['kind']; says: (row: JournalRow) => string | undefined }>> = {
  verdict: {
    kind: 'gate',
    says: ({ value }) => {
      const { data } = verdict.safeParse(value);
      return data && `${data.evaluation.gate}: ${data.evaluation.outcome}`;
    },
  },
  rollout: {
    kind: 'weight',
    says: ({ value }) => {
      const { data } = weight.safeParse(value);
      return data && sayWeight(data);
    },
  },
  evidence: {
    kind: 'tool',
    says: ({ name, value }) => {
      const { data } = call.safeParse(value);
      return data && [name, ...Object.values(data.args)].join(' ');
    },
  },
  report: { kind: 'settled', says: ({ value }) => report.safeParse(value).data?.says },
  note: {
    kind: 'state',
    says: ({ name, value }) => {
      const { data } = change.safeParse(value);
      return name === stateName && data ? sayStanding(data) : undefined;
    },
  },
};

export const eventOf = (row: JournalRow): JournalEvent | null => {
  const of = saying[row.kind];
  const text = of?.says(row);
  if (of === undefined || text === undefined) return null;
  const { release, sequence, at, agent, routine } = row;
  return { release, sequence, at, kind: of.kind, agent, routine: routine === '' ? null : routine, text };
};

/** What people are told of a release that has got to where it stands. */
export const sayStanding = ({ state, outcome, reason }: StateChange): string =>
  [state === 'ended' ? (outcome ?? state) : state, reason].filter((text) => text !== '').join(': ');
