import { z } from 'zod';
import { StagingError, reason } from '../../../catalog/errors.js';

/** One installed package, in the words of the OSV schema (ecosystem "npm", "PyPI", …). */
export type Package = { ecosystem: string; name: string; version: string };

const supported = 'supported are package-lock.json of npm 7 or newer (lockfileVersion 2 or 3) and CycloneDX SBOMs in JSON';

/**
 * Every package of a lock file, each name and version once. A CycloneDX SBOM serves for every language that is not npm.
 * Throws ADAPTER_FAILED for another format, and for a package that could not be looked up: it must not pass unseen.
 */
export const readPackages = (file: string, text: string): Package[] => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw unreadable(file, `it is not JSON (${reason(error)}); ${supported}`, error);
  }
  const lock = npmLock.safeParse(value);
  const packages = lock.success ? npmPackages(file, lock.data) : cyclonePackages(file, value);
  return [...new Map(packages.map((one) => [JSON.stringify(one), one])).values()];
};

const unreadable = (file: string, why: string, cause?: unknown): StagingError =>
  new StagingError('ADAPTER_FAILED', `Failed to read the lock file ${file}: ${reason(why)}.`, { cause });

const npmLock = z.object({
  lockfileVersion: z.union([z.literal(2), z.literal(3)]),
  packages: z.record(z.string(), z.object({ name: z.string().optional(), version: z.string().optional(), link: z.boolean().optional() })),
});

/** Only what lies in a `node_modules` folder is installed; links and other folders are the project's own. */
const npmPackages = (file: string, lock: z.infer<typeof npmLock>): Package[] =>
  Object.entries(lock.packages).flatMap(([path, entry]) => {
    const at = path.lastIndexOf('node_modules/');
    if (at === -1 || entry.link) return [];
    const name = entry.name ?? path.slice(at + 'node_modules/'.length); // an alias carries its real name
    if (entry.version === undefined) throw unreadable(file, `"${path}" has no version`);
    return [{ ecosystem: 'npm', name, version: entry.version }];
  });

const componentSchema = z.object({
  type: z.string(),
  name: z.string(),
  purl: z.string().optional(),
  get components() {
    return z.array(componentSchema).optional();
  },
});
const bomSchema = z.object({ bomFormat: z.literal('CycloneDX'), components: z.array(componentSchema).default([]) });

const cyclonePackages = (file: string, value: unknown): Package[] => {
  const bom = bomSchema.safeParse(value);
  if (!bom.success) throw unreadable(file, `its format is not known; ${supported}`);
  return bom.data.components.flatMap((component) => packagesOf(file, component));
};

/** Component types that hold code of somebody else; files, data and machines are not looked up. */
const looked = ['library', 'framework'];

const packagesOf = (file: string, component: z.infer<typeof componentSchema>): Package[] => {
  const own = component.purl === undefined ? null : readPurl(component.purl);
  if (!own && looked.includes(component.type)) {
    throw unreadable(file, `the component "${component.name}" has no package URL that can be looked up (${component.purl ?? 'none'})`);
  }
  return [
    ...(own && looked.includes(component.type) ? [own] : []),
    ...(component.components ?? []).flatMap((inner) => packagesOf(file, inner)),
  ];
};

/** Package URL types and the ecosystems of the OSV schema, each with what joins a namespace to its name. */
const ecosystems: Record<string, { ecosystem: string; joint: string }> = {
  npm: { ecosystem: 'npm', joint: '/' },
  pypi: { ecosystem: 'PyPI', joint: '/' },
  maven: { ecosystem: 'Maven', joint: ':' },
  golang: { ecosystem: 'Go', joint: '/' },
  cargo: { ecosystem: 'crates.io', joint: '/' },
  gem: { ecosystem: 'RubyGems', joint: '/' },
  nuget: { ecosystem: 'NuGet', joint: '/' },
  composer: { ecosystem: 'Packagist', joint: '/' },
  hex: { ecosystem: 'Hex', joint: '/' },
  pub: { ecosystem: 'Pub', joint: '/' },
};

/** `pkg:type/namespace/name@version?qualifiers#subpath` of the purl specification. */
const readPurl = (purl: string): Package | null => {
  const parts = /^pkg:\/{0,2}([^/@?#]+)\/([^?#]+)@([^@?#/]+)(?:[?#].*)?$/i.exec(purl);
  const row = ecosystems[parts?.[1]?.toLowerCase() ?? ''];
  if (!parts || !row) return null;
  try {
    const name = (parts[2] ?? '').split('/').map(decodeURIComponent).join(row.joint);
    return { ecosystem: row.ecosystem, name, version: decodeURIComponent(parts[3] ?? '') };
  } catch (error) {
    throw new StagingError('ADAPTER_FAILED', `Failed to read the package URL ${purl}: ${reason(error)}.`, { cause: error });
  }
};
