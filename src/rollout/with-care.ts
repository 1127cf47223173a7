import type { RolloutConfig, StagingConfig } from '../catalog/config.js';
import type { Care, ReleaseRequest } from '../catalog/request.js';

/** The configuration as one release runs it: with the care that its request asks for on top. Pure, and never below the configuration. */
export const withCare = (config: StagingConfig, request: Pick<ReleaseRequest, 'care'> | null): StagingConfig => {
  const care = request?.care;
  if (care === undefined) return config;
  return {
    ...config,
    rollout: care.canary ? { ...config.rollout, strategy: 'canary', steps: stepsWith(config.rollout, care.canary) } : config.rollout,
    stability: { ...config.stability, soakMs: Math.max(config.stability.soakMs, care.soakMs ?? 0) },
  };
};

/** The asked step comes first; every configured step with more weight follows it. */
const stepsWith = ({ strategy, steps }: RolloutConfig, asked: NonNullable<Care['canary']>): RolloutConfig['steps'] => {
  const configured = strategy === 'canary' ? steps : [];
  const [first] = configured;
  const same = configured.find((step) => step.weightPercent === asked.weightPercent);
  return [
    {
      mirrorPercent: first?.mirrorPercent ?? 0,
      analysis: first?.analysis ?? false,
      weightPercent: asked.weightPercent,
      pauseMs: Math.max(asked.pauseMs, same?.pauseMs ?? 0),
    },
    ...configured.filter((step) => step.weightPercent > asked.weightPercent),
  ];
};
