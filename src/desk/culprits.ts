import type { Board, FieldValue } from '../catalog/fields.js';
import { isOpen } from '../gates/evaluate-gate.js';

type Search = FieldValue<'culprit_search'>[number];

/**
 * The searches of a release, each with whether its verdict has stood: where the release without the culprit was to be the control,
 * true once that has passed what failed, false when it failed it as well, null while neither is known.
 */
export const culpritsOf = (board: Board) =>
  (board.culprit_search ?? []).map(({ id: _id, ...search }) => ({
    ...search,
    confirmed: search.outcome !== 'found' ? null : search.confirmedBy === 'next_release' ? standsAfter(search, board) : true,
    dropped: (board.dropped_features ?? []).some((one) => one.attempt === search.attempt && search.culprits.includes(one.feature)),
  }));

const standsAfter = ({ kind, attempt }: Pick<Search, 'kind' | 'attempt'>, board: Board): boolean | null => {
  const gate = kind === 'suite' ? 'functional' : kind === 'load' ? 'performance' : null;
  if (gate !== null) {
    const verdict = board.gate_evaluations?.findLast((one) => one.gate === gate && one.attempt > attempt);
    return verdict === undefined ? null : isOpen(verdict.outcome) ? true : verdict.outcome === 'failed' ? false : null;
  }
  if (kind === 'build') return board.feature_artifacts?.some((one) => one.attempt > attempt) ? true : null;
  const deployed = board.deployment_history?.find((one) => one.attempt > attempt && one.environment === 'staging');
  return deployed === undefined ? null : deployed.status === 'success';
};

type Told = ReturnType<typeof culpritsOf>[number];

/** A search in two lines for people. */
export const describeCulprit = (search: Told): string[] => {
  const stands = { true: 'confirmed', false: 'withdrawn: the release without it failed as well', null: 'not confirmed yet' }[
    String(search.confirmed) as 'true' | 'false' | 'null' // the three values of a nullable boolean
  ];
  const headline = {
    found: `culprit: ${search.culprits.join()} (${stands})${search.dropped ? ', dropped' : ''}`,
    interaction: `culprits together: ${search.culprits.join(' with ')}`,
    none_of_them: 'culprit: none of the features',
    inconclusive: 'culprit: cannot be named',
    not_searched: 'culprit: not searched',
  }[search.outcome];
  return [headline, `${search.check} failed; ${search.reason} (${search.probes} probes, ${search.previews} previews)`];
};
