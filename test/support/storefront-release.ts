import { mkdtemp, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { afterAll } from 'vitest';
import type { ReleaseDocument } from '../../src/desk/document.js';
import { command } from './command.js';

export const config = resolve('examples/storefront/staging.config.ts');

/** A state directory below the example, so that the artifacts find its dependencies. */
export const stateDir = async (): Promise<string> => {
  const made = await mkdtemp(resolve('examples/storefront/.staging-'));
  stateDirs.push(made);
  return made;
};
const stateDirs: string[] = [];
afterAll(() => Promise.all(stateDirs.splice(0).map((made) => rm(made, { recursive: true, force: true, maxRetries: 3 }))));

/** Several shops are under load at a time here, and what they take from each other is no fault of a candidate. */
export const amongOthers = { STOREFRONT_THROUGHPUT_RPS: '100', STOREFRONT_RESPONSE_TIME_MS: '800' };

/** A release of the example shop on real processes, signed beforehand by its owner. */
export const released = async (version: string, env: Record<string, string> = {}) => {
  const state = await stateDir();
  const { stdout, exitCode, stderr } = await command(
    [
      'release',
      `ship storefront ${version} to staging, promote it if it is healthy`,
      '--approve-as',
      'storefront-owner',
      '--config',
      config,
      '--state-dir',
      state,
      '--json',
    ],
    { env: { ...amongOthers, ...env } },
  );
  return { document: JSON.parse(String(stdout)) as ReleaseDocument, exitCode, stderr: String(stderr), state };
};
export const gate = (document: ReleaseDocument, name: string) => document.gates.find((one) => one.gate === name);
