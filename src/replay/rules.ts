import { hash } from 'node:crypto';
import { z } from 'zod';
import { reason, StagingError } from '../catalog/errors.js';
import type { Json } from './tape-file.js';

/** A value that differs from run to run, by pattern. The tape keeps the pattern itself, so that it replays under any later version. */
export const ruleSchema = z.strictObject({ name: z.string().min(1), pattern: z.string().min(1), flags: z.string() });
export type Rule = z.infer<typeof ruleSchema>;

const patterns = {
  'iso-time': /\b\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:Z|[+-]\d{2}:?\d{2}\b)?/g,
  'unix-ms': /\b1[4-9]\d{11}\b/g,
  uuid: /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi,
  'temp-path': /(?:\/private)?\/(?:tmp|var\/tmp|var\/folders)\/[^\s"'`<>()[\]{},;]+/g,
  port: /(?<=\b(?:localhost|127\.0\.0\.1|\[::1\]):)\d{2,5}\b/g,
  duration: /\b\d+(?:\.\d+)?\s?(?:ns|µs|ms|s|seconds?|min|minutes?|h|hours?)\b/g,
} as const;

export type RuleName = keyof typeof patterns;
const ruleNames = Object.keys(patterns) as RuleName[]; // keys of a const table

/** A built-in rule by name, or one of the caller's own. */
export type RuleInput = RuleName | { name: string; pattern: RegExp | string };

/** The rules as the tape stores them. Throws TAPE_OPTIONS_INVALID for an unknown name or a pattern that is none. */
export const rulesOf = (inputs: readonly RuleInput[]): Rule[] =>
  inputs.map((input) => {
    if (typeof input !== 'string') return custom(input);
    const pattern = (patterns as Record<string, RegExp | undefined>)[input]; // a JavaScript caller may name one that is not there
    if (pattern) return { name: input, pattern: pattern.source, flags: pattern.flags };
    throw new StagingError(
      'TAPE_OPTIONS_INVALID',
      `Failed to open the tape: there is no rule "${input}"; there are ${ruleNames.join(', ')}.`,
    );
  });

const custom = ({ name, pattern }: { name: string; pattern: RegExp | string }): Rule => {
  try {
    const { source, flags } = new RegExp(pattern);
    return { name, pattern: source, flags: flags.includes('g') ? flags : `${flags}g` };
  } catch (error) {
    throw new StagingError('TAPE_OPTIONS_INVALID', `Failed to open the tape: the pattern of rule "${name}" is none: ${reason(error)}.`);
  }
};

/** Replaces what the rules name by `<rule>`, and sorts keys, so that equal questions have equal text. */
export const normaliser = (rules: readonly Rule[]) => {
  const compiled = rules.map(({ name, pattern, flags }) => ({ mark: `<${name}>`, pattern: new RegExp(pattern, flags) }));
  const text = (value: string): string => compiled.reduce((done, { mark, pattern }) => done.replace(pattern, mark), value);
  const json = (value: Json): Json => {
    if (typeof value === 'string') return text(value);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(json);
    const sorted: Record<string, Json> = {};
    for (const key of Object.keys(value).sort()) {
      const item = value[key];
      if (item !== undefined) sorted[key] = json(item);
    }
    return sorted;
  };
  return { text, json };
};

/** What two equal questions share. The value must have been normalised: its keys are sorted. */
export const questionDigest = (normalised: unknown): string => hash('sha256', JSON.stringify(normalised), 'base64');
