import { basename } from 'node:path';
import { readdirSync } from 'node:fs';
import { commandOf, firstOf, nothing, textOf, type Detected, type Seen } from './detected.js';

const apps = ['main.py', 'app.py', 'app/main.py', 'src/main.py', 'server.py', 'wsgi.py'];
const here = ['--host', '127.0.0.1', '--port', '{port}'];

/** Python: the framework that its entry file builds an application with, and pytest. */
export const detectPython = (root: string): Detected => {
  const manifest = firstOf(root, ['pyproject.toml', 'requirements.txt', 'setup.py', 'Pipfile']);
  const file = firstOf(root, apps);
  if (manifest === null && file === null) return nothing;
  const declared = [textOf(root, 'pyproject.toml'), textOf(root, 'requirements.txt'), textOf(root, 'requirements-dev.txt')].join('\n');
  const pytest = /\bpytest\b/.test(declared) || firstOf(root, ['pytest.ini', 'conftest.py', 'tests/conftest.py']) !== null;
  return {
    ...nothing,
    name: /^name\s*=\s*["']([^"']+)["']/m.exec(textOf(root, 'pyproject.toml') ?? '')?.[1] ?? null,
    start: pythonStart(root, file),
    test: pytest
      ? { value: { command: ['python3', '-m', 'pytest', '--junitxml={report}'], format: 'junit' }, from: 'pytest in the repository' }
      : null,
  };
};

const pythonStart = (root: string, file: string | null): Seen<string[]> | null => {
  if (firstOf(root, ['manage.py']) !== null)
    return { value: ['python3', 'manage.py', 'runserver', '127.0.0.1:{port}', '--noreload'], from: 'manage.py' };
  if (file === null) return null;
  const [, name = '', framework] = /^(\w+)\s*=\s*(FastAPI|Starlette|Flask)\(/m.exec(textOf(root, file) ?? '') ?? [];
  const module = file.replace(/\.py$/, '').replaceAll('/', '.');
  if (framework === 'Flask')
    return { value: ['python3', '-m', 'flask', '--app', `${module}:${name}`, 'run', ...here], from: `Flask in ${file}` };
  if (framework !== undefined)
    return { value: ['python3', '-m', 'uvicorn', `${module}:${name}`, ...here], from: `${framework} in ${file}` };
  return { value: ['python3', file], from: file };
};

/** Go: the main package, at the root or alone under cmd. Its tests need gotestsum to write a report. */
export const detectGo = (root: string): Detected => {
  const module = textOf(root, 'go.mod');
  if (module === null) return nothing;
  const commands = firstOf(root, ['cmd']) === null ? [] : readdirSync(`${root}/cmd`);
  const main = firstOf(root, ['main.go']) !== null ? '.' : commands.length === 1 ? `./cmd/${commands[0]}` : null;
  return {
    ...nothing,
    name: basename(/^module\s+(\S+)/m.exec(module)?.[1] ?? '') || null,
    build: main === null ? null : { value: ['go', 'build', '-o', 'bin/service', main], from: 'go.mod' },
    start: main === null ? null : { value: ['./bin/service'], from: main === '.' ? 'main.go' : main },
    test: /gotestsum/.test(textOf(root, 'Makefile') ?? '')
      ? { value: { command: ['gotestsum', '--junitfile', '{report}'], format: 'junit' }, from: 'gotestsum in the Makefile' }
      : null,
  };
};

/** What a repository in any language says of itself: a Procfile, a Makefile, a Dockerfile. */
export const detectAny = (root: string): Detected => ({
  ...nothing,
  start: fromProcfile(root) ?? fromMakefile(root) ?? fromDockerfile(root),
});

const fromProcfile = (root: string): Seen<string[]> | null => {
  const line = /^web:\s*(.+)$/m.exec(textOf(root, 'Procfile') ?? '')?.[1];
  return line === undefined ? null : { value: commandOf(line), from: 'the web line of the Procfile' };
};

const fromMakefile = (root: string): Seen<string[]> | null => {
  const target = /^(run|start|serve):/m.exec(textOf(root, 'Makefile') ?? '')?.[1];
  return target === undefined ? null : { value: ['make', target], from: `the target ${target} of the Makefile` };
};

/** The last CMD or ENTRYPOINT; a shell form is a line for a shell. */
const fromDockerfile = (root: string): Seen<string[]> | null => {
  const instructions = [...(textOf(root, 'Dockerfile') ?? '').matchAll(/^(CMD|ENTRYPOINT)\s+(.+)$/gim)];
  const [, , given] = instructions.at(-1) ?? [];
  if (given === undefined) return null;
  const listed = /^\[(.+)\]\s*$/.exec(given)?.[1];
  const value = listed === undefined ? commandOf(given) : [...listed.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, word = '']) => word);
  return { value, from: 'the Dockerfile' };
};
