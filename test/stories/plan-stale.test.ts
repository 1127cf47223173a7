import { expect, test } from 'vitest';
import type { EnvironmentName } from '../../src/catalog/tools.js';
import type { Artifact, Ports } from '../../src/tools/ports.js';
import { simulatedRelease } from '../support/simulated-release.js';

const hotfix: Artifact = { version: 'v2.1.2', digest: `sha256:${'f1'.repeat(32)}`, path: '/by/hand' };

/** What a person does at an environment, past every release. */
const byHand = {
  'switches the traffic': ({ deployment }: Ports, environment: EnvironmentName) => deployment.switchActive(environment),
  'deploys another digest in the slot of the candidate': ({ deployment }: Ports, environment: EnvironmentName) =>
    deployment.deployIdle(environment, hotfix),
  'releases a hotfix': async ({ deployment }: Ports, environment: EnvironmentName) => {
    await deployment.deployIdle(environment, hotfix);
    await deployment.switchActive(environment);
  },
};
type Deed = keyof typeof byHand;

/** Does it once, when the rollout in staging counts the requests before it begins. */
const beforeTheRollout = ({ deployment }: Ports, deed: () => Promise<unknown>): void => {
  const real = deployment.counters.bind(deployment);
  let done = false;
  Object.assign(deployment, {
    counters: async (environment: EnvironmentName) => {
      if (!done) {
        done = true;
        await deed();
      }
      return real(environment);
    },
  });
};

const traffic = async (story: Awaited<ReturnType<typeof simulatedRelease>>) =>
  (await story.store.journal('release-1'))
    .filter(({ kind }) => kind === 'rollout')
    .map(({ value }) => value as { environment: EnvironmentName; weight: number });

test.each<Deed>(['switches the traffic', 'deploys another digest in the slot of the candidate', 'releases a hotfix'])(
  'somebody %s of staging between the plan and the rollout: it stops, says what changed, and moves no traffic',
  async (deed) => {
    const story = await simulatedRelease();
    let left: unknown = null;
    beforeTheRollout(story.ports, async () => {
      await byHand[deed](story.ports, 'staging');
      left = await story.ports.deployment.status('staging');
    });
    const { state } = await story.run();
    expect(state.halt).toMatchObject({ code: 'PLAN_STALE', reason: expect.stringContaining('the plan') as string });
    expect(await story.ports.deployment.status('staging')).toEqual(left);
    expect(await traffic(story)).toEqual([]);
  },
);

test('somebody releases a hotfix to production while an approval is open: nothing is done there, and it goes on once that is taken back', async () => {
  const story = await simulatedRelease({ preApprovedBy: null });
  const { question } = await story.run();
  await story.ports.deployment.provision('production', { ...hotfix, version: 'v2.1.1', digest: 'sha256:v2.1.1' });
  await byHand['releases a hotfix'](story.ports, 'production');
  const left = await story.ports.deployment.status('production');
  const { state } = await story.answer({ decision: 'approved', by: 'owner', digest: question?.digest }, 'owner');
  expect(state.halt).toMatchObject({ code: 'PLAN_STALE', reason: expect.stringContaining('production serves v2.1.2') as string });
  expect((await story.resume()).state.halt).toMatchObject({ code: 'PLAN_STALE' });
  expect(await story.ports.deployment.status('production')).toEqual(left);
  expect((await traffic(story)).filter(({ environment }) => environment === 'production')).toEqual([]);
  await story.ports.deployment.switchActive('production');
  expect((await story.resume()).topics).toContain('swarm/completed');
});
