import { existsSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import { StagingError } from '../../catalog/errors.js';
import type { Finding } from '../../gates/lint/finding.js';
import { finding, lintConfig, lintPolicy } from '../../gates/lint/lint-policy.js';
import { openOutput, type Output } from '../output.js';
import { readDocuments } from '../read-documents.js';

/** `lint FILE`: what can never fail, never pass, never be judged or never roll back. Exit 4 where something is found, 0 where nothing is. */
export const lint = async (file: string, options: { json?: boolean }): Promise<number> => {
  const output = openOutput({ json: options.json ?? false, simulated: false });
  const { formats, findings } = await lintFile(file, output);
  const text = [
    findings.length === 0 ? `${file}: nothing found (${formats.join(', ')}).` : `${file} (${formats.join(', ')}):`,
    ...findings.map(({ code, path, message, never, remedy }) => `\n${code} at ${path}\n  ${message}: it can never ${never}.\n  ${remedy}`),
  ];
  output.result(options.json ? JSON.stringify({ file, formats, findings }, null, 2) : text.join('\n'));
  return findings.length === 0 ? 0 : 4;
};

type Linted = { formats: string[]; findings: Finding[] };

const programs = ['.ts', '.mts', '.mjs', '.js'];

const lintFile = async (file: string, output: Output): Promise<Linted> => {
  if (programs.includes(extname(file))) {
    if (!existsSync(file)) throw new StagingError('CONFIG_NOT_FOUND', `Failed to read ${file}: there is no such file.`, { remedy: '' });
    const { loadConfig } = await import('../../desk/workspace.js');
    return lintOwn(await loadConfig(resolve(file)), file, output);
  }
  const documents = await readDocuments(file, 'POLICY_INVALID');
  const [document] = documents;
  return isConfig(document) ? lintOwn(document, file, output) : lintPolicy(documents);
};

const isConfig = (document: unknown): boolean =>
  typeof document === 'object' && document !== null && 'service' in document && !('kind' in document) && !('objectives' in document);

/** A configuration without approvers is not accepted anywhere; here it is read on, so that the other flaws are found as well. */
const lintOwn = async (given: unknown, file: string, output: Output): Promise<Linted> => {
  const { parseConfig } = await import('../../graph/parse-config.js');
  const missing =
    typeof given === 'object' &&
    given !== null &&
    (!('approvers' in given) || (Array.isArray(given.approvers) && given.approvers.length === 0));
  const config = parseConfig(missing ? { ...given, approvers: ['nobody'] } : given, file);
  const read = async ({ name, repository: path }: { name: string; repository: string }) => {
    const repository = resolve(dirname(file), path);
    const found = await tagsOf(repository);
    if (found === null) output.say(`There is no git repository at ${repository}: whether the version to go back to exists was not asked.`);
    return [name, found] as const;
  };
  const [, versions] = await read(config.service);
  const services = Object.fromEntries(await Promise.all(config.services.map(read)));
  return {
    formats: ['staging.config'],
    findings: [
      ...(missing ? [finding({ code: 'APPROVERS_MISSING', path: 'approvers', message: 'nobody may approve a promotion' })] : []),
      ...lintConfig(config, { versions, services }),
    ],
  };
};

const tagsOf = async (repository: string): Promise<string[] | null> => {
  if (!existsSync(resolve(repository, '.git'))) return null;
  const { gitIn } = await import('../../tools/source/git.js');
  return (await gitIn(repository)('tag', '--list')).split('\n').filter((tag) => tag !== '');
};
