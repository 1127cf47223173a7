import { mkdtemp } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ReleaseDocument } from '../../src/desk/document.js';
import { command } from './command.js';

export const config = resolve('examples/storefront/staging.config.ts');

/** A state directory below the example, so that the artifacts find its dependencies. */
const stateDir = () => mkdtemp(resolve('examples/storefront/.staging-'));

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
    { env },
  );
  return { document: JSON.parse(String(stdout)) as ReleaseDocument, exitCode, stderr: String(stderr), state };
};
export const gate = (document: ReleaseDocument, name: string) => document.gates.find((one) => one.gate === name);
