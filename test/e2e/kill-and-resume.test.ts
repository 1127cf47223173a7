import Database from 'better-sqlite3';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { ReleaseDocument } from '../../src/desk/document.js';
import { command } from '../support/command.js';
import { leftOver } from '../support/left-over.js';
import { tinyService } from '../support/tiny-service.js';
import { sampled } from '../support/everything.js';

/** How often each operation was finished; the journal would show a second row under a second key. */
const finished = (folder: string): Map<string, number> => {
  const db = new Database(join(folder, '.staging', 'journal.db'), { readonly: true });
  const rows = db.prepare<[], { name: string; value: string }>("SELECT name, value FROM journal WHERE kind = 'evidence'").all();
  db.close();
  const counts = new Map<string, number>();
  for (const { name, value } of rows) {
    const { args } = JSON.parse(value) as { args: unknown };
    const key = `${name} ${JSON.stringify(args)}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
};

const reached = async (folder: string, tool: string): Promise<void> => {
  for (;;) {
    if (existsSync(join(folder, '.staging', 'journal.db'))) {
      const db = new Database(join(folder, '.staging', 'journal.db'), { readonly: true });
      const made = db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'operations'").get() !== undefined;
      const found = made && db.prepare<[string], { one: number }>('SELECT 1 AS one FROM operations WHERE name = ?').get(tool) !== undefined;
      db.close();
      if (found) return;
    }
    await sleep(50);
  }
};

const tools = ['promote_to_production', 'build_artifact', 'deploy_preview', 'run_rollout', 'run_load', 'check_health'];

test.concurrent.each(sampled(tools, 6))(
  'killed with SIGKILL at %s and resumed, the release is promoted and nothing that was done is done again',
  async (tool) => {
    const { folder, git } = await tinyService('node');
    const first = command(['release', 'ship tiny v1.1.0 to staging, promote it if it is healthy', '--approve-as', 'owner'], {
      cwd: folder,
    });
    await reached(folder, tool);
    await sleep(100);
    first.kill('SIGKILL');
    await first;
    await sleep(300);
    expect(await leftOver(folder)).toEqual([]);
    const before = finished(folder);
    const db = new Database(join(folder, '.staging', 'journal.db'), { readonly: true });
    const { id } = db.prepare<[], { id: string }>('SELECT id FROM releases').get() ?? { id: '' };
    db.close();
    const { stdout, exitCode, stderr } = await command(['resume', id, '--json'], { cwd: folder });
    const document = JSON.parse(String(stdout)) as ReleaseDocument;
    expect({ outcome: document.outcome, exitCode, stderr: document.outcome === 'promoted' ? '' : stderr }).toEqual({
      outcome: 'promoted',
      exitCode: 0,
      stderr: '',
    });
    const after = finished(folder);
    for (const [name, count] of before) {
      const repeatedByDesign = name.startsWith('check_health'); // asked again after each soak
      if (!repeatedByDesign) expect(after.get(name)).toBe(count);
    }
    expect(
      String((await git('tag')).stdout)
        .split('\n')
        .filter((tag) => tag.startsWith('production/')),
    ).toEqual(['production/v1.1.0']);
    expect((await command(['verify', id], { cwd: folder })).exitCode).toBe(0);
    expect(await leftOver(folder)).toEqual([]);
  },
);
