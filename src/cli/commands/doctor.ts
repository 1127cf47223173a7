import { accessSync, constants, existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import semver from 'semver';
import { explainError, reason } from '../../catalog/errors.js';
import { findProgram } from '../../tools/processes.js';
import type { StagingConfig } from '../../catalog/config.js';
import { lintConfig } from '../../gates/lint/lint-policy.js';
import { openOutput } from '../output.js';
import { sayBytes, sizesOf } from '../../desk/disk-use.js';
import { prune } from '../../desk/prune.js';
import { openWorkspace } from '../../desk/workspace.js';
import { systemClock } from '../../tools/system-clock.js';
import type { LookOptions } from './look.js';

type Finding = { what: string; ok: boolean; detail: string; remedy: string };

/** `doctor`: every program that this machine and this configuration need, and how to get what is missing. Exit 2 where something is. */
export const doctor = async (options: LookOptions): Promise<number> => {
  const findings: Finding[] = [
    {
      what: 'Node.js 20.19 or newer',
      ok: semver.gte(process.version, '20.19.0'),
      detail: process.version,
      remedy: 'install a newer Node.js',
    },
    await program('git'),
    await program('sh'),
    await database(),
    await port(0, 'a free port on 127.0.0.1'),
    ...(await configured(options)),
  ];
  const missing = findings.filter((one) => !one.ok);
  const text = findings
    .map((one) => `${one.ok ? '✓' : '✗'} ${one.what}: ${one.detail}${one.ok || one.remedy === '' ? '' : `. ${one.remedy}`}`)
    .join('\n');
  openOutput({ json: options.json ?? false, simulated: false }).result(options.json ? JSON.stringify({ findings }, null, 2) : text);
  return missing.length === 0 ? 0 : 2;
};

/** How a program that is not there is got, where its package has another name. */
const packages: Record<string, string> = {
  node: 'nodejs',
  npx: 'npm',
  pip: 'python3-pip',
  pytest: 'python3-pytest',
  sh: 'dash',
  go: 'golang-go',
};

const program = async (name: string): Promise<Finding> => {
  const path = await findProgram(name, process.cwd());
  return { what: name, ok: path !== null, detail: path ?? 'not found', remedy: `Get it with: apt-get install ${packages[name] ?? name}` };
};

/** Journal and checkpoints are SQLite's, which is compiled for one version of Node. */
const database = async (): Promise<Finding> => {
  const what = 'better-sqlite3';
  try {
    const { default: Database } = await import('better-sqlite3');
    new Database(':memory:').close();
    return { what, ok: true, detail: `loads under Node ${process.version}`, remedy: '' };
  } catch (error) {
    return { what, ok: false, detail: reason(error), remedy: 'Get it with: npm rebuild better-sqlite3 (apt-get install python3 make g++)' };
  }
};

const port = (wanted: number, what: string): Promise<Finding> =>
  new Promise((resolve) => {
    const remedy = 'Stop what listens there, or leave the port out of the configuration to have a free one chosen';
    const server = createServer()
      .once('error', (error) => resolve({ what, ok: false, detail: reason(error), remedy }))
      .listen(wanted, '127.0.0.1', () => server.close(() => resolve({ what, ok: true, detail: 'can be listened on', remedy: '' })));
  });

/** Where the state directory is, or will be made. */
const writable = (folder: string): Finding => {
  const what = 'write access';
  try {
    accessSync(existsSync(folder) ? folder : dirname(folder), constants.W_OK);
    return { what, ok: true, detail: folder, remedy: '' };
  } catch (error) {
    return { what, ok: false, detail: reason(error), remedy: 'Choose another folder with --state-dir, or change who owns this one' };
  }
};

const ports = ({ service }: StagingConfig): Promise<Finding>[] =>
  Object.entries(service.start.port).map(([environment, wanted = 0]) => port(wanted, `port ${wanted} (${environment})`));

const linted = (config: StagingConfig): Finding[] => {
  const found = lintConfig(config, { versions: null });
  const text = found.map(({ code, path, message }) => `${code} at ${path}: ${message}`).join('; ');
  return [{ what: 'policy', ok: found.length === 0, detail: text || 'nothing found by lint', remedy: 'See: langgraph-staging lint FILE' }];
};

const configured = async (options: LookOptions): Promise<Finding[]> => {
  try {
    const workspace = await openWorkspace(options);
    const { config } = workspace;
    const releases = await workspace.store.releases();
    const prunable = await prune(workspace, systemClock.now(), true);
    const { database: kept, rest } = await sizesOf(workspace);
    await workspace.close();
    const programs = new Set([
      ...[config.service, ...config.services].flatMap(({ start, build }) => [start.command[0], build?.command[0]]),
      ...config.suites.flatMap((suite) => [suite.command[0], suite.needs]),
    ]);
    const findings = await Promise.all(
      [...programs].filter((name) => name !== undefined && !name.includes('/')).map((name) => program(name ?? '')),
    );
    const place = workspace.shared === null ? '' : ' in the database';
    const inFiles = workspace.shared === null ? kept + rest : rest;
    const each = releases.length === 0 ? '' : ` (${sayBytes(kept / releases.length)} each)`;
    return [
      { what: 'configuration', ok: true, detail: workspace.configFile, remedy: '' },
      { what: 'state directory', ok: true, detail: `${workspace.stateDir}, ${sayBytes(inFiles)}`, remedy: '' },
      {
        what: 'kept of releases',
        ok: true,
        detail: `${sayBytes(kept)} of ${releases.length}${each}${place}; \`langgraph-staging prune\` would forget the working memory of ${prunable.forgotten.length} and seal ${prunable.sealed.length}`,
        remedy: '',
      },
      writable(workspace.stateDir),
      ...linted(config),
      ...(await Promise.all(ports(config))),
      ...findings,
    ];
  } catch (error) {
    return [{ what: 'configuration', ok: false, detail: explainError(error), remedy: '' }];
  }
};
