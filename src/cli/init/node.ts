import { z } from 'zod';
import { firstOf, nothing, textOf, type Detected } from './detected.js';

const manifestSchema = z.looseObject({
  name: z.string().optional(),
  main: z.string().optional(),
  packageManager: z.string().optional(),
  scripts: z.record(z.string(), z.string()).default({}),
  dependencies: z.record(z.string(), z.string()).default({}),
  devDependencies: z.record(z.string(), z.string()).default({}),
});

const locks = { 'pnpm-lock.yaml': 'pnpm', 'yarn.lock': 'yarn', 'bun.lock': 'bun', 'bun.lockb': 'bun', 'package-lock.json': 'npm' } as const;

/** Installs exactly what the lock file says. */
const installs: Record<string, string> = {
  npm: 'npm ci',
  pnpm: 'pnpm install --frozen-lockfile',
  yarn: 'yarn install --immutable',
  bun: 'bun install --frozen-lockfile',
};

/** How each runner is told to write a report that we read, by what a test script calls. */
const runners = [
  { calls: /\bvitest\b/, command: ['npx', 'vitest', 'run', '--reporter=json', '--outputFile={report}'], format: 'vitest' },
  { calls: /\bjest\b/, command: ['npx', 'jest', '--json', '--outputFile={report}'], format: 'jest' },
  { calls: /\bmocha\b/, command: ['npx', 'mocha', '--reporter', 'xunit', '--reporter-option', 'output={report}'], format: 'junit' },
  {
    calls: /\bnode\b.*--test\b/,
    command: ['node', '--test', '--test-reporter=junit', '--test-reporter-destination={report}'],
    format: 'junit',
  },
] as const;

/** package.json, its scripts and the package manager of its lock file. A package.json that cannot be read tells nothing. */
export const detectNode = (root: string): Detected => {
  const manifest = manifestOf(textOf(root, 'package.json'));
  if (manifest === null) return nothing;
  const { scripts, dependencies, devDependencies } = manifest;
  const lock = firstOf(root, Object.keys(locks)) as keyof typeof locks | null; // one of the keys
  const manager = manifest.packageManager?.split('@')[0] ?? (lock === null ? 'npm' : locks[lock]);
  const file = firstOf(root, [...(manifest.main === undefined ? [] : [manifest.main]), 'server.js', 'server.mjs', 'index.js', 'app.js']);
  const runner = runners.find(({ calls }) => calls.test(scripts['test'] ?? ''));
  const steps = [
    ...(lock !== null && Object.keys({ ...dependencies, ...devDependencies }).length > 0 ? [installs[manager] ?? 'npm ci'] : []),
    ...(scripts['build'] === undefined ? [] : [`${manager} run build`]),
  ];
  return {
    name: manifest.name?.replace(/^@[^/]+\//, '') ?? null,
    start:
      scripts['start'] !== undefined
        ? { value: [manager, 'start'], from: 'the start script of package.json' }
        : file === null
          ? null
          : { value: ['node', file], from: file },
    build:
      steps.length === 0
        ? null
        : { value: steps.length === 1 ? (steps[0] ?? '').split(' ') : ['sh', '-c', steps.join(' && ')], from: 'package.json' },
    test:
      runner === undefined
        ? null
        : { value: { command: [...runner.command], format: runner.format }, from: 'the test script of package.json' },
    lockFile: lock === 'package-lock.json' ? lock : null, // the one that the audit reads
  };
};

const manifestOf = (text: string | null) => {
  if (text === null) return null;
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch {
    return null; // what cannot be read is asked for
  }
};
