import { StagingError } from '../../catalog/errors.js';
import type { EnvironmentName, EnvironmentStatus, SlotName } from '../../catalog/tools.js';
import { lateEffects, unguarded } from '../guard-doors.js';
import type { DeploymentPort } from '../ports.js';

const turns = new WeakMap<object, Promise<unknown>>();

/**
 * All traffic to the slot that is not the candidate's, whichever of the two is active now. Nothing to do is fine. Callers take
 * turns: two that see the same breach must not switch twice. Returns null when it is there, and was seen there; or why it is not: the
 * old version can't live with the data, so all traffic stays with the candidate that has had it. What was given up waiting for before
 * may still move traffic to the candidate: once that has ended, the traffic goes back again. Throws ADAPTER_WRONG.
 */
export const sendTrafficBack = (
  deployment: DeploymentPort,
  environment: EnvironmentName,
  candidateSlot: SlotName,
): Promise<string | null> => {
  const digest: Digest = { seen: null };
  const turn = inTurn(deployment, () => goBack(deployment, environment, candidateSlot, digest));
  void turn.catch(() => undefined).then(() => goBackAfterLateOnes(deployment, environment, candidateSlot, digest)); // its own caller hears of it
  return turn;
};

const inTurn = <T>(deployment: DeploymentPort, work: () => Promise<T>): Promise<T> => {
  const port = unguarded(deployment);
  const turn = (turns.get(port) ?? Promise.resolve()).then(work);
  turns.set(
    port,
    turn.catch(() => undefined), // its own caller hears of it; the next one has its own try
  );
  return turn;
};

/** The candidate's, which is known once the environment was looked at. */
type Digest = { seen: string | null };

const goBack = async (
  deployment: DeploymentPort,
  environment: EnvironmentName,
  candidateSlot: SlotName,
  digest: Digest,
): Promise<string | null> => {
  const stableSlot = candidateSlot === 'blue' ? 'green' : 'blue';
  for (let time = 0; time < 3; time += 1) {
    const status = await deployment.status(environment);
    const candidate = status.slots.find(({ slot }) => slot === candidateSlot);
    digest.seen = candidate?.digest ?? null;
    const held = hasTraffic(status, candidateSlot) && digest.seen !== null ? await deployment.dataHold(environment, digest.seen) : null;
    if (held !== null) {
      if (status.activeSlot !== candidateSlot && candidate?.state === 'healthy') await deployment.switchActive(environment, candidateSlot);
      return `the traffic stays on ${candidate?.version ?? 'the candidate'} in the ${candidateSlot} slot: ${held}`;
    }
    if (status.activeSlot === candidateSlot) await deployment.switchActive(environment, stableSlot);
    await deployment.setWeight(environment, 0);
    if (!hasTraffic(await deployment.status(environment), candidateSlot)) return null;
  }
  throw new StagingError(
    'ADAPTER_WRONG',
    `Failed to send the traffic of ${environment} back: the ${deployment.name} adapter said that it had, and the candidate in the ${candidateSlot} slot still has some.`,
    {
      remedy: `Send the traffic of ${environment} to the ${stableSlot} slot by hand, correct the adapter, then \`langgraph-staging resume ID\`.`,
    },
  );
};

const hasTraffic = ({ activeSlot, candidateWeightPercent }: EnvironmentStatus, slot: SlotName): boolean =>
  activeSlot === slot || candidateWeightPercent > 0;

const goBackAfterLateOnes = async (
  deployment: DeploymentPort,
  environment: EnvironmentName,
  candidateSlot: SlotName,
  { seen }: Digest,
): Promise<void> => {
  const late = lateEffects(deployment);
  if (late === null) return;
  await late;
  const again: Digest = { seen: null };
  const isStillThere = async () =>
    (await deployment.status(environment)).slots.some(({ slot, digest }) => slot === candidateSlot && (seen === null || digest === seen));
  await inTurn(deployment, async () => ((await isStillThere()) ? goBack(deployment, environment, candidateSlot, again) : null)).catch(
    () => undefined, // nobody waits for it any more; whoever looks next sees the traffic where it is
  );
};
