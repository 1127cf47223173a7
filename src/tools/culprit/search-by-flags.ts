import { candidateOf } from '../candidate.js';
import { carryOut, planFor, wayBackDoors } from '../deployment/plan.js';
import type { ToolContext } from '../run-tool.js';
import { driveSearch, recordProbe, type Measuring, type SearchResult } from './drive-search.js';
import { measureSymptom } from './measure-symptom.js';
import type { Symptom } from './symptom.js';

type Plan = { symptom: Symptom; features: readonly string[] };

/**
 * One preview of the whole candidate, and the features turned off and on in it. First all of them off: where the check fails even
 * then, flags do not reach the fault (`unreachable`), and parts must be built instead. The flags stand afterwards as they stood before.
 * They are the flags of staging: the stable version, which has none of these features, does not notice.
 */
export const searchByFlags = async (
  { symptom, features }: Plan,
  context: ToolContext,
): Promise<SearchResult & { outcome: 'searched' | 'unreachable' }> => {
  const { clock } = context.ports;
  const artifact = candidateOf(context);
  const plan = await planFor('staging', artifact, context);
  const preview = await carryOut(plan, 'deploy a preview to staging', context, (doors) => doors.deployment.deployIdle('staging', artifact));
  const measure: Measuring = async ({ features: on }) => {
    context.goOn();
    const told = { by: 'flags', artifact: artifact.digest } as const;
    if (!preview.healthy) return { ...told, outcome: 'inconclusive', detail: 'the preview does not answer its health path' };
    await carryOut(plan, 'turn flags of staging', context, async ({ flags }) => {
      for (const feature of features)
        await flags.set('staging', feature, { on: on.includes(feature), percentage: 100, by: searcher, why: whyOf(context) });
    });
    await clock.sleep(context.config.flags.settleMs);
    return { ...told, ...(await measureSymptom(symptom, { artifact, preview }, context)) };
  };
  try {
    const off = await recordProbe({ features: [], purpose: 'base' }, measure, clock);
    if (off.outcome !== 'passed') {
      const reason = `with every flag off the check is ${off.outcome}: ${off.detail}`;
      return { outcome: 'unreachable', verdict: { outcome: 'inconclusive', culprits: [], reason }, probes: [off], previews: 1 };
    }
    const found = await driveSearch({ features, nextReleaseConfirms: false }, measure, clock);
    return { outcome: 'searched', verdict: found.verdict, probes: [off, ...found.probes], previews: 1 };
  } finally {
    for (const feature of features) await putBack(feature, context);
    await wayBackDoors(context.ports).deployment.retireIdle('staging', context.config.rollout.drainMs);
  }
};

const searcher = 'culprit search';

/**
 * As the last change that was not ours left it: also when a search was cut off by a crash, or a person has turned it off meanwhile.
 * A flag that nobody has set is on for everybody, which is what an unset one means.
 */
const putBack = async (feature: string, context: ToolContext): Promise<void> => {
  const { flags } = wayBackDoors(context.ports);
  const last = (await flags.changes('staging')).findLast((change) => change.name === feature && change.by !== searcher);
  const { on, percentage } = last ?? { on: true, percentage: 100 };
  await flags.set('staging', feature, { on, percentage, by: searcher, why: `${whyOf(context)}: as it was before` });
};

const whyOf = ({ releaseId, attempt }: ToolContext): string => `looking for the culprit of release ${releaseId}, attempt ${attempt}`;
