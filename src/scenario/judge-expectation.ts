import type { EventTopic } from '../catalog/events.js';
import type { GateEvaluation } from '../catalog/fields.js';
import { sayVersions } from '../catalog/measurements.js';
import type { EnvironmentName, EnvironmentStatus } from '../catalog/tools.js';
import type { Criterion } from './evaluate-criteria.js';
import type { Scenario } from './scenario-schema.js';

type Seen = {
  outcome: string | null;
  because: string;
  attempts: number;
  stops: readonly string[];
  culprits: readonly string[];
  gates: readonly GateEvaluation[];
  events: readonly { topic: EventTopic }[];
  criteria: readonly Criterion[];
  environments: Record<EnvironmentName, EnvironmentStatus>;
};

/** What a scenario says of its own end, line by line, beside what came of it. */
export const judgeExpectation = (expect: Scenario['expect'], seen: Seen): Criterion[] => {
  if (expect === undefined) return [];
  const topics = seen.events.map(({ topic }) => topic);
  const unmet = seen.criteria.filter((one) => !one.met).map((one) => one.criterion);
  return [
    row('outcome', expect.outcome, seen.outcome ?? 'not started'),
    ...(expect.because === undefined
      ? []
      : [{ ...row('because', expect.because, seen.because), met: seen.because.includes(expect.because) }]),
    ...(expect.attempts === undefined ? [] : [row('attempts', String(expect.attempts), String(seen.attempts))]),
    ...(expect.stops === undefined ? [] : [row('stops', expect.stops.join(', '), seen.stops.join(', '))]),
    ...(expect.culprits === undefined ? [] : [row('culprits', expect.culprits.join(', '), seen.culprits.join(', '))]),
    ...(expect.emits.length === 0
      ? []
      : [{ ...row('emits', expect.emits.join(', '), topics.join(', ')), met: missingInOrder(topics, expect.emits) === null }]),
    ...expect.neverEmits.map((topic) => row(`never emits ${topic}`, 'not emitted', topics.includes(topic) ? 'emitted' : 'not emitted')),
    ...Object.entries(expect.gates).map(([gate, outcome]) =>
      row(`gate ${gate}`, outcome, seen.gates.find((one) => one.gate === gate)?.outcome ?? 'never evaluated'),
    ),
    ...Object.entries(expect.serves).map(
      ([environment, version]) =>
        row(`${environment} serves`, version ?? 'nothing', serving(seen.environments[environment as EnvironmentName]) ?? 'nothing'), // keys of the schema
    ),
    ...(expect.unmet === undefined ? [] : [row('unmet criteria', [...expect.unmet].sort().join(', '), unmet.sort().join(', '))]),
  ];
};

/** The first of the wanted topics that is not found after the ones before it, or null. */
export const missingInOrder = (topics: readonly string[], wanted: readonly string[]): string | null => {
  let from = 0;
  for (const topic of wanted) {
    const place = topics.indexOf(topic, from);
    if (place < 0) return topic;
    from = place + 1;
  }
  return null;
};

const serving = ({ slots, activeSlot }: EnvironmentStatus): string | null => {
  const active = slots.find((one) => one.slot === activeSlot);
  return active?.version == null ? null : sayVersions(active.version, active.services);
};

const row = (criterion: string, expected: string, actual: string): Criterion => ({ criterion, expected, actual, met: expected === actual });
