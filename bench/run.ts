import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

/**
 * `npm run bench [-- name …] [--page]`: every benchmark of this folder, or the named ones, one after the other, on what `npm run build` makes of
 * `#src`: a loader of TypeScript names every closure when it is made, which nobody pays who installs the package. With `--page` what each printed
 * takes the place of its section in docs/performance.md. Exits with 1 when one of them did.
 */
const own = 'run.ts';
const { values, positionals: chosen } = parseArgs({ allowPositionals: true, options: { page: { type: 'boolean', default: false } } });
const benches = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && file !== own)
  .map((file) => file.slice(0, -'.ts'.length))
  .filter((name) => chosen.length === 0 || chosen.includes(name));

const page = join(import.meta.dirname, '../docs/performance.md');
const head = `# Performance

What \`npm run bench -- --page\` printed. Ratios are taken within one run, so they say more than the figures of one machine. A line that begins with
\`Failed\` is a goal that is not reached.
`;

/** The comment at the head of the benchmark: what it measures, and how. */
const aboutOf = (name: string): string =>
  (/\/\*\*\n([\s\S]*?)\*\//.exec(readFileSync(join(import.meta.dirname, `${name}.ts`), 'utf8'))?.[1] ?? '')
    .replaceAll(/^ \* ?/gm, '')
    .trim();

/** Puts the section of a benchmark where it stood, or at its place by name. */
const writeSection = (name: string, printed: string): void => {
  const [, ...parts] = (existsSync(page) ? readFileSync(page, 'utf8') : head).split(/^## /m);
  const sections = new Map(parts.map((part) => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n'))]));
  const where = `${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${cpus().length} processors`;
  sections.set(name, `\n\n${aboutOf(name)}\n\n\`\`\`text\n${printed.trimEnd()}\n\`\`\`\n\n${where}.\n`);
  const text = [...sections].sort(([a], [b]) => a.localeCompare(b)).map(([title, body]) => `## ${title}${body.trimEnd()}\n`);
  writeFileSync(page, [head, ...text].join('\n'));
};

for (const name of benches) {
  console.log(`\n== ${name}`);
  const bench = spawn(process.execPath, [...process.execArgv, join(import.meta.dirname, `${name}.ts`)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  bench.stdout.on('data', (chunk: Buffer) => {
    process.stdout.write(chunk);
    printed += chunk.toString();
  });
  const [status] = (await once(bench, 'close')) as [number | null];
  if (status !== 0) process.exitCode = 1;
  if (values.page) writeSection(name, printed);
}
