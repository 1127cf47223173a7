import { z } from 'zod';
import { reason, StagingError } from '../../catalog/errors.js';
import { effectiveCount } from '../argo/assess-metric.js';
import { parseDuration } from '../argo/duration.js';
import { readTemplate, type ArgoMetric } from '../argo/template.js';
import { said } from '../scorecard/explanation.js';
import { formatDuration } from '../words.js';
import { foundIf, type Found } from './finding.js';

const analysis = z
  .looseObject({ templates: z.array(z.looseObject({ templateName: z.string() })).nullish(), startingStep: z.number().nullish() })
  .nullish();
const rolloutSchema = z.object({
  spec: z.looseObject({
    replicas: z.number().nullish(),
    revisionHistoryLimit: z.number().nullish(),
    strategy: z.object({
      canary: z
        .looseObject({
          trafficRouting: z.unknown().optional(),
          analysis,
          steps: z
            .array(
              z.looseObject({
                setWeight: z.number().nullish(),
                pause: z.looseObject({ duration: z.union([z.string(), z.number()]).nullish() }).nullish(),
                analysis,
              }),
            )
            .nullish(),
        })
        .nullish(),
      blueGreen: z
        .looseObject({
          prePromotionAnalysis: analysis,
          postPromotionAnalysis: analysis,
          previewReplicaCount: z.number().nullish(),
        })
        .nullish(),
    }),
  }),
});

type Spec = z.infer<typeof rolloutSchema>['spec'];
type Canary = NonNullable<Spec['strategy']['canary']>;
type Analysis = z.infer<typeof analysis>;
type Templates = ReadonlyMap<string, readonly ArgoMetric[]>;

/** A Rollout of Argo; templates that it names are looked for among the documents beside it. Throws POLICY_INVALID. */
export const lintRollout = (document: unknown, documents: readonly unknown[]): Found[] => {
  const parsed = rolloutSchema.safeParse(document);
  if (!parsed.success)
    throw new StagingError('POLICY_INVALID', `Failed to read the Rollout: ${reason(parsed.error)}.`, { cause: parsed.error });
  const { spec } = parsed.data;
  const { canary, blueGreen } = spec.strategy;
  const templates: Templates = new Map(documents.filter(isTemplate).map((one) => [one.metadata.name, readTemplate(one).metrics]));
  return [
    ...foundIf(
      spec.revisionHistoryLimit === 0,
      'ROLLBACK_TARGET_MISSING',
      'spec.revisionHistoryLimit',
      'no earlier revision is kept to go back to',
    ),
    ...(canary ? lintCanary(canary, spec.replicas ?? 1, templates) : []),
    ...(blueGreen ? lintBlueGreen(blueGreen, templates) : []),
  ];
};

const isTemplate = (document: unknown): document is { metadata: { name: string } } =>
  z.object({ kind: z.enum(['AnalysisTemplate', 'ClusterAnalysisTemplate']), metadata: z.object({ name: z.string() }) }).safeParse(document)
    .success;

const lintCanary = (canary: Canary, replicas: number, templates: Templates): Found[] => {
  const path = 'spec.strategy.canary';
  const steps = canary.steps ?? [];
  const background = canary.analysis;
  return [
    ...foundIf(
      !background && !steps.some((step) => step.analysis),
      'NOTHING_JUDGED',
      path,
      'neither a step nor the background has an analysis: only a person can end this canary',
    ),
    ...steps.flatMap(({ setWeight }, index) => {
      const instances = (replicas * (setWeight ?? 0)) / 100;
      return foundIf(
        !canary.trafficRouting && instances > 0 && instances < 1,
        'CANARY_BELOW_ONE',
        `${path}.steps[${index}].setWeight`,
        `${said(setWeight ?? 0)} % of ${replicas} replicas is ${said(instances)} of an instance`,
      );
    }),
    ...steps.flatMap((step, index) => lintReferences(step.analysis, `${path}.steps[${index}].analysis`, templates, true)),
    ...lintReferences(background, `${path}.analysis`, templates, false),
    ...(background ? lintBackground(background, steps, path, templates) : []),
  ];
};

const lintBackground = (
  background: NonNullable<Analysis>,
  steps: NonNullable<Canary['steps']>,
  path: string,
  templates: Templates,
): Found[] => {
  const from = background.startingStep ?? 0;
  const rest = steps.slice(from);
  const held = rest.map(({ pause }) => (pause ? pauseMs(pause.duration) : 0));
  const takes = Math.max(0, ...metricsOf(background, templates).map(durationMs));
  const total = held.reduce((sum, ms) => sum + ms, 0);
  if (steps.length > 0 && from >= steps.length)
    return [
      {
        code: 'ANALYSIS_NEVER_STARTS',
        path: `${path}.analysis.startingStep`,
        message: `there are ${steps.length} steps, and it starts at ${from}`,
      },
    ];
  return foundIf(
    total < takes,
    'SOAK_TOO_SHORT',
    `${path}.steps`,
    `the steps hold for ${formatDuration(total)}, and the analysis takes ${formatDuration(takes)}: the end of the steps ends it as Successful`,
  );
};

/** A pause without a duration lasts until a person ends it; a bare number is in seconds. */
const pauseMs = (duration: string | number | null | undefined): number => {
  if (duration === null || duration === undefined) return Infinity;
  if (typeof duration === 'number' || /^\d+$/.test(duration)) return Number(duration) * 1_000;
  return parseDuration(duration) ?? 0;
};

/** From the start to the last of the measurements that the metric needs; 0 where it has no count to reach. */
const durationMs = (metric: ArgoMetric): number => {
  const count = effectiveCount(metric);
  if (count === null || count <= 0) return 0;
  return (parseDuration(metric.initialDelay ?? '') ?? 0) + (count - 1) * (parseDuration(metric.interval ?? '') ?? 0);
};

const metricsOf = (given: NonNullable<Analysis>, templates: Templates): ArgoMetric[] =>
  (given.templates ?? []).flatMap(({ templateName }) => templates.get(templateName) ?? []);

/** Templates can live elsewhere: only a file that holds some is taken to hold all of them. */
const lintReferences = (given: Analysis, path: string, templates: Templates, mustEnd: boolean): Found[] => {
  if (!given) return [];
  const names = (given.templates ?? []).map(({ templateName }) => templateName);
  return [
    ...names.flatMap((name) =>
      foundIf(
        templates.size > 0 && !templates.has(name),
        'TEMPLATE_MISSING',
        `${path}.templates`,
        `no AnalysisTemplate here is named ${name}`,
      ),
    ),
    ...metricsOf(given, templates).flatMap((metric) =>
      foundIf(
        mustEnd && effectiveCount(metric) === null,
        'ANALYSIS_ENDLESS',
        path,
        `${metric.name} has an interval and no count: the step waits for ever`,
      ),
    ),
  ];
};

const lintBlueGreen = (given: NonNullable<Spec['strategy']['blueGreen']>, templates: Templates): Found[] => {
  const path = 'spec.strategy.blueGreen';
  const { prePromotionAnalysis: before, postPromotionAnalysis: after } = given;
  return [
    ...foundIf(!before && !after, 'NOTHING_JUDGED', path, 'no analysis runs before or after the promotion: only a person can end it'),
    ...foundIf(
      given.previewReplicaCount === 0,
      'CANARY_BELOW_ONE',
      `${path}.previewReplicaCount`,
      'the preview has no instance, and the analysis before the promotion looks at nothing',
    ),
    ...lintReferences(before, `${path}.prePromotionAnalysis`, templates, true),
    ...lintReferences(after, `${path}.postPromotionAnalysis`, templates, true),
  ];
};
