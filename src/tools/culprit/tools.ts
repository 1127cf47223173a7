import type { ToolResult } from '../../catalog/tools.js';
import { newest } from '../candidate.js';
import type { ToolContext, ToolTable } from '../run-tool.js';
import { gatherClues } from './gather-clues.js';
import { searchByFlags } from './search-by-flags.js';
import { searchByParts } from './search-by-parts.js';
import { symptomOf } from './symptom.js';
import { wantedFeatures } from './wanted-features.js';

/** The search for the feature that makes a release fail: by flags where every feature has one, else by building parts of them. */
export const culpritTools: ToolTable<'gather_clues' | 'find_culprit'> = {
  gather_clues: (_, context) => gatherClues(context),
  find_culprit: async (_, context) => {
    const features = wantedFeatures(context);
    if (context.request.services !== undefined)
      return notSearched(
        { check: 'none', kind: 'none', features },
        'several services went together, and a part of the features says nothing of the others',
      );
    const symptom = symptomOf(context.all, context.attempt, context.config);
    const about = { check: symptom.check, kind: symptom.kind, features };
    if (context.request.develop !== undefined)
      return notSearched(about, 'a feature was developed for this release itself, and no part of the others holds it');
    const frozen = newest(context, 'roll_back')?.data.environments.some((one) => one.frozen !== null) ?? false;
    if (frozen) return notSearched(about, 'the release is frozen, and a preview would take the place of the version that stands by');
    if (features.length < 2)
      return notSearched(about, `${features.length === 0 ? 'no feature' : 'one feature'}: there is nobody to tell apart`);
    if (symptom.kind === 'none') return notSearched(about, symptom.why);
    const plan = { symptom, features };
    const byFlags = isGuarded(features, context) && symptom.kind !== 'build' ? await searchByFlags(plan, context) : null;
    const told = byFlags !== null && byFlags.outcome !== 'unreachable';
    const heavy = heavyMigration(context);
    if (!told && heavy !== null)
      return notSearched(about, `its database migration is ${heavy}: a part of the features must not be started on that data`);
    const found = told ? byFlags : await searchByParts(plan, context);
    const before = byFlags !== null && byFlags !== found ? byFlags : { probes: [], previews: 0 };
    const { outcome, culprits, reason } = found.verdict;
    return {
      ...about,
      outcome,
      culprits: [...culprits],
      confirmedBy: found.verdict.outcome === 'found' ? found.verdict.confirmedBy : null,
      reason,
      previews: before.previews + found.previews,
      probes: [...before.probes, ...found.probes],
    };
  },
};

/** The declared kind of a migration that other builds than the candidate's may not live with; null where there is none. */
const heavyMigration = (context: ToolContext): string | null => {
  const migration = newest(context, 'migrate_database')?.data;
  const declared = migration?.status === 'applied' ? migration.kind : undefined;
  return declared === undefined || declared === 'compatible' || declared === 'undeclared' ? null : declared;
};

const isGuarded = (features: readonly string[], { config }: ToolContext): boolean =>
  config.flags.guarded === 'all' || features.every((feature) => config.flags.guarded.includes(feature));

type About = Pick<ToolResult<'find_culprit'>, 'check' | 'kind' | 'features'>;

const notSearched = (about: About, reason: string): ToolResult<'find_culprit'> => ({
  ...about,
  outcome: 'not_searched',
  culprits: [],
  confirmedBy: null,
  reason,
  previews: 0,
  probes: [],
});
