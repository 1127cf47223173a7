import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { reason } from '../../catalog/errors.js';
import type { FlagStep, FlagUndone } from '../../catalog/measurements.js';
import type { EnvironmentName } from '../../catalog/tools.js';
import { changedSince, flagInWords, flagSteps, isToDo, releaseBy } from '../../rollout/flag-steps.js';
import type { Artifact, FlagsPort } from '../ports.js';

/** The file that travels with a version and says which flags change with it. */
const manifestSchema = z.strictObject({
  flags: z.array(
    z.strictObject({
      name: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,99}$/i, 'letters, digits, dots and dashes'),
      on: z.boolean().default(true),
      percentage: z.number().min(0).max(100).default(100),
      /** Left out, both. */
      environment: z.enum(['staging', 'production']).optional(),
    }),
  ),
});

type Plan = { steps: FlagStep[] } | { problem: string };
type Given = { flags: FlagsPort; manifest: string; releaseId: string };

/** The flags that a version and what goes with it change in an environment; `problem`: it says something that can't be understood. */
export const planFlags = async (environment: EnvironmentName, artifact: Artifact, { flags, manifest, releaseId }: Given): Promise<Plan> => {
  const declared: Omit<FlagStep, 'before'>[] = [];
  for (const { path } of [artifact, ...(artifact.services ?? [])]) {
    const text = await readFile(join(path, manifest), 'utf8').catch(() => null); // not there: the version says nothing
    if (text === null) continue;
    try {
      for (const { environment: only, ...flag } of manifestSchema.parse(JSON.parse(text)).flags)
        if (only === undefined || only === environment) declared.push({ environment, ...flag });
    } catch (error) {
      return { problem: `${manifest}: ${reason(error)}` };
    }
  }
  const twice = declared.find(({ name }, place) => declared.findIndex((one) => one.name === name) !== place);
  if (twice !== undefined) return { problem: `${manifest}: ${twice.name} stands there twice for ${environment}` };
  return { steps: declared.length === 0 ? [] : flagSteps(declared, await flags.changes(environment), releaseBy(releaseId)) };
};

/** Takes the steps, each once: asked again after a crash it changes nothing. */
export const applyFlags = async (steps: readonly FlagStep[], flags: FlagsPort, releaseId: string): Promise<void> => {
  const by = releaseBy(releaseId);
  for (const step of steps) {
    const { environment, name, on, percentage } = step;
    if (isToDo(step, await flags.changes(environment), by))
      await flags.set(environment, name, { on, percentage, by, why: 'it changes with the version' });
  }
};

/** Takes the steps back, newest first. What a person has said of a flag since stays. */
export const undoFlags = async (steps: readonly FlagStep[], flags: FlagsPort, releaseId: string): Promise<FlagUndone[]> => {
  const by = releaseBy(releaseId);
  const undone: FlagUndone[] = [];
  for (const step of steps.toReversed()) {
    const { environment, name, before } = step;
    const changes = await flags.changes(environment);
    const other = changedSince(step, changes, by);
    if (other !== null) {
      undone.push({ environment, name, undone: false, detail: `${name} stays as ${other} has set it since` });
      continue;
    }
    if (!isToDo(step, changes, by)) await flags.set(environment, name, { ...before, by, why: 'the version went back' });
    undone.push({ environment, name, undone: true, detail: `${name} is ${flagInWords(before)} again` });
  }
  return undone;
};
