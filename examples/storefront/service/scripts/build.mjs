import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { scanSources, toSarif } from './source-rules.mjs';

/**
 * Builds the shop: checks the syntax of every file, names the sources by their digest in build-info.json, and writes
 * reports/lint.sarif. No time and no path goes in, so the same sources always give the same files.
 */
const root = join(import.meta.dirname, '..');
const parallel = 4;

const sourceFiles = async () => {
  const folders = await Promise.all(
    ['src', 'scripts', 'tests'].map(async (folder) =>
      (await readdir(join(root, folder), { recursive: true })).map((file) => `${folder}/${file}`),
    ),
  );
  return folders
    .flat()
    .filter((file) => file.endsWith('.mjs'))
    .sort();
};

const checkSyntax = async (files) => {
  const queue = [...files];
  const worker = async () => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift())
      await promisify(execFile)(process.execPath, ['--check', join(root, file)]);
  };
  await Promise.all(Array.from({ length: parallel }, worker));
};

const digestOf = (sources) => {
  const hash = createHash('sha256');
  for (const { file, text } of sources) hash.update(`${file}\0${text}\0`);
  return hash.digest('hex');
};

const files = await sourceFiles();
await checkSyntax(files);
const sources = await Promise.all(files.map(async (file) => ({ file, text: await readFile(join(root, file), 'utf8') })));
const { name, version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
const findings = scanSources(sources.filter(({ file }) => file.startsWith('src/')));
await mkdir(join(root, 'reports'), { recursive: true });
await writeFile(join(root, 'reports', 'lint.sarif'), `${JSON.stringify(toSarif(findings, version), null, 2)}\n`);
await writeFile(
  join(root, 'build-info.json'),
  `${JSON.stringify({ name, version, files: files.length, sources: digestOf(sources) }, null, 2)}\n`,
);
console.log(`Built ${name} ${version}: ${files.length} files, ${findings.length} findings.`);
