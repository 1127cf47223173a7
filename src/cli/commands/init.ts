import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { z } from 'zod';
import { StagingError } from '../../catalog/errors.js';

type Found = { name: string; start: string[]; test: string[] | null; lockFile: string | null; notes: string[] };

const packageSchema = z.object({ name: z.string().optional(), scripts: z.record(z.string(), z.string()).optional() });

/** `init`: a commented staging.config.ts for the repository in this folder, from what can be seen in it. */
export const init = (options: { force?: boolean }): Promise<number> => {
  const file = resolve('staging.config.ts');
  if (existsSync(file) && options.force !== true)
    throw new StagingError('CONFIG_INVALID', `Failed to write ${file}: it is there already.`, { remedy: 'Pass --force to replace it.' });
  const found = detect();
  writeFileSync(file, template(found));
  process.stderr.write(`Wrote ${file}.\n${found.notes.map((note) => `  ${note}\n`).join('')}Then: langgraph-staging doctor\n`);
  return Promise.resolve(0);
};

const detect = (): Found => {
  const name = basename(resolve('.'))
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]/g, '-');
  if (existsSync('package.json')) {
    const parsed = packageSchema.safeParse(JSON.parse(readFileSync('package.json', 'utf8')));
    const scripts = parsed.success ? (parsed.data.scripts ?? {}) : {};
    return {
      name: (parsed.success ? parsed.data.name : undefined)?.replace(/^@[^/]+\//, '') ?? name,
      start: scripts['start'] === undefined ? ['node', 'server.js'] : ['npm', 'start'],
      test: scripts['test'] === undefined ? null : ['npm', 'test'],
      lockFile: existsSync('package-lock.json') ? 'package-lock.json' : null,
      notes: ['The test command must write a JUnit report to the path in REPORT_FILE.', 'Check the health path: it was not asked.'],
    };
  }
  const python = existsSync('requirements.txt') || existsSync('pyproject.toml');
  return {
    name,
    start: python ? ['python3', '-m', name, '{port}'] : ['./start.sh', '{port}'],
    test: python ? ['python3', '-m', 'pytest', '--junitxml={report}'] : null,
    lockFile: null,
    notes: ['The start command is a guess: correct it.', 'Check the health path: it was not asked.'],
  };
};

const list = (items: readonly string[]): string => `[${items.map((item) => `'${item}'`).join(', ')}]`;

const template = ({ name, start, test, lockFile }: Found): string => `import { defineConfig } from 'langgraph-staging';

export default defineConfig({
  service: {
    name: '${name}',
    repository: '.',
    // What runs before the first release. Left out: the newest tag before the one that is released.
    // stable: 'v1.0.0',
    // {port} in the command, or the environment variable PORT. DATA_DIR is a folder for the service's data.
    start: { command: ${list(start)} },
    health: '/healthz',
    // metrics: '/metrics',
    // build: { command: ['npm', 'run', 'build'] },
  },
  // Every suite writes a report to {report} or $REPORT_FILE; {url} or $TARGET_URL is the running candidate.
  suites: [
${test === null ? "    // { name: 'unit', kind: 'unit', command: ['npm', 'test'] }," : `    { name: 'unit', kind: 'unit', command: ${list(test)} },`}
    // { name: 'smoke', kind: 'smoke', command: ['npm', 'run', 'smoke'] },
  ],
  criticalUserPaths: ['/'],
  security: { ${lockFile === null ? '' : `lockFile: '${lockFile}' `}},
  gates: {
    // A check that this service does without needs a reason, which every output repeats.
    off: {
${lockFile === null ? "      vulnerability_scan: 'no lock file yet',\n      dependency_check: 'no lock file yet',\n" : ''}      code_analysis: 'no scanner yet',
${test === null ? "      unit_tests: 'no suite yet',\n" : ''}      integration_tests: 'no suite yet',
      regression_tests: 'no suite yet',
      api_tests: 'no suite yet',
      ui_tests: 'no suite yet',
      smoke_tests: 'no suite yet',
    },
  },
  // Healthy time to observe after the deployment. 24 hours if left out.
  // stability: { soakMs: 60 * 60_000 },
  approvers: ['your-name'],
});
`;
