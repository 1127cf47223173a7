import { HumanMessage } from '@langchain/core/messages';
import { configSchema } from '#src/catalog/config.js';

/** The same in every release, so that the prompts are the same and the stub model knows them. */
export const nonce = 'bench-nonce';

const minute = 60_000;

/** The shortest release that has everything: what is measured is the cost of a model call, not of simulated hours of samples. */
export const shortConfig = () =>
  configSchema.parse({
    service: { name: 'storefront', stable: 'v2.1.1', start: { command: ['true'] } },
    suites: (['unit', 'integration', 'api', 'ui', 'regression', 'smoke'] as const).map((kind) => ({ name: kind, kind, command: ['true'] })),
    criticalUserPaths: ['/'],
    rollout: { sampleMs: 5_000, steps: [{ weightPercent: 10, pauseMs: minute }], watchMs: minute },
    stability: { soakMs: minute },
    approvers: ['owner'],
  });

const text = 'ship storefront v2.2.0 with wishlist and fast-checkout to staging, promote it if it is healthy';

export const releaseInput = () => ({
  request: {
    service: 'storefront',
    version: 'v2.2.0',
    features: ['wishlist', 'fast-checkout'],
    target: 'production' as const,
    text,
    preApprovedBy: 'owner',
  },
  messages: [new HumanMessage(text)],
});
