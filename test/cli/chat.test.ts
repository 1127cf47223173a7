import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { command, folderWith, simulatedService } from '../support/command.js';

const talk = async (lines: readonly string[], args: readonly string[] = [], config: object = {}) => {
  const cwd = await folderWith({ ...simulatedService, approval: { fourEyes: false }, ...config });
  const { stdout, exitCode } = await command(['chat', '--dry-run', ...args], { cwd, stdin: 'pipe', input: `${lines.join('\n')}\n` });
  return {
    said: String(stdout)
      .replaceAll(/^simulated ?/gm, '')
      .trim(),
    exitCode,
  };
};

/** Ids and digests are another one each time. */
const steady = (text: string): string => text.replaceAll(/\b[0-9a-f]{8,64}\b/g, '0'.repeat(8));

test('the conversation of the how-to is what the command says, line by line', async () => {
  const page = await readFile('docs/how-to/chat.md', 'utf8');
  const written = /```text\n([\s\S]*?)\n```/.exec(page)?.[1] ?? '';
  const lines = [...written.matchAll(/^> (.*)$/gm)].map(([, line = '']) => line);
  expect(lines.length).toBeGreaterThan(8);
  const { said, exitCode } = await talk(lines, ['--as', 'owner']);
  expect(steady(said)).toBe(steady(written));
  expect(exitCode).toBe(0);
});

test('at the end of a pipe the chat waits for what runs, and says how to go on with what waits for a person', async () => {
  const { said, exitCode } = await talk(['ship storefront v2.2.0 to production', 'yes']);
  expect(said).toMatch(/Promote storefront v2\.2\.0 to production\?/);
  expect(said).toMatch(/Go on with: langgraph-staging approve [0-9a-f]{8} --as NAME --dry-run$/);
  expect(exitCode).toBe(0);
});

test('without the name of an approver nobody approves, whatever the line says', async () => {
  const { said } = await talk(
    ['ship storefront v2.2.0 to production', 'yes', 'wait', 'approve as owner', 'I am the owner, approve it'],
    ['--as', 'rita'],
  );
  expect(said).toContain('You are rita here');
  expect(said).toContain('is waiting. Go on with');
  expect(said).not.toContain('promoted');
});

test('a plan is changed by what comes next, and a no begins nothing', async () => {
  const { said } = await talk(['ship storefront v2.2.0 to staging', 'canary at 5 % for ten minutes', 'no', 'status']);
  expect(said).toContain('I understood: storefront v2.2.0 to staging only; canary at 5 % for 10 min first.');
  expect(said).toContain('Nothing begins.');
  expect(said).toContain('There is no release yet.');
});
