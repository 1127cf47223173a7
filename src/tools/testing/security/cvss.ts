/**
 * Base score of a CVSS 3.0 or 3.1 vector, 0 to 10; null for what is no such vector.
 * Source: FIRST, Common Vulnerability Scoring System v3.1: Specification Document, sections 7.1, 7.4 and appendix A.
 */
export const cvssBaseScore = (vector: string): number | null => {
  const metrics = readMetrics(vector);
  if (!metrics) return null;
  const { AV, AC, PR, UI, S, C, I, A } = metrics;
  const changed = S === 'C';
  const base = 1 - (1 - impact[C]) * (1 - impact[I]) * (1 - impact[A]);
  const impactScore = changed ? 7.52 * (base - 0.029) - 3.25 * (base - 0.02) ** 15 : 6.42 * base;
  if (impactScore <= 0) return 0;
  const exploitability = 8.22 * attackVector[AV] * complexity[AC] * (changed ? privilegesChanged : privileges)[PR] * interaction[UI];
  return roundUp(Math.min((changed ? 1.08 : 1) * (impactScore + exploitability), 10));
};

/** Section 5, in the words of npm and GitHub: "medium" is called moderate. A score of zero is no more than low. */
export const severityOfScore = (score: number): 'low' | 'moderate' | 'high' | 'critical' =>
  score >= 9 ? 'critical' : score >= 7 ? 'high' : score >= 4 ? 'moderate' : 'low';

const attackVector = { N: 0.85, A: 0.62, L: 0.55, P: 0.2 };
const complexity = { L: 0.77, H: 0.44 };
const privileges = { N: 0.85, L: 0.62, H: 0.27 };
const privilegesChanged = { N: 0.85, L: 0.68, H: 0.5 };
const interaction = { N: 0.85, R: 0.62 };
const impact = { H: 0.56, L: 0.22, N: 0 };
const scope = { U: 0, C: 0 };

const tables = { AV: attackVector, AC: complexity, PR: privileges, UI: interaction, S: scope, C: impact, I: impact, A: impact };
type Metrics = { [M in keyof typeof tables]: keyof (typeof tables)[M] };

const readMetrics = (vector: string): Metrics | null => {
  const [version, ...parts] = vector.trim().split('/');
  if (version !== 'CVSS:3.0' && version !== 'CVSS:3.1') return null;
  const found = parts.map((part) => part.split(':'));
  if (new Set(found.map(([name]) => name)).size !== found.length) return null;
  const metrics = Object.fromEntries(found) as Record<string, string | undefined>; // texts split at colons
  const complete = Object.entries(tables).every(([name, table]) => Object.hasOwn(table, metrics[name] ?? ''));
  return complete ? (metrics as Metrics) : null; // each metric was just found in its table
};

/** Appendix A: the smallest number with one decimal that is not below the input, safe from floating-point noise. */
const roundUp = (input: number): number => {
  const whole = Math.round(input * 100_000);
  return whole % 10_000 === 0 ? whole / 100_000 : (Math.floor(whole / 10_000) + 1) / 10;
};
