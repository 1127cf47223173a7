import { StagingError } from '../../catalog/errors.js';
import { openInterventions } from '../../tools/deployment/interventions.js';
import { systemClock } from '../../tools/system-clock.js';
import { goBack } from '../../desk/go-back.js';
import { sharedInterventions } from '../../desk/shared/interventions.js';
import { environmentOf } from '../../desk/shared/environment-of.js';
import { openOutput } from '../output.js';
import { openActiveWorkspace } from '../../desk/active-workspace.js';
import { openWorkspace } from '../../desk/workspace.js';
import { endByPerson } from './decide.js';
import type { ReleaseOptions } from './release.js';

type Options = ReleaseOptions & { as?: string };

/**
 * `rollback ID`: one command, whatever the release does. One that waits or was cut off ends with its traffic on the stable version;
 * one that another process is at work on is told, and its traffic is back within a sample; one that was promoted goes back to the
 * version before at once, as long as its rollback window is open.
 */
export const rollBack = async (id: string, options: Options): Promise<number> => {
  const workspace = await openWorkspace(options);
  const row = await workspace.store.release(id);
  await workspace.close();
  if (workspace.shared !== null) return endByPerson(id, 'rolled back', options);
  if (row?.state === 'ended' && row.outcome === 'promoted') return promotedBack(id, options);
  try {
    return await endByPerson(id, 'rolled back', options);
  } catch (error) {
    if (!(error instanceof StagingError) || error.code !== 'RELEASE_RUNNING' || row?.state !== 'running') throw error;
    return tellRunning(id, workspace.stateDir, { by: options.as ?? 'the operator', reason: 'rolled back while it ran' }, options);
  }
};

/** `alert NAME`: what an alert of some other system calls; the rollout that is on takes its traffic back. */
export const raiseAlert = async (
  name: string,
  options: ReleaseOptions & { environment?: 'staging' | 'production'; detail?: string },
): Promise<number> => {
  const workspace = await openWorkspace(options);
  const { shared, stateDir, config } = workspace;
  const heard =
    shared === null
      ? openInterventions(stateDir)
      : sharedInterventions(shared.postgres, environmentOf(config, options.dryRun), systemClock);
  await heard.ask({
    ...{ kind: 'alert', by: name, at: systemClock.now(), reason: options.detail ?? 'it fires', release: null },
    environment: options.environment ?? null,
  });
  await workspace.close();
  const where = options.environment ?? 'every environment';
  openOutput({ json: false, simulated: false }).result(
    options.json ? JSON.stringify({ alert: name, environment: where }) : `${name} is told to ${where}.`,
  );
  return 0;
};

const tellRunning = async (id: string, stateDir: string, word: { by: string; reason: string }, options: Options): Promise<number> => {
  await openInterventions(stateDir).ask({ kind: 'person', ...word, at: systemClock.now(), environment: null, release: id });
  const text = `The process that runs ${id} is told: it sends the traffic back within a sample, or never gives it any.`;
  openOutput({ json: options.json ?? false, simulated: false }).result(options.json ? JSON.stringify({ release: id, told: true }) : text);
  return 0;
};

const promotedBack = async (id: string, options: Options): Promise<number> => {
  const output = openOutput({ json: options.json ?? false, simulated: options.dryRun ?? false });
  const workspace = await openActiveWorkspace({ ...options, progress: output.progress, worldAsLeft: true });
  try {
    const { reason, back, stayed, flags } = await goBack(workspace, id, options.as ?? 'the operator');
    stayed.forEach(output.say);
    const lines = back.map(({ environment, version, restoreMs }) => `${environment} is back on ${version} after ${restoreMs} ms.`);
    const flagLines = flags.map(({ environment, detail }) => `In ${environment} ${detail}.`);
    output.result(
      output.json
        ? JSON.stringify({ release: id, outcome: 'rolled_back', reason, back, flags }, null, 2)
        : [...lines, ...flagLines].join('\n'),
    );
    return 0;
  } finally {
    await workspace.close();
  }
};
