import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What tests leave behind lies in one folder, which goes when they have ended: most of them make folders, and some are killed. */
export default function temporaryFiles(): () => void {
  const before = process.env['TMPDIR'];
  const root = mkdtempSync(join(tmpdir(), 'langgraph-staging-tests-'));
  chmodSync(root, 0o755); // PostgreSQL has a user of its own where we are root
  process.env['TMPDIR'] = root;
  return () => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    rmSync(root, { recursive: true, force: true, maxRetries: 3 });
  };
}
