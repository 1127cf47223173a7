import { parse, compare } from 'semver';
import { z } from 'zod';
import type { ToolResult } from '../../../catalog/tools.js';
import { cvssBaseScore, severityOfScore } from './cvss.js';
import type { Package } from './packages.js';

export type Vulnerability = ToolResult<'audit_dependencies'>['vulnerabilities'][number];

const severities = z.array(z.object({ type: z.string(), score: z.string() })).optional();
const eventSchema = z.object({ introduced: z.string().optional(), fixed: z.string().optional(), last_affected: z.string().optional() });
const rangeSchema = z.object({ type: z.string(), events: z.array(eventSchema) });
const affectedSchema = z.object({
  package: z.object({ ecosystem: z.string(), name: z.string() }).optional(),
  ranges: z.array(rangeSchema).default([]),
  versions: z.array(z.string()).default([]),
  severity: severities,
  database_specific: z.object({ severity: z.unknown() }).partial().nullish(),
});

/** One record of the OSV schema (https://ossf.github.io/osv-schema/), as far as a match needs it. */
export const advisorySchema = z.object({
  id: z.string().min(1),
  summary: z.string().optional(),
  details: z.string().optional(),
  withdrawn: z.string().nullish(),
  affected: z.array(affectedSchema),
  severity: severities,
  database_specific: z.object({ severity: z.unknown() }).partial().nullish(),
});
export type Advisory = z.infer<typeof advisorySchema>;
type Affected = z.infer<typeof affectedSchema>;
type Range = z.infer<typeof rangeSchema>;

/** What the advisories say about the packages: one row per advisory and package. Withdrawn advisories say nothing. */
export const matchAdvisories = (packages: readonly Package[], advisories: readonly Advisory[]): Vulnerability[] => {
  const byName = new Map<string, Package[]>();
  for (const one of packages) byName.set(keyOf(one), [...(byName.get(keyOf(one)) ?? []), one]);
  return advisories
    .filter((advisory) => !advisory.withdrawn)
    .flatMap((advisory) => {
      const rows = advisory.affected.flatMap((affected) =>
        (affected.package ? (byName.get(keyOf(affected.package)) ?? []) : [])
          .filter((one) => isAffected(one.version, affected))
          .map((one): [string, Vulnerability] => [`${keyOf(one)}@${one.version}`, vulnerability(advisory, affected, one)]),
      );
      return [...new Map(rows.reverse()).values()].reverse(); // several `affected` may name one package: the first tells
    });
};

/** PyPI compares names without case and with `-`, `_` and `.` alike (PEP 503); an ecosystem may carry a suffix such as `:11`. */
const keyOf = ({ ecosystem, name }: { ecosystem: string; name: string }): string => {
  const plain = ecosystem.split(':')[0] ?? '';
  return `${plain} ${plain === 'PyPI' ? name.toLowerCase().replace(/[-_.]+/g, '-') : name}`;
};

const vulnerability = (advisory: Advisory, affected: Affected, { name, version }: Package): Vulnerability => ({
  id: advisory.id,
  package: name,
  version,
  severity: severityOf(advisory, affected),
  title: advisory.summary ?? advisory.details?.split('\n')[0]?.slice(0, 200) ?? advisory.id,
});

/**
 * OSV's rule: in `versions`, or inside a range. A range over versions that are not semantic ones is decided by `versions` where that list
 * is given; where nothing can be compared, the package counts as affected, because "cannot tell" must not read as safe.
 */
const isAffected = (version: string, { versions, ranges }: Affected): boolean =>
  versions.includes(version) ||
  ranges.some((range) => {
    if (range.type === 'SEMVER') return isInRange(version, range);
    return range.type === 'ECOSYSTEM' && versions.length === 0 && isInRange(version, range);
  });

const isInRange = (version: string, { events }: Range): boolean => {
  const own = parse(version, { loose: true });
  const steps = events.flatMap(({ introduced, fixed, last_affected: last }) => [
    ...(introduced === undefined
      ? []
      : [{ at: parse(introduced === '0' ? '0.0.0-0' : introduced, { loose: true }), kind: 'introduced' as const }]),
    ...(fixed === undefined ? [] : [{ at: parse(fixed, { loose: true }), kind: 'fixed' as const }]),
    ...(last === undefined ? [] : [{ at: parse(last, { loose: true }), kind: 'last' as const }]),
  ]);
  if (!own || steps.some((step) => !step.at)) return true;
  let affected = false;
  for (const { at, kind } of steps.sort((a, b) => (a.at && b.at ? compare(a.at, b.at) : 0))) {
    const order = at ? compare(own, at) : 0;
    if (kind === 'introduced' && order >= 0) affected = true;
    if (kind === 'fixed' && order >= 0) affected = false;
    if (kind === 'last' && order > 0) affected = false;
  }
  return affected;
};

const words: Record<string, Vulnerability['severity']> = {
  low: 'low',
  moderate: 'moderate',
  medium: 'moderate',
  high: 'high',
  critical: 'critical',
};

/** The database's own word, else the score of a CVSS 3 vector; where both package and record speak, the package does. */
const severityOf = (advisory: Advisory, affected: Affected): Vulnerability['severity'] => {
  for (const specific of [affected.database_specific, advisory.database_specific]) {
    const word = typeof specific?.severity === 'string' ? words[specific.severity.toLowerCase()] : undefined;
    if (word) return word;
  }
  for (const { type, score } of [...(affected.severity ?? []), ...(advisory.severity ?? [])]) {
    const base = type === 'CVSS_V3' ? cvssBaseScore(score) : null;
    if (base !== null) return severityOfScore(base);
  }
  return 'unknown';
};
