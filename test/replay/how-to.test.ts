import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test, vi } from 'vitest';
import { entry } from '../support/command.js';
import { completion, modelServer, sendJson } from './support/model-server.js';

type Block = { language: string; info: string; code: string };

const blocksOf = (page: string): Block[] =>
  [...page.matchAll(/^```(\w*) ?(.*)\n([\s\S]*?)^```$/gm)].map(([, language = '', info = '', code = '']) => ({ language, info, code }));

/** A stranger's package: the page's files, and this package as `langgraph-staging`. */
const project = () => {
  const folder = mkdtempSync(join(tmpdir(), 'how-to-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{"name":"trip","type":"module"}');
  const alias = JSON.stringify({ 'langgraph-staging/replay': resolve('src/replay/public.ts') });
  writeFileSync(join(folder, 'vitest.config.ts'), `export default { resolve: { alias: ${alias} }, server: { fs: { strict: false } } };`);
  return folder;
};

test('the how-to, followed from its first line to its last, works', async () => {
  const folder = project();
  const server = await modelServer((_received, response, count) => void sendJson(response, completion(`Place ${count}.`)));
  const { PATH, HOME } = process.env;
  const command = `node ${entry.join(' ')}`;
  const run = (line: string) =>
    execa('bash', ['-c', line.replace(/^npx langgraph-staging/, command)], {
      cwd: folder,
      extendEnv: false,
      reject: false,
      all: true,
      env: { PATH, HOME, OPENAI_API_KEY: 'a-key-for-the-test', OPENAI_BASE_URL: server.url, NO_COLOR: '1' },
    });

  let output = '';
  const asked: number[] = [];
  for (const { language, info, code } of blocksOf(readFileSync('docs/how-to/replay-tests.md', 'utf8'))) {
    const file = /file=(\S+)/.exec(info)?.[1];
    if (file !== undefined) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), code);
    } else if (language === 'sh') {
      for (const line of code.trim().split('\n')) {
        const { exitCode, all } = await run(line);
        output = all;
        asked.push(server.received.length);
        expect(exitCode === 0, `${line}\n${all}`).toBe(info !== 'fails');
      }
    } else if (info === 'says') {
      for (const line of code.trim().split('\n')) expect(output).toContain(line);
    }
  }

  expect(asked).toEqual([2, 2, 2, 2, 2, 4]);
});

test('every other line of code on the page names what the package has', async () => {
  const page = readFileSync('docs/how-to/replay-tests.md', 'utf8');
  const { openTape, tapeModes } = await import('../../src/replay/public.js');
  for (const mode of tapeModes) expect(page).toContain(`| \`${mode}\``);
  const names = blocksOf(page).flatMap(({ code }) => [...code.matchAll(/tape\.(\w+)/g)].map(([, name]) => name!));
  vi.stubEnv('CI', ''); // where it is set, only `replay` is allowed
  onTestFinished(() => void vi.unstubAllEnvs());
  const tape = await openTape({ file: 'none.tape.json', mode: 'off', prompts: [] });
  for (const name of names.filter((one) => one !== 'json')) expect(tape).toHaveProperty(name);
});
