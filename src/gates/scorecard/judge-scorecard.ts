import { counted } from '../words.js';
import { aggregates } from './aggregate.js';
import { readCard, type Card, type CardInput } from './card.js';
import { conclude, type Objective, type Outcome, type ScorecardResult } from './conclude.js';
import { operators, parseCriterion, type Criterion, type Operator } from './criterion.js';
import { decisive, distance, otherSide, said, unexplained } from './explanation.js';

/** What was measured; `samples` is how many measurements the value stands for. */
type Measured = { name: string; value: number | null; samples?: number };

/** A release before this one, newest first; only those whose outcome is `passed` become a baseline of their own accord. */
type EarlierRelease = { id: string; outcome: string; values: readonly Measured[] };

type Request = { card: CardInput; values: readonly Measured[]; history?: readonly EarlierRelease[] };

/**
 * Judges a release by weighted objectives. Criteria may be relative to the releases that passed before, or to a pinned one; where there
 * is none the objective is inconclusive, unless its other criteria decide. Throws POLICY_INVALID.
 */
export const judgeScorecard = ({ card: given, values, history = [] }: Request): ScorecardResult => {
  const card = readCard(given);
  const objectives = card.objectives.map((objective) => {
    const measured = values.find(({ name }) => name === objective.name) ?? null;
    return judgeObjective(objective, measured, baselineOf(objective.name, card.baseline, history));
  });
  return conclude(objectives, card.score);
};

type Baseline = { value: number | null; missing: string };

const baselineOf = (name: string, { release, last, aggregate }: Card['baseline'], history: readonly EarlierRelease[]): Baseline => {
  const compared =
    release === undefined
      ? history.filter(({ outcome }) => outcome === 'passed').slice(0, last)
      : history.filter(({ id }) => id === release);
  const values = compared
    .flatMap((one) => one.values.filter((value) => value.name === name).flatMap(({ value }) => value ?? []))
    .filter(Number.isFinite);
  if (values.length > 0) return { value: aggregates[aggregate](values), missing: '' };
  if (release !== undefined) return { value: null, missing: `the pinned release ${release} has no value of it` };
  return { value: null, missing: 'no earlier release that passed has a value of it' };
};

type Known = boolean | null;
type Tried = { text: string; operator: Operator; target: number; holds: boolean };

const judgeObjective = (objective: Card['objectives'][number], measured: Measured | null, baseline: Baseline): Objective => {
  const { name, pass, warning, weight, key, minSamples } = objective;
  const rule = ruleOf(pass);
  const value = measured?.value ?? null;
  const samples = measured?.samples ?? null;
  const about = { ...unexplained, name, weight, key, rule, value, samples, baseline: baseline.value };
  const told = (outcome: Outcome, reason: string, wouldChange: string): Objective => ({ ...about, outcome, reason, wouldChange });
  if (value === null || Number.isNaN(value)) return told('inconclusive', 'it has no value', 'a measured value');
  if (pass.length === 0) return told('off', `${said(value)} is only shown: it has no rule`, 'a rule');
  if (minSamples > 0 && (samples ?? 0) < minSamples)
    return told(
      'inconclusive',
      `${samples ?? 'none known'} of the ${minSamples} samples wanted`,
      `${counted(minSamples - (samples ?? 0), 'more sample')}`,
    );
  const tried = pass.map((conditions) => conditions.map((text) => tryCriterion(text, value, baseline.value)));
  const tolerated = warning.map((conditions) => conditions.map((text) => tryCriterion(text, value, baseline.value)));
  const [passes, warns] = [anyOf(tried), anyOf(tolerated)];
  const outcome = outcomeOf(passes, warns);
  if (outcome === 'inconclusive') {
    const open = passes === null ? rule : ruleOf(warning);
    return told(
      'inconclusive',
      `"${open}" is relative, and ${baseline.missing}`,
      'a release that passed, or a pinned one, to compare with',
    );
  }
  // What decides: of a pass only an alternative that holds, of anything else any that is known.
  const nearest = nearestOf(value, passes === true ? tried.filter((conditions) => conditions.every((one) => one?.holds)) : tried);
  if (nearest === null) return told('inconclusive', `"${rule}" cannot be compared with`, 'another rule');
  const { holds, target, text } = nearest;
  const spared = outcome === 'failed' ? nearestOf(value, tolerated) : null;
  return {
    ...about,
    outcome,
    target,
    margin: holds ? Math.abs(value - target) : -Math.abs(value - target),
    reason: `${distance(value, target)}, the limit of "${text}"${outcome === 'warning' ? '; the warning rule accepts it' : ''}`,
    wouldChange: spared === null ? otherSide(nearest) : `${otherSide(spared)} for a warning, ${otherSide(nearest)} to pass`,
  };
};

const ruleOf = (alternatives: readonly (readonly string[])[]): string =>
  alternatives.map((conditions) => conditions.join(' and ')).join(', or ') || 'none';

const nearestOf = (value: number, tried: readonly (readonly (Tried | null)[])[]): Tried | null =>
  decisive(
    value,
    tried.map((conditions) => conditions.filter((one) => one !== null)),
  );

const outcomeOf = (passes: Known, warns: Known): Outcome => {
  if (passes !== false) return passes === null ? 'inconclusive' : 'passed';
  return warns === null ? 'inconclusive' : warns ? 'warning' : 'failed';
};

/** Alternatives of conditions in three-valued logic (Kleene): null is not known. */
const anyOf = (alternatives: readonly (readonly (Tried | null)[])[]): Known => {
  const each = alternatives.map((conditions): Known => {
    if (conditions.some((one) => one?.holds === false)) return false;
    return conditions.includes(null) ? null : true;
  });
  return each.includes(true) ? true : each.includes(null) ? null : false;
};

/** Null for a relative criterion without a baseline. */
const tryCriterion = (text: string, value: number, baseline: number | null): Tried | null => {
  const criterion = parseCriterion(text);
  if ('error' in criterion) return null; // the card was read: none is left
  const target = targetOf(criterion, baseline);
  return target === null ? null : { text, operator: criterion.operator, target, holds: operators[criterion.operator](value, target) };
};

/** A percentage is of the size of the baseline, so that `<=+10%` of -20 is -18 and not -22. */
const targetOf = ({ relative, sign, value }: Criterion, baseline: number | null): number | null => {
  if (relative === null) return value;
  if (baseline === null) return null;
  return baseline + sign * (relative === 'percent' ? (Math.abs(baseline) * value) / 100 : value);
};
