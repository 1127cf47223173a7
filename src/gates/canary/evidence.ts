import type { MetricVerdict } from '../../catalog/analysis.js';
import type { Ability } from './power.js';

export type Unit = NonNullable<MetricVerdict['unit']>;
type Change = { estimate: number; lower: number; upper: number };

/**
 * What the samples of one metric say, before anyone decides. `pHarm`: how likely so bad a canary would be if its harm were just
 * tolerable; `pSafe`: how likely so good a one; `pWorse`: so bad a one if nothing had changed. `change` is signed, `tolerated`
 * the furthest it may go either way (null: that way is not watched).
 */
export type Evidence = {
  method: string;
  unit: Unit;
  pHarm: number;
  pSafe: number;
  pWorse: number;
  change: Change;
  tolerated: { up: number | null; down: number | null };
  effect: { superiority: number; rankBiserial: number } | null;
  sides: { control: SideSummary; experiment: SideSummary };
  ability: Ability;
  /** The harm that must not go unseen, in the verdict's unit. */
  detect: number;
  notes: string[];
};

export type SideSummary = NonNullable<MetricVerdict['baseline']>;

/** A metric that cannot be weighed at all, and how many samples a side then lacks. */
export type NoEvidence = { outcome: 'errored' | 'inconclusive' | 'failed'; reason: string; sides: Evidence['sides'] | null };

/** Two one-sided results put together for the direction that is watched: harm either way counts twice, safety must hold both ways. */
export const eitherWay = (up: { pHarm: number; pSafe: number; pWorse: number }, down: typeof up): typeof up => ({
  pHarm: Math.min(1, 2 * Math.min(up.pHarm, down.pHarm)),
  pSafe: Math.max(up.pSafe, down.pSafe),
  pWorse: Math.min(1, 2 * Math.min(up.pWorse, down.pWorse)),
});

/** Too few samples, or none: never a pass. */
export const tooFew = (
  { name, minSamples, noData }: { name: string; minSamples: number; noData: 'inconclusive' | 'failed' },
  sides: Evidence['sides'],
): NoEvidence | null => {
  const { control, experiment } = sides;
  const empty = control.samples === 0 ? 'the baseline' : experiment.samples === 0 ? 'the canary' : null;
  if (empty !== null) return { outcome: noData, reason: `${empty} has no samples of ${name}`, sides };
  if (Math.min(control.samples, experiment.samples) >= minSamples) return null;
  const reason = `${control.samples} samples of the baseline and ${experiment.samples} of the canary are fewer than the ${minSamples} a side must have`;
  return { outcome: 'inconclusive', reason, sides };
};
