import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/desk/workspace.js';
import { parseConfig } from '../../src/graph/parse-config.js';
import { command, entry } from '../support/command.js';

const server = (path: string) =>
  `require('node:http').createServer((q, s) => s.writeHead(q.url === '${path}' ? 200 : 404).end()).listen(process.env.PORT);`;

/** A repository of git with these files and one tag, whose owner is called Ada. */
const repository = async (files: Record<string, string>, { user = 'Ada Lovelace' } = {}): Promise<string> => {
  const cwd = await mkdtemp(join(tmpdir(), 'shop-api-'));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(cwd, path)), { recursive: true });
    await writeFile(join(cwd, path), text);
  }
  const git = (...args: string[]) => execa('git', args, { cwd });
  await git('init', '--quiet', '--initial-branch', 'main');
  await git('config', 'user.name', user);
  await git('config', 'user.email', 'ada@example.com');
  await git('add', '--all');
  await git('commit', '--quiet', '--allow-empty', '--message', 'first');
  await git('tag', 'v1.0.0');
  return cwd;
};

const configIn = async (cwd: string) => parseConfig(await loadConfig(join(cwd, 'staging.config.ts')));

const node = {
  'package.json': JSON.stringify({
    name: '@shop/api',
    scripts: { start: 'node server.js', test: 'node --test', build: 'node --check server.js' },
  }),
  'package-lock.json': '{}',
  'server.js': server('/healthz'),
  'node_modules/other/index.js': "const wrong = '/health';",
};

test.each<[string, Record<string, string>, string[], object]>([
  [
    'npm scripts and a lock file',
    node,
    [],
    {
      service: { name: 'api', start: { command: ['npm', 'start'] }, build: { command: ['npm', 'run', 'build'] }, health: '/healthz' },
      suites: [
        { kind: 'unit', format: 'junit', command: ['node', '--test', '--test-reporter=junit', '--test-reporter-destination={report}'] },
      ],
      security: { lockFile: 'package-lock.json' },
    },
  ],
  [
    'pnpm and vitest',
    {
      'package.json': JSON.stringify({
        packageManager: 'pnpm@9.0.0',
        scripts: { start: 'x', test: 'vitest run' },
        dependencies: { hono: '4' },
      }),
      'pnpm-lock.yaml': '',
      'src/app.ts': "app.get('/health', ok); app.get('/metrics', figures);",
    },
    [],
    {
      service: {
        start: { command: ['pnpm', 'start'] },
        build: { command: ['pnpm', 'install', '--frozen-lockfile'] },
        health: '/health',
        metrics: '/metrics',
      },
      suites: [{ format: 'vitest' }],
    },
  ],
  [
    'FastAPI and pytest',
    {
      'pyproject.toml': '[project]\nname = "ledger"\ndependencies = ["fastapi", "pytest"]\n',
      'app/main.py': 'api = FastAPI()\n@api.get("/readyz")\n',
    },
    [],
    {
      service: {
        name: 'ledger',
        start: { command: ['python3', '-m', 'uvicorn', 'app.main:api', '--host', '127.0.0.1', '--port', '{port}'] },
        health: '/readyz',
      },
      suites: [{ command: ['python3', '-m', 'pytest', '--junitxml={report}'] }],
    },
  ],
  [
    'a Go module with one command',
    { 'go.mod': 'module example.com/shop/rates\n', 'cmd/rates/main.go': 'mux.HandleFunc("GET /livez", live)' },
    [],
    {
      service: {
        name: 'rates',
        build: { command: ['go', 'build', '-o', 'bin/service', './cmd/rates'] },
        start: { command: ['./bin/service'] },
        health: '/livez',
      },
    },
  ],
  [
    'a Dockerfile with a HEALTHCHECK',
    {
      Dockerfile:
        'FROM x\nEXPOSE 8080\nHEALTHCHECK --interval=5s CMD curl -f http://localhost:8080/up || exit 1\nCMD ["./serve", "--port", "8080"]\n',
    },
    [],
    { service: { start: { command: ['./serve', '--port', '8080'] }, health: '/up' }, suites: [] },
  ],
  [
    'a Makefile and a flag',
    { Makefile: 'run:\n\t./service\n' },
    ['--health', '/ok', '--test', 'make test REPORT={report}', '--approver', 'grace'],
    {
      service: { start: { command: ['make', 'run'] }, health: '/ok' },
      suites: [{ command: ['make', 'test', 'REPORT={report}'] }],
      approvers: ['grace'],
    },
  ],
])('init sees %s', async (_, files, flags, seen) => {
  const cwd = await repository(files);
  const { exitCode, stderr } = await command(['init', ...flags], { cwd });
  expect([exitCode, stderr]).toEqual([0, expect.stringContaining('Then: langgraph-staging doctor')]);
  expect(await configIn(cwd)).toMatchObject({ approvers: ['ada-lovelace'], ...seen });
});

test('what init writes is accepted by doctor and lint as it is, and it is commented', async () => {
  const cwd = await repository(node);
  await command(['init'], { cwd });
  const doctor = await command(['doctor'], { cwd });
  expect([doctor.exitCode, doctor.stdout]).toEqual([0, expect.not.stringContaining('✗')]);
  const lint = await command(['lint', 'staging.config.ts'], { cwd });
  expect([lint.exitCode, lint.stdout]).toEqual([0, 'staging.config.ts: nothing found (staging.config).']);
  expect(await readFile(join(cwd, 'staging.config.ts'), 'utf8')).toMatch(/\/\/ Answers 2xx when the service is well\./);
  expect(await command(['init'], { cwd })).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--force') as string });
});

test('without a terminal init writes nothing that it would have to guess, and names the flags that answer', async () => {
  const cwd = await repository({ 'README.md': 'nothing to see' });
  const { exitCode, stderr } = await command(['init'], { cwd });
  expect([exitCode, stderr]).toEqual([
    2,
    'Failed to write staging.config.ts: the start command and the health path cannot be seen in this repository, and there is no terminal to ask on. Pass --start "node server.js {port}" and --health /healthz.',
  ]);
  await expect(configIn(cwd)).rejects.toThrow();
});

test('on a terminal init asks what it cannot see, and asks again for what is no answer', async () => {
  const cwd = await repository({ 'README.md': 'nothing to see' });
  const line = `stty cols 120 rows 40; ${process.execPath} ${entry.join(' ')} init`;
  const terminal = execa('script', ['--quiet', '--return', '--command', line, '/dev/null'], {
    cwd,
    stdin: 'pipe',
    reject: false,
    timeout: 60_000,
  });
  const answers: [string, string][] = [
    ['Which command starts', './serve --port {port}\r'],
    ['Which path answers', 'healthz\r'],
    ['A path begins with a slash', '\u007f\u007f\u007f\u007f\u007f\u007f\u007f/up\r'],
  ];
  let shown = '';
  terminal.stdout?.on('data', (chunk: Buffer) => {
    shown += String(chunk);
    const [next] = answers;
    if (next === undefined || !shown.includes(next[0])) return;
    answers.shift();
    terminal.stdin?.write(next[1]);
  });
  const { exitCode } = await terminal;
  expect([exitCode, answers]).toEqual([0, []]);
  expect(await configIn(cwd)).toMatchObject({ service: { start: { command: ['./serve', '--port', '{port}'] }, health: '/up' } });
});
