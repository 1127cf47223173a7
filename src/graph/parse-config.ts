import type { z } from 'zod';
import { configSchema, type StagingConfig } from '../catalog/config.js';
import { reason, StagingError } from '../catalog/errors.js';
import { didYouMean, nearMatches } from '../gates/near-matches.js';
import { keysAt } from './keys-at.js';

/** Parses a configuration; an unknown key is refused by name. Throws CONFIG_INVALID. */
export const parseConfig = (config: unknown, where = 'the configuration'): StagingConfig => {
  const parsed = configSchema.safeParse(config);
  if (parsed.success) return parsed.data;
  throw new StagingError(
    'CONFIG_INVALID',
    `Failed to read ${where}: ${parsed.error.issues
      .slice(0, 3)
      .map((issue) => reason(describeIssue(issue, config))) // short, whatever the names in it
      .join('; ')}.`,
    {
      cause: parsed.error,
    },
  );
};

const describeIssue = (issue: z.core.$ZodIssue, given: unknown): string => {
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys')
    return `unknown key ${issue.keys.map((key) => `"${[path, key].filter(Boolean).join('.')}"${meant(nearMatches(key, keysAt(issue.path)))}`).join(', ')}`;
  const value = issue.path.reduce<unknown>((within, key) => (within as Record<PropertyKey, unknown> | null)?.[key], given); // the issue's own path leads to it
  if (issue.code === 'invalid_value' && typeof value === 'string')
    return `"${path}" knows no "${value}": ${didYouMean(value, issue.values.map(String))}`;
  if (value === undefined && path !== '' && issue.code !== 'custom') return `"${path}" is missing`;
  return `${path === '' ? 'the whole of it:' : `"${path}"`} ${issue.message.replace(/^Invalid input: /, '')}`;
};

const meant = (near: readonly string[]): string => (near.length > 0 ? ` (did you mean ${near.join(' or ')}?)` : '');
