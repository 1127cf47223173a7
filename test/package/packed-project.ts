import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';

const root = resolve('.');

/** The package as npm would publish it, and an empty project outside of the repository that has installed nothing else. */
export const packedProject = async (): Promise<{ tarball: string; project: string; installed: string }> => {
  const folder = mkdtempSync(join(tmpdir(), 'packed-'));
  const built = isStale() ? await builtApart(join(folder, 'source')) : root;
  await execa('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: built });
  const tarball = join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '');
  const project = join(folder, 'project');
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'empty', private: true }));
  const quick = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'];
  await execa('npm', ['install', tarball, ...quick], { cwd: project });
  addNativeBinding(project);
  return { tarball, project, installed: join(project, 'node_modules', 'langgraph-staging') };
};

/** Beside the repository, where others start what is built at the same time. */
const builtApart = async (copy: string): Promise<string> => {
  const apart = new Set(['node_modules', '.git', 'dist', 'test', 'coverage']);
  for (const name of readdirSync(root).filter((one) => !apart.has(one) && !one.startsWith('.staging')))
    cpSync(join(root, name), join(copy, name), { recursive: true, filter: (path) => !/\/\.(?:work|staging)/.test(path) });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  await execa('npm', ['run', 'build'], { cwd: copy });
  return copy;
};

/** Compiling better-sqlite3 once more would take a minute; `npm ci` has compiled the same version for the same Node. */
const addNativeBinding = (project: string): void => {
  const binding = 'node_modules/better-sqlite3/build/Release/better_sqlite3.node';
  mkdirSync(join(project, binding, '..'), { recursive: true });
  copyFileSync(join(root, binding), join(project, binding));
};

/** Whether something that is built has changed since the last build. */
const isStale = (): boolean => {
  if (!existsSync('dist/index.js')) return true;
  const builtAt = statSync('dist/index.js').mtimeMs;
  const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).map((name) => join('src', name));
  return [...sources, 'package.json', 'tsdown.config.ts'].some((file) => statSync(file).mtimeMs > builtAt);
};

/** Copies an example beside the installed package, so that it finds nothing of the repository. */
export const copyExample = (name: string, project: string): string => {
  const folder = join(project, name);
  cpSync(join(root, 'examples', name), folder, {
    recursive: true,
    filter: (path) => !/\/(?:\.work|\.staging|node_modules)(?:\/|$)/.test(path),
  });
  return folder;
};
