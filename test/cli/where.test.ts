import { expect, test } from 'vitest';
import { whereOf } from '../../src/cli/where.js';

test('the next command is told what this one was told, as a shell reads it', () => {
  expect(whereOf({})).toBe('');
  expect(whereOf({ config: 'staging.config.ts', dryRun: true })).toBe(' --config staging.config.ts --dry-run');
  expect(whereOf({ stateDir: "my team's/state", database: 'postgres://me@localhost:5432/releases' })).toBe(
    String.raw` --state-dir 'my team'\''s/state' --database postgres://me@localhost:5432/releases`,
  );
});
