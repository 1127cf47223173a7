import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { rm } from 'node:fs/promises';
import { makeRepository } from '../../../examples/storefront/make-repository.mjs';
import { checkOutVersion, startVersion, type RunningVersion } from '../../../examples/storefront/run-version.js';

export const workFolder = join(import.meta.dirname, '../../../examples/storefront/.work');

/** A checkout that lives as long as the test, below the project so that its dependencies are found. */
export const checkOut = async (version: string, features: readonly string[] = []): Promise<string> => {
  const folder = join(workFolder, `test-${process.pid}-${version}`);
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await checkOutVersion(testRepository(), version, folder, features);
  return folder;
};

/** Made from the sources as they are now, once per test run. */
export const testRepository = (): string => makeRepository(join(workFolder, `test-repo-${process.pid}`)).path;

/** The shop of that checkout, stopped before the checkout goes. */
export const start = async (folder: string, env: Record<string, string> = {}): Promise<RunningVersion> => {
  const shop = await startVersion(folder, env);
  onTestFinished(() => shop.stop());
  return shop;
};

export const errorsOf = (shop: RunningVersion): string[] =>
  shop.logLines.filter((line) => line.level === 'error').map((line) => line.message);
