import type { Check, GateEvaluation } from '../catalog/fields.js';

/**
 * Compares a verdict that was written down with the one that its evidence gives now. Null when they are the same, otherwise the
 * first difference in words. Only `at` may differ: the time of asking decides nothing.
 */
export const sameVerdict = (recorded: GateEvaluation, recomputed: GateEvaluation): string | null => {
  const { at: _recordedAt, checks: recordedChecks, ...recordedGate } = recorded;
  const { at: _recomputedAt, checks: recomputedChecks, ...recomputedGate } = recomputed;
  return (
    firstDifference(`${recorded.gate} gate`, recordedGate, recomputedGate) ??
    firstDifference(`${recorded.gate} gate`, { checks: namesOf(recordedChecks) }, { checks: namesOf(recomputedChecks) }) ??
    recordedChecks
      .map((check, index) => firstDifference(check.check, check, recomputedChecks[index] ?? {}))
      .find((difference) => difference !== null) ??
    null
  );
};

const namesOf = (checks: readonly Check[]): string[] => checks.map((check) => check.check);

/** Values are compared as the JSON that the journal keeps. */
const firstDifference = (of: string, recorded: object, recomputed: object): string | null => {
  const [before, after] = [new Map(Object.entries(recorded)), new Map(Object.entries(recomputed))];
  const key = [...new Set([...before.keys(), ...after.keys()])].find((name) => said(before.get(name)) !== said(after.get(name)));
  if (key === undefined) return null;
  return `the ${key} of the ${of} was recorded as ${said(before.get(key))}, and its evidence gives ${said(after.get(key))}`;
};

const said = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));
