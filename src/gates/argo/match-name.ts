import { StagingError } from '../../catalog/errors.js';
import { plain } from '../words.js';

/** One step of a pattern: reads a letter, goes two ways, stands at an end of the name, or has found it. */
type Step =
  { kind: 'letter'; fits: (letter: string) => boolean } | { kind: 'fork'; to: readonly number[] } | { kind: 'begin' | 'end' | 'found' };

const mostSteps = 5_000;

/**
 * Whether a regular expression is found in a name, as Go's `regexp` finds it: every way through the pattern is walked at once, so that no
 * pattern of a stranger's file takes longer than its length times that of the name. Reads letters, classes, groups, alternatives, anchors
 * and repetitions; what is no expression is found nowhere, as in Argo. Throws POLICY_INVALID for what it does not read.
 */
export const matchesName = (pattern: string, name: string): boolean => {
  const steps = read(pattern);
  if (steps === null) return false;
  const letters = [...name];
  let at = new Set<number>();
  for (let place = 0; place <= letters.length; place += 1) {
    reach(0, place, letters.length, steps, at); // a match may begin anywhere
    const next = new Set<number>();
    for (const index of at) {
      const step = steps[index];
      if (step?.kind === 'found') return true;
      if (step?.kind === 'letter' && step.fits(letters[place] ?? '') && place < letters.length)
        reach(index + 1, place + 1, letters.length, steps, next);
    }
    at = next;
  }
  return false;
};

/** Adds every step that is reached from one without reading a letter. */
const reach = (from: number, place: number, end: number, steps: readonly Step[], found: Set<number>): void => {
  const waiting = [from];
  for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
    if (found.has(index)) continue;
    found.add(index);
    const step = steps[index];
    if (step?.kind === 'fork') waiting.push(...step.to.map((by) => index + by));
    else if ((step?.kind === 'begin' && place === 0) || (step?.kind === 'end' && place === end)) waiting.push(index + 1);
  }
};

class NotAPattern extends Error {}

const read = (pattern: string): Step[] | null => {
  try {
    return compile(pattern);
  } catch (error) {
    if (error instanceof NotAPattern) return null;
    throw error;
  }
};

/** Steps name each other by their distance, so that a part of a pattern can be repeated by copying it. */
const compile = (pattern: string): Step[] => {
  const letters = [...pattern];
  let at = 0;
  const refused = (why: string) =>
    new StagingError('POLICY_INVALID', `Failed to read the dry-run rule "${plain(pattern.slice(0, 80))}": ${why}.`);
  const bounded = (steps: Step[]): Step[] => {
    if (steps.length > mostSteps) throw refused('it repeats too much');
    return steps;
  };

  const alternatives = (depth: number): Step[] => {
    if (depth > 100) throw refused('it is nested too deeply');
    let steps = sequence(depth);
    while (letters[at] === '|') {
      at += 1;
      const other = sequence(depth);
      const [ahead, over] = [{ kind: 'fork', to: [1, steps.length + 2] } as const, { kind: 'fork', to: [other.length + 1] } as const];
      steps = bounded([ahead, ...steps, over, ...other]);
    }
    return steps;
  };
  const sequence = (depth: number): Step[] => {
    const steps: Step[] = [];
    while (at < letters.length && letters[at] !== '|' && letters[at] !== ')') steps.push(...repeated(atom(depth)));
    return bounded(steps);
  };
  const atom = (depth: number): Step[] => {
    const letter = letters[at] ?? '';
    at += 1;
    if (letter === '(') {
      if (letters[at] === '?' && letters[at + 1] !== ':') throw refused('only plain groups are read');
      if (letters[at] === '?') at += 2;
      const inside = alternatives(depth + 1);
      if (letters[at] !== ')') throw new NotAPattern();
      at += 1;
      return inside;
    }
    if (letter === '^') return [{ kind: 'begin' }];
    if (letter === '$') return [{ kind: 'end' }];
    if (letter === '.') return [{ kind: 'letter', fits: (one) => one !== '\n' }];
    if (letter === '[') return [{ kind: 'letter', fits: charClass() }];
    if (letter === '\\') return [{ kind: 'letter', fits: escaped() }];
    if ('*+?'.includes(letter)) throw new NotAPattern();
    return [{ kind: 'letter', fits: (one) => one === letter }];
  };
  const escaped = (): ((letter: string) => boolean) => {
    const letter = letters[at] ?? '';
    at += 1;
    const known = classes[letter.toLowerCase()];
    if (known !== undefined) return letter === letter.toLowerCase() ? (one) => known.test(one) : (one) => !known.test(one);
    if (letter === '') throw new NotAPattern();
    if (/[a-z0-9]/i.test(letter)) throw refused(`"\\${letter}" is not read`);
    return (one) => one === letter;
  };
  const charClass = (): ((letter: string) => boolean) => {
    const not = letters[at] === '^';
    if (not) at += 1;
    const rules: ((letter: string) => boolean)[] = [];
    for (let first = true; first || letters[at] !== ']'; first = false) {
      const from = letters[at] ?? '';
      if (from === '') throw new NotAPattern();
      at += 1;
      if (from === '\\') rules.push(escaped());
      else if (letters[at] === '-' && letters[at + 1] !== ']' && letters[at + 1] !== undefined) {
        const to = letters[at + 1] ?? '';
        at += 2;
        rules.push((one) => one >= from && one <= to);
      } else rules.push((one) => one === from);
    }
    at += 1;
    return (one) => rules.some((fits) => fits(one)) !== not;
  };
  const repeated = (steps: Step[]): Step[] => {
    const [whole, least, comma, most] = /^(?:[*+?]|\{(\d{1,3})(,?)(\d{0,3})\})/.exec(letters.slice(at, at + 9).join('')) ?? [];
    if (whole === undefined) return steps;
    at += whole.length;
    if (letters[at] === '?') at += 1; // lazy or not, what is found is the same
    if (whole === '*') return many(steps);
    if (whole === '+') return bounded([...steps, ...many(steps)]);
    if (whole === '?') return maybe(steps);
    const few = Number(least);
    const copies = Array.from({ length: few }, () => steps).flat();
    if (comma === '') return bounded(copies);
    if (most === '') return bounded([...copies, ...many(steps)]);
    if (steps.length * Math.max(few, Number(most)) > mostSteps) throw refused('it repeats too much');
    return bounded([...copies, ...Array.from({ length: Math.max(0, Number(most) - few) }, () => maybe(steps)).flat()]);
  };

  const steps = alternatives(0);
  if (at < letters.length) throw new NotAPattern();
  return [...steps, { kind: 'found' }];
};

const classes: Readonly<Record<string, RegExp>> = { d: /[0-9]/, w: /[A-Za-z0-9_]/, s: /[\t\n\f\r ]/ };

const many = (steps: readonly Step[]): Step[] => [
  { kind: 'fork', to: [1, steps.length + 2] },
  ...steps,
  { kind: 'fork', to: [-steps.length - 1] },
];
const maybe = (steps: readonly Step[]): Step[] => [{ kind: 'fork', to: [1, steps.length + 1] }, ...steps];
