import type { RolloutConfig } from '../catalog/config.js';

/** A plan in words, one step each, as a person reads it before it begins. */
export const describeSteps = ({ strategy, steps, watchMs, scaleDownDelayMs }: RolloutConfig): string[] => [
  ...(strategy === 'canary' ? steps.map(stepInWords) : []),
  `100 % watched for ${seconds(watchMs)}`,
  'switch',
  ...(scaleDownDelayMs === null ? [] : [`the old version ends ${seconds(scaleDownDelayMs)} later`]),
];

const stepInWords = ({ weightPercent, mirrorPercent, pauseMs, analysis }: RolloutConfig['steps'][number]): string =>
  [
    `${weightPercent} % for ${seconds(pauseMs)}`,
    ...(mirrorPercent > 0 ? [`copies of ${mirrorPercent} % of the rest`] : []),
    ...(analysis ? ['until its analysis passes'] : []),
  ].join(', ');

const seconds = (ms: number): string => `${ms / 1_000} s`;
