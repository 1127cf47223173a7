import { statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import semver from 'semver';
import { explainError } from '../../catalog/errors.js';
import { findProgram } from '../../tools/processes.js';
import { openOutput } from '../output.js';
import { openWorkspace } from '../../desk/workspace.js';
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
    await program('git', 'apt-get install git'),
    await program('sh', 'install a POSIX shell'),
    ...(await configured(options)),
  ];
  const missing = findings.filter((one) => !one.ok);
  const text = findings.map((one) => `${one.ok ? '✓' : '✗'} ${one.what}: ${one.detail}${one.ok ? '' : `. ${one.remedy}`}`).join('\n');
  openOutput({ json: options.json ?? false, simulated: false }).result(options.json ? JSON.stringify({ findings }, null, 2) : text);
  return missing.length === 0 ? 0 : 2;
};

const program = async (name: string, remedy: string): Promise<Finding> => {
  const path = await findProgram(name, process.cwd());
  return { what: name, ok: path !== null, detail: path ?? 'not found', remedy: `Get it with: ${remedy}` };
};

const configured = async (options: LookOptions): Promise<Finding[]> => {
  try {
    const workspace = await openWorkspace(options);
    const { config } = workspace;
    await workspace.close();
    const programs = new Set([
      ...[config.service, ...config.services].flatMap(({ start, build }) => [start.command[0], build?.command[0]]),
      ...config.suites.flatMap((suite) => [suite.command[0], suite.needs]),
    ]);
    const findings = await Promise.all(
      [...programs]
        .filter((name) => name !== undefined && !name.includes('/'))
        .map((name) => program(name ?? '', `apt-get install ${name ?? ''}`)),
    );
    const bytes = await sizeOf(workspace.stateDir);
    return [
      { what: 'configuration', ok: true, detail: workspace.configFile, remedy: '' },
      { what: 'state directory', ok: true, detail: `${workspace.stateDir}, ${(bytes / 1024 ** 2).toFixed(1)} MiB`, remedy: '' },
      ...findings,
    ];
  } catch (error) {
    return [{ what: 'configuration', ok: false, detail: explainError(error), remedy: '' }];
  }
};

const sizeOf = async (folder: string): Promise<number> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
};
