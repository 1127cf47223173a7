import type { CheckOutcome } from '../../catalog/gates.js';
import { counted } from '../words.js';
import { said, type Explanation } from './explanation.js';

export type Outcome = Extract<CheckOutcome, 'off' | 'passed' | 'warning' | 'inconclusive' | 'failed'>;

export type Objective = Explanation & { outcome: Outcome; weight: number; key: boolean };

export type ScorecardResult = {
  outcome: Exclude<Outcome, 'off'>;
  /** Percent of the weight that was earned; what is inconclusive earned nothing yet. */
  score: number;
  /** The score if everything inconclusive turned out well. */
  scoreAtBest: number;
  objectives: Objective[];
  reason: string;
  wouldChange: string;
};

const earns: Record<Outcome, number> = { off: 0, passed: 1, warning: 0.5, inconclusive: 0, failed: 0 };

/**
 * The whole from its parts. It is failed where a key objective is, or where even the best end of everything inconclusive would not
 * reach a warning; otherwise inconclusive as soon as one part is: what was not measured never passes.
 */
export const conclude = (
  objectives: readonly Objective[],
  { passPercent, warningPercent }: { passPercent: number; warningPercent: number },
): ScorecardResult => {
  const counting = objectives.filter(({ outcome, weight }) => outcome !== 'off' && weight > 0);
  const percent = (earned: (objective: Objective) => number): number => {
    const total = counting.reduce((sum, { weight }) => sum + weight, 0);
    return total === 0 ? 0 : (100 * counting.reduce((sum, objective) => sum + objective.weight * earned(objective), 0)) / total;
  };
  const score = percent(({ outcome }) => earns[outcome]);
  const scoreAtBest = percent(({ outcome }) => (outcome === 'inconclusive' ? 1 : earns[outcome]));
  const about = { score, scoreAtBest, objectives: [...objectives] };
  const key = objectives.find((one) => one.key && one.outcome === 'failed');
  if (key !== undefined)
    return {
      ...about,
      outcome: 'failed',
      reason: `the key objective ${key.name} failed: ${key.reason}`,
      wouldChange: `${key.name}: ${key.wouldChange}`,
    };
  if (counting.length === 0)
    return {
      ...about,
      outcome: 'inconclusive',
      reason: 'no objective has a rule and a weight',
      wouldChange: 'an objective with a rule and a weight',
    };
  const unknown = objectives.filter(({ outcome, weight, key }) => outcome === 'inconclusive' && (weight > 0 || key)); // the others are only shown
  if (!reaches(scoreAtBest, warningPercent))
    return {
      ...about,
      outcome: 'failed',
      reason: `the score cannot reach ${said(warningPercent)}: it is at most ${said(scoreAtBest)}`,
      wouldChange: changes(counting, 'failed'),
    };
  if (unknown.length > 0) {
    const names = unknown.map(({ name, reason }) => `${name} (${reason})`).join(', ');
    return {
      ...about,
      outcome: 'inconclusive',
      reason: `${counted(unknown.length, 'objective')} could not be judged: ${names}`,
      wouldChange: changes(unknown, null),
    };
  }
  if (reaches(score, passPercent))
    return {
      ...about,
      outcome: 'passed',
      reason: `the score ${said(score)} reaches ${said(passPercent)}`,
      wouldChange: changes(counting, 'passed'),
    };
  const outcome = reaches(score, warningPercent) ? 'warning' : 'failed';
  const reason =
    outcome === 'warning'
      ? `the score ${said(score)} is below ${said(passPercent)}`
      : `the score ${said(score)} is below ${said(warningPercent)}`;
  return {
    ...about,
    outcome,
    reason,
    wouldChange: changes(
      counting.filter((one) => one.outcome !== 'passed'),
      null,
    ),
  };
};

/** Weights such as 0.1 do not add up exactly, and a score that is the limit must not miss it for that. */
const reaches = (score: number, percent: number): boolean => score >= percent - 1e-9;

/** What would change the objectives of one outcome; null stands for all of those given. */
const changes = (objectives: readonly Objective[], outcome: Outcome | null): string =>
  objectives
    .filter((one) => outcome === null || one.outcome === outcome)
    .map(({ name, wouldChange }) => `${name}: ${wouldChange}`)
    .join('; ');
