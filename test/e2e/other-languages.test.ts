import { expect, test } from 'vitest';
import type { ReleaseDocument } from '../../src/desk/document.js';
import { command } from '../support/command.js';
import { leftOver } from '../support/left-over.js';
import { tinyService } from '../support/tiny-service.js';

test("a service of Python's http.server is released by a configuration alone", async () => {
  const { folder, git } = await tinyService('python');
  const { stdout, exitCode } = await command(
    ['release', 'ship tiny v1.1.0 to staging, promote it if it is healthy', '--approve-as', 'owner', '--json'],
    { cwd: folder },
  );
  const document = JSON.parse(String(stdout)) as ReleaseDocument;
  expect({ outcome: document.outcome, reason: document.reason, exitCode }).toMatchObject({ outcome: 'promoted', exitCode: 0 });
  expect(document.gates.find((gate) => gate.gate === 'functional')?.checks[0]?.reason).toContain('a service of one file');
  expect(String((await git('tag')).stdout)).toContain('production/v1.1.0');
  expect(await leftOver(folder)).toEqual([]);
});
