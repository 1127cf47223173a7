import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { textOf, type Seen } from './detected.js';

/** Paths that services answer when they are well, the most telling first. */
const known = ['/healthz', '/health', '/readyz', '/livez', '/api/health', '/actuator/health', '/_health', '/ready', '/status', '/ping'];
const source = /\.(?:[cm]?[jt]sx?|py|go|rb|rs|java|kt|php|cs|ex)$/;
const skipped = /^(?:node_modules|vendor|dist|build|target|coverage|\..*|tests?|__tests__|venv|examples?|docs?)$/;
const mostFiles = 2_000;
const mostBytes = 256 * 1024;

/** Where the service says that it is well, and where its figures are: of the HEALTHCHECK of a Dockerfile, or quoted in its own sources. */
export const pathsOf = (root: string): { health: Seen<string> | null; metrics: Seen<string> | null } => {
  const checked = /^HEALTHCHECK\b[\s\S]*?https?:\/\/[^/\s"']+(\/[\w./-]*)/im.exec(textOf(root, 'Dockerfile') ?? '')?.[1];
  const files = sourcesIn(root);
  const quoted = (path: string): Seen<string> | null => {
    const found = files.find(({ text }) =>
      ['"', "'", '`'].some((quote) => text.includes(`${quote}${path}${quote}`) || text.includes(`GET ${path}${quote}`)),
    );
    return found === undefined ? null : { value: path, from: found.file };
  };
  return {
    health:
      checked === undefined
        ? (known.map(quoted).find((found) => found !== null) ?? null)
        : { value: checked, from: 'the HEALTHCHECK of the Dockerfile' },
    metrics: quoted('/metrics'),
  };
};

const sourcesIn = (root: string): { file: string; text: string }[] => {
  const found: { file: string; text: string }[] = [];
  const folders = [''];
  for (let folder = folders.shift(); folder !== undefined && found.length < mostFiles; folder = folders.shift())
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const file = join(folder, entry.name);
      if (entry.isDirectory() && !skipped.test(entry.name)) folders.push(file);
      else if (entry.isFile() && source.test(entry.name) && statSync(join(root, file)).size <= mostBytes)
        found.push({ file, text: readFileSync(join(root, file), 'utf8') });
    }
  return found;
};
