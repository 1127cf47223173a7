import { satisfies, valid } from 'semver';
import { z } from 'zod';
import { StagingError, reason } from '../../../catalog/errors.js';
import type { Vulnerability } from './osv.js';
import type { Package } from './packages.js';

const timeoutMs = 15_000;

/** The registry that npm itself would ask. */
export const npmRegistry = (): string => (process.env['npm_config_registry'] || 'https://registry.npmjs.org').replace(/\/+$/, '');

/**
 * Asks the registry's bulk advisory endpoint, as `npm audit` does, within 15 s. Throws ADAPTER_FAILED for any answer but 200 and for
 * none at all: an audit that could not reach its source is never clean.
 */
export const askNpmRegistry = async (registry: string, packages: readonly Package[]): Promise<Vulnerability[]> => {
  const foreign = packages.find((one) => one.ecosystem !== 'npm');
  if (foreign)
    throw failed(registry, `it knows npm packages only, not ${foreign.ecosystem}'s ${foreign.name}; set security.advisories to a folder`);
  const versions = new Map<string, string[]>();
  for (const one of packages) versions.set(one.name, [...(versions.get(one.name) ?? []), one.version]);
  if (versions.size === 0) return [];
  const advisories = await ask(registry, Object.fromEntries(versions));
  return packages.flatMap(({ name, version }) =>
    (advisories[name] ?? [])
      .filter((one) => !valid(version, true) || satisfies(version, one.vulnerable_versions, { includePrerelease: true, loose: true }))
      .map((one) => ({
        id: idOf(one),
        package: name,
        version,
        severity: one.severity === 'info' ? 'low' : one.severity,
        title: one.title,
      })),
  );
};

const advisorySchema = z.object({
  id: z.union([z.number(), z.string()]),
  url: z.string().optional(),
  title: z.string().default(''),
  severity: z.enum(['info', 'low', 'moderate', 'high', 'critical']).or(z.string().transform(() => 'unknown' as const)),
  vulnerable_versions: z.string(),
});
const answerSchema = z.record(z.string(), z.array(advisorySchema));

const failed = (registry: string, why: string, cause?: unknown): StagingError =>
  new StagingError('ADAPTER_FAILED', `Failed to ask ${registry} for advisories: ${why}.`, { cause });

const ask = async (registry: string, body: Record<string, string[]>): Promise<z.infer<typeof answerSchema>> => {
  const answer = await fetch(`${registry}/-/npm/v1/security/advisories/bulk`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(timeoutMs),
  })
    .then(async (response) => ({ status: response.status, text: await response.text() }))
    .catch((error: unknown) => {
      // `fetch` hides why it failed in the cause.
      throw failed(registry, reason(error instanceof Error && error.cause ? error.cause : error), error);
    });
  if (answer.status !== 200) throw failed(registry, `it answered ${answer.status}`);
  try {
    return answerSchema.parse(JSON.parse(answer.text));
  } catch (error) {
    throw failed(registry, 'its answer is not the list that was asked for', error);
  }
};

/** GitHub's name of the advisory, which its address ends with, else the registry's own number. */
const idOf = ({ id, url }: z.infer<typeof advisorySchema>): string => /GHSA(?:-[\da-z]{4}){3}/i.exec(url ?? '')?.[0] ?? `npm-${id}`;
