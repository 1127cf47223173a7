/** What the failing check said of a set of features. `inconclusive`: it could not be measured. */
export type ProbeOutcome = 'passed' | 'failed' | 'inconclusive';

/** Why a set is measured: to halve the suspects, to confirm what the halves say, to try the version alone, to find a partner. */
type ProbePurpose = 'bisect' | 'control' | 'base' | 'partner';

export type Probe = { features: readonly string[]; purpose: ProbePurpose };

export type CulpritVerdict =
  /** `confirmedBy`: it fails alone; the others pass without it; or that is left to the next release, which is the others. */
  | { outcome: 'found'; culprits: [string]; confirmedBy: 'alone' | 'without' | 'next_release'; reason: string }
  /** Each passes alone, and the two together fail. */
  | { outcome: 'interaction'; culprits: [string, string]; reason: string }
  /** It fails without any of them: the version itself, or what it runs on. */
  | { outcome: 'none_of_them'; culprits: []; reason: string }
  | { outcome: 'inconclusive'; culprits: []; reason: string };

export type SearchPlan = {
  features: readonly string[];
  /** Whether the next release is the features without the culprit: then it is a control that costs nothing here. */
  nextReleaseConfirms: boolean;
};

/**
 * Finds which of the features makes a check fail that is known to fail with all of them. Pure: what has been measured so far goes in,
 * the next set to measure or the verdict comes out.
 *
 * Halving as in delta debugging (Zeller and Hildebrandt, 2002): a passing set grows and a failing set shrinks until one feature
 * separates them. One culprit takes at most ceil(log2(n)) halvings and one control. The control is chosen so that a single wrong
 * measurement, that of the release included, cannot accuse a feature that has nothing to do with it: where the halves and the
 * control disagree the verdict is `inconclusive`.
 */
export const findCulprit = (plan: SearchPlan, outcomes: readonly ProbeOutcome[]): Probe | CulpritVerdict => {
  const moves = search(plan);
  let move = moves.next();
  for (const outcome of outcomes) if (!move.done) move = moves.next(outcome);
  return move.value;
};

export const isVerdict = (move: Probe | CulpritVerdict): move is CulpritVerdict => 'outcome' in move;

type Search = Generator<Probe, CulpritVerdict, ProbeOutcome>;

function* search({ features, nextReleaseConfirms }: SearchPlan): Search {
  if (features.length < 2) return inconclusive('there are not two features to tell apart');
  let passing: string[] = [];
  let suspects = [...features];
  let probes = 0;
  while (suspects.length > 1) {
    const half = suspects.slice(0, Math.ceil(suspects.length / 2));
    const outcome = yield { features: [...passing, ...half], purpose: 'bisect' };
    probes += 1;
    if (outcome === 'inconclusive') return unmeasured([...passing, ...half]);
    if (outcome === 'failed') suspects = half;
    else [passing, suspects] = [[...passing, ...half], suspects.slice(half.length)];
  }
  const culprit = suspects[0] ?? '';
  const others = features.filter((feature) => feature !== culprit);
  // The control may be left to the next release where it would be that very set, and another probe would make as many as there are features.
  const failedInProbe = passing.length < others.length;
  if (nextReleaseConfirms && failedInProbe && probes + 1 >= features.length) {
    const measured = passing.length === 0 ? 'it failed alone' : `with ${listed(passing)} the check passed, with ${culprit} added it failed`;
    return {
      outcome: 'found',
      culprits: [culprit],
      confirmedBy: 'next_release',
      reason: `${measured}; the release without it is the control`,
    };
  }
  return passing.length === 0 ? yield* withoutCulprit(culprit, others) : yield* aloneOrTogether(culprit, passing);
}

/** It failed alone: the others must pass without it, or it is not (only) its doing. */
function* withoutCulprit(culprit: string, others: readonly string[]): Search {
  const without = yield { features: others, purpose: 'control' };
  if (without === 'inconclusive') return unmeasured(others);
  if (without === 'passed') {
    const reason = `the check fails with ${culprit} alone and passes with ${listed(others)} without it`;
    return { outcome: 'found', culprits: [culprit], confirmedBy: 'without', reason };
  }
  const base = yield { features: [], purpose: 'base' };
  if (base === 'inconclusive') return unmeasured([]);
  return base === 'failed'
    ? { outcome: 'none_of_them', culprits: [], reason: 'the check fails without any of them: it is the version itself, or what it runs on' }
    : inconclusive(`it fails with ${culprit} and also with ${listed(others)} without it: more than one is bad, or the check is flaky`);
}

/** The others pass without it: it must fail alone, or it needs one of those that passed. */
function* aloneOrTogether(culprit: string, passing: readonly string[]): Search {
  const alone = yield { features: [culprit], purpose: 'control' };
  if (alone === 'inconclusive') return unmeasured([culprit]);
  if (alone === 'failed') {
    const reason = `the check passes with ${listed(passing)} and fails with ${culprit} alone`;
    return { outcome: 'found', culprits: [culprit], confirmedBy: 'alone', reason };
  }
  let clear: string[] = [];
  let partners = [...passing];
  while (partners.length > 1) {
    const half = partners.slice(0, Math.ceil(partners.length / 2));
    const outcome = yield { features: [culprit, ...clear, ...half], purpose: 'partner' };
    if (outcome === 'inconclusive') return unmeasured([culprit, ...clear, ...half]);
    if (outcome === 'failed') partners = half;
    else [clear, partners] = [[...clear, ...half], partners.slice(half.length)];
  }
  return yield* pair(culprit, partners[0] ?? '');
}

/** Named only when the two fail together and each, measured once more by itself, passes. */
function* pair(culprit: string, partner: string): Search {
  const together = yield { features: [culprit, partner], purpose: 'control' };
  if (together === 'inconclusive') return unmeasured([culprit, partner]);
  if (together === 'passed')
    return inconclusive(
      `no feature fails alone, and ${culprit} and ${partner} pass together: it takes more of them, or the check is flaky`,
    );
  for (const feature of [partner, culprit]) {
    const alone = yield { features: [feature], purpose: 'control' };
    if (alone === 'inconclusive') return unmeasured([feature]);
    if (alone === 'failed') return inconclusive(`${feature} passed in one measurement and failed alone in another: the check is flaky`);
  }
  const reason = `${culprit} and ${partner} each pass alone and fail together`;
  return { outcome: 'interaction', culprits: [culprit, partner], reason };
}

const inconclusive = (reason: string): CulpritVerdict => ({ outcome: 'inconclusive', culprits: [], reason });
const unmeasured = (features: readonly string[]): CulpritVerdict =>
  inconclusive(`the check could not be measured with ${features.length === 0 ? 'the version alone' : listed(features)}`);

const listed = (features: readonly string[]): string =>
  features.length < 2 ? features.join('') : `${features.slice(0, -1).join(', ')} and ${features.at(-1) ?? ''}`;
