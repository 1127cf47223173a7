import type { Probe } from '../../rollout/find-culprit.js';
import { carryOut, planFor, wayBackDoors } from '../deployment/plan.js';
import type { Artifact, Ports } from '../ports.js';
import type { ToolContext } from '../run-tool.js';
import { driveSearch, recordProbe, type Measuring, type SearchResult } from './drive-search.js';
import { measureSymptom, type Measured } from './measure-symptom.js';
import type { Symptom } from './symptom.js';
import { dropsCulprit } from './wanted-features.js';

type Plan = { symptom: Symptom; features: readonly string[] };
type Part = { artifact: Artifact } | { refused: Measured };

/**
 * Integrates and builds parts of the features and measures only what failed: on the artifact where that is enough, else on a preview
 * in staging's idle slot. There is one such slot, so previews come one after the other. A part that is measured again is not built again.
 */
export const searchByParts = async ({ symptom, features }: Plan, context: ToolContext): Promise<SearchResult> => {
  const { clock } = context.ports;
  const onPreview = symptom.kind === 'load' || symptom.kind === 'traffic' || (symptom.kind === 'suite' && symptom.target === 'preview');
  const parts = new Map<string, Promise<Part>>();
  let deployed = '';
  let previews = 0;
  const partOf = (probe: Probe): Promise<Part> => {
    const key = JSON.stringify(probe.features);
    const part = parts.get(key) ?? buildPart(probe.features, parts.size + 1, symptom, context);
    parts.set(key, part);
    return part;
  };
  const measure: Measuring = async (probe) => {
    context.goOn();
    const by = onPreview ? 'preview' : 'artifact';
    const part = await partOf(probe);
    if ('refused' in part) return { by: 'artifact', artifact: '', ...part.refused };
    const { artifact } = part;
    if (!onPreview) return { by, artifact: artifact.digest, ...(await measureSymptom(symptom, { artifact, preview: null }, context)) };
    const plan = await planFor('staging', artifact, context);
    const inStaging = <T>(act: (doors: Pick<Ports, 'deployment'>) => Promise<T>) =>
      carryOut(plan, 'measure a part in staging', context, act);
    const migration = await inStaging((doors) => doors.deployment.migrate('staging', artifact));
    if (migration.status === 'failed') return { by, artifact: artifact.digest, outcome: 'inconclusive', detail: migration.output };
    const preview = await inStaging((doors) => doors.deployment.deployIdle('staging', artifact));
    if (artifact.digest !== deployed) previews += 1;
    deployed = artifact.digest;
    if (!preview.healthy) return { by, artifact: artifact.digest, outcome: 'inconclusive', detail: preview.detail };
    return { by, artifact: artifact.digest, ...(await measureSymptom(symptom, { artifact, preview }, context)) };
  };
  try {
    const calibration = symptom.kind === 'load' ? await recordProbe({ features: [], purpose: 'base' }, measure, clock) : null;
    if (calibration !== null && calibration.outcome !== 'passed')
      return { verdict: withoutYardstick(calibration), probes: [calibration], previews };
    const found = await driveSearch({ features, nextReleaseConfirms: nextReleaseConfirms(context) }, measure, clock);
    return { verdict: found.verdict, probes: calibration === null ? found.probes : [calibration, ...found.probes], previews };
  } finally {
    if (previews > 0) await wayBackDoors(context.ports).deployment.retireIdle('staging', context.config.rollout.drainMs);
  }
};

/** A load test says as much of the machine as of the features: first the version alone must meet the targets, here and now. */
const withoutYardstick = ({ outcome, detail }: SearchResult['probes'][number]): SearchResult['verdict'] => {
  const reason = `the version without any of them does not meet the targets either: ${detail}`;
  return outcome === 'failed' ? { outcome: 'none_of_them', culprits: [], reason } : { outcome: 'inconclusive', culprits: [], reason };
};

/** Only a release that will be made can be a control. */
const nextReleaseConfirms = (context: ToolContext): boolean => dropsCulprit(context) && context.attempt <= context.config.maxFixAttempts;

/** One part, in a worktree of its own that goes when the artifact is kept. Where the build is what failed, it is the measurement. */
const buildPart = async (features: readonly string[], number: number, symptom: Symptom, context: ToolContext): Promise<Part> => {
  const { ports, attempt, request } = context;
  const releaseId = `${context.releaseId}.culprit-${attempt}-${number}`;
  try {
    const integration = await ports.source.integrate({ releaseId, attempt, version: request.version, features });
    if (integration.status === 'conflict') return refused('inconclusive', 'this part of the features does not merge');
    const built = await ports.source.build(integration);
    if (built.status === 'built') return { artifact: { version: request.version, digest: built.digest, path: built.path } };
    return refused(symptom.kind === 'build' ? 'failed' : 'inconclusive', built.output.trim().split('\n').at(-1) ?? 'the build failed');
  } finally {
    await ports.source.clean(releaseId);
  }
};

const refused = (outcome: Measured['outcome'], detail: string): Part => ({ refused: { outcome, detail } });
