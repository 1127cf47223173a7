import fc from 'fast-check';
import { StagingError } from '../../src/catalog/errors.js';
import { chanceOf, mutateBytes, mutateTree } from './mutate.js';
import { targets, type Target } from './targets.js';

/** What a reader did that it may not: `index` and the seed make the same input again. */
export type Finding = { target: string; seed: number; index: number; what: string; input: string };

/** Of its own time: a busy machine lets everything wait. */
const longestMs = 1_000;
const block = 250;

export type Run = {
  seed: number;
  from?: number;
  until: number;
  /** Told of each input before it is read: who watches sees which one does not come back. */
  begins?: (index: number) => void;
};

/** Reads input after input; stops at the third finding, as the others would be the same. */
export const runFuzz = async (name: string, { seed, from = 0, until, begins = () => undefined }: Run): Promise<Finding[]> => {
  const target = targets[name];
  if (target === undefined) throw new Error(`Failed to fuzz: there is no target "${name}". There are: ${Object.keys(targets).join(', ')}.`);
  const findings: Finding[] = [];
  for (let index = from; index < until && findings.length < 3; index += 1) {
    const input = inputOf(target, seed, index);
    begins(index);
    const what = await tryInput(target, input);
    if (what !== null) findings.push({ target: name, seed, index, what, input: shown(input) });
  }
  return findings;
};

/** Three of four are changed samples, the fourth is fast-check's own idea. */
const inputOf = ({ samples }: Target, seed: number, index: number): unknown => {
  const chance = chanceOf(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
  const sample = chance.one(samples);
  if (index % 4 === 3) return ideas(typeof sample, seed, Math.floor(index / block))[index % block];
  if (typeof sample !== 'string') return mutateTree(sample, chance);
  const tree = /^\s*[[{]/.test(sample) && chance.under(2) === 0;
  return tree ? JSON.stringify(mutateTree(JSON.parse(sample), chance)) : mutateBytes(sample, chance);
};

const kinds = {
  text: fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.string({ unit: 'grapheme', maxLength: 300 }), fc.json({ maxDepth: 5 })),
  value: fc.oneof(fc.anything({ maxDepth: 4, withNullPrototype: true }), fc.jsonValue({ maxDepth: 5 })),
};
let held: { key: string; ideas: readonly unknown[] } | null = null;

const ideas = (type: string, seed: number, of: number): readonly unknown[] => {
  const key = `${type === 'string'} ${seed} ${of}`;
  if (held?.key !== key) {
    const numRuns = block;
    const made =
      type === 'string' ? fc.sample(kinds.text, { seed: seed + of, numRuns }) : fc.sample(kinds.value, { seed: seed + of, numRuns });
    held = { key, ideas: made };
  }
  return held.ideas;
};

/** Null where it went well: read, or refused with a code that is no defect of ours. */
const tryInput = async ({ read, mayThrow }: Target, input: unknown): Promise<string | null> => {
  const before = process.cpuUsage();
  try {
    await (read as (given: unknown) => unknown)(input); // a reader must bear whatever comes
  } catch (error) {
    const coded = error instanceof StagingError ? error.actor !== 'defect' : mayThrow?.(error) === true;
    if (!coded)
      return `it threw ${error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 4).join(' ') : String(error)}`;
    if (error instanceof Error && error.message.length > 5_000) return `its message has ${error.message.length} characters`;
  }
  const { user, system } = process.cpuUsage(before);
  const tookMs = (user + system) / 1_000;
  if (tookMs > longestMs) return `it took ${Math.round(tookMs)} ms`;
  return ({} as Record<string, unknown>)['polluted'] === undefined ? null : 'it changed the prototype of every object';
};

const shown = (input: unknown): string => {
  const text = typeof input === 'string' ? JSON.stringify(input) : fc.stringify(input);
  return text.length <= 600 ? text : `${text.slice(0, 600)}… (${text.length} characters)`;
};
