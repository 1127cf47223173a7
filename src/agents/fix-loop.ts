import { same } from '../blackboard/merge.js';
import { headOf } from '../catalog/services.js';
import type { FieldValue } from '../catalog/fields.js';
import { dropsCulprit } from '../tools/culprit/wanted-features.js';
import { every, latest, type SettleInput } from './settle.js';

/**
 * Whether going back to development can change anything: attempts are left, and the culprit is dropped, or the branches point
 * elsewhere than they did when this candidate was integrated, or a model can edit. The same commits would only fail again.
 */
export const canFix = (input: SettleInput): { possible: boolean; says: string } => {
  const { all, attempt, config, byPerson } = input;
  if (byPerson) return { possible: false, says: 'A person has ended it.' };
  const culprit = culpritSays(input);
  if (attempt > config.maxFixAttempts)
    return { possible: false, says: `${culprit.says}No attempt is left (${config.maxFixAttempts} allowed).` };
  if (culprit.drop) return { possible: true, says: `${culprit.says}Back to development without it.` };
  const now = latest(all, 'read_source_heads')?.data.heads;
  const integrated = every(all, 'integrate_features').findLast((item) => item.attempt === attempt)?.data;
  if (!now || !integrated) return { possible: false, says: 'There is nothing to fix it with.' };
  const beside = every(all, 'build_artifact').findLast((item) => item.attempt === attempt)?.data.integrated ?? [];
  const then = new Map<string, string>([
    ['version', integrated.base],
    ...integrated.features.map(({ feature, commit }) => [feature, commit] as const),
    ...beside.flatMap(({ service, base, features }) => [
      [headOf(service, 'version'), base] as const,
      ...features.map(({ feature, commit }) => [headOf(service, feature), commit] as const),
    ]),
  ]);
  const moved = [...then].some(([name, commit]) => now[name] !== undefined && now[name] !== commit);
  if (moved) return { possible: true, says: `${culprit.says}The branches have changed since: back to development.` };
  if (input.canEdit && culprit.measurable)
    return { possible: true, says: `${culprit.says}The developer's model is given the evidence and a worktree to fix it in.` };
  const again = 'The branches have not changed, so the same commits would fail again: push a fix and ask for a new release.';
  return { possible: false, says: `${culprit.says}${again}` };
};

/** Whether this attempt is the one before it over again: the same commits, no edit; what was carried over from it is none. */
export const isUnchanged = ({ all, attempt }: SettleInput): boolean => {
  const [before, now] = [attempt - 1, attempt].map((one) => ({
    features: every(all, 'integrate_features').findLast((item) => item.attempt === one)?.data.features,
    carried: every(all, 'integrate_features').findLast((item) => item.attempt === one)?.data.workFrom !== undefined,
    edited: every(all, 'edit_file').some((item) => item.attempt === one && item.data.status === 'done'),
  }));
  return before?.features !== undefined && same(before.features, now?.features) && now?.edited === false && (now.carried || !before.edited);
};

/** What was edited in this attempt, in words; tests among it are said, because an edited test proves less. */
export const patchSays = ({ all, attempt }: SettleInput): string => {
  const edits = every(all, 'edit_file').filter((item) => item.attempt === attempt && item.data.status === 'done');
  const paths = [...new Set(edits.map(({ data }) => data.path))];
  if (paths.length === 0) return '';
  const tests = paths.filter((path) => /(?:^|[/._-])(?:tests?|specs?|__tests__)(?:[/._-]|$)/i.test(path)).length;
  return `, patched by ${edits[0]?.data.by ?? ''} in ${paths.join(', ')}${tests > 0 ? ` (${tests} of them tests)` : ''}`;
};

/** What the search of this attempt has found, in a sentence, whether the release goes on without it, and whether a fix could be seen. */
const culpritSays = ({ found, all, attempt, request, config }: SettleInput): { says: string; drop: boolean; measurable: boolean } => {
  const earlier = every(all, 'find_culprit');
  const search = latest(found, 'find_culprit')?.data;
  const withdrawn = earlier
    .filter((item) => item.attempt < attempt && item.data.confirmedBy === 'next_release' && item.data.check === search?.check)
    .map(({ data }) => `${data.culprits.join()} is withdrawn as the culprit: ${data.check} fails without it as well. `)
    .join('');
  const measurable = search !== undefined && search.kind !== 'none';
  if (search === undefined || search.outcome === 'not_searched') return { says: withdrawn, drop: false, measurable };
  const drop = search.outcome === 'found' && dropsCulprit({ request, config });
  const [named = '', other = ''] = search.culprits;
  const ask = drop ? '' : ' Ask for the release without it, or say "drop what fails".';
  const says = {
    found: `The ${search.confirmedBy === 'next_release' ? 'suspect' : 'culprit'} is ${named}: ${search.reason}.${ask} `,
    interaction: `${named} and ${other} do not work together: ${search.reason}. Ask for the release with one of them. `,
    none_of_them: `No feature is the culprit: ${search.reason}. `,
    inconclusive: `No culprit can be named: ${search.reason}. `,
  }[search.outcome];
  return { says: `${withdrawn}${says}`, drop, measurable };
};

/** The search of this attempt as the blackboard shows it; nothing where nobody was looked for. */
export const culpritSearchOf = ({ found, attempt, id }: SettleInput): { culprit_search?: FieldValue<'culprit_search'> } => {
  const search = latest(found, 'find_culprit');
  if (search === null || search.data.outcome === 'not_searched') return {};
  const { probes, features: _features, ...told } = search.data;
  return { culprit_search: [{ id: id('culprit', attempt), attempt, ...told, probes: probes.length, evidence: [search.digest] }] };
};
