import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';

const root = resolve('.');

/** The package as npm would publish it, and an empty project outside of the repository that has installed nothing else. */
export const packedProject = async (): Promise<{ tarball: string; project: string; installed: string }> => {
  if (isStale()) await execa('npm', ['run', 'build'], { cwd: root });
  const folder = mkdtempSync(join(tmpdir(), 'packed-'));
  await execa('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: root });
  const tarball = join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '');
  const project = join(folder, 'project');
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'empty', private: true }));
  const quick = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'];
  await execa('npm', ['install', tarball, ...quick], { cwd: project });
  addNativeBinding(project);
  return { tarball, project, installed: join(project, 'node_modules', 'langgraph-staging') };
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
