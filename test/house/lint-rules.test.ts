import { ESLint } from 'eslint';
import { expect, test } from 'vitest';

const lint = async (file: string, code: string): Promise<string[]> => {
  const eslint = new ESLint({
    overrideConfig: {
      languageOptions: {
        parserOptions: {
          projectService: {
            allowDefaultProject: ['eslint.config.js', 'src/*/lint-probe.ts'],
            maximumDefaultProjectFileMatchCount_THIS_WILL_SLOW_DOWN_LINTING: 20,
          },
        },
      },
    },
  });
  const [result] = await eslint.lintText(code, { filePath: file });
  return result?.messages.map((message) => `${message.ruleId}: ${message.message}`) ?? [];
};

const rows: [rule: string, file: string, code: string, message: string][] = [
  ['gates may not reach for a tool', 'src/gates/lint-probe.ts', `import '../tools/ports.js';`, 'src/gates may import from catalog'],
  [
    'the catalog imports from nowhere',
    'src/catalog/lint-probe.ts',
    `import '../gates/breach.js';`,
    'src/catalog may import from nowhere else',
  ],
  ['tools never know who calls them', 'src/tools/lint-probe.ts', `import '../agents/settle.js';`, 'src/tools may import from'],
  [
    'conformance suites know the contracts, no adapter and no scenario',
    'src/testing/lint-probe.ts',
    `import '../scenario/faults.js';`,
    'src/testing may import from',
  ],
  ['only the graph imports LangGraph', 'src/agents/lint-probe.ts', `import '@langchain/langgraph';`, 'Only src/graph assembles the graph'],
  ['rollout is pure', 'src/rollout/lint-probe.ts', `import 'node:fs';`, 'Gates and rollout are pure'],
  ['an agent never imports another', 'src/agents/qa-tester.ts', `import './feature-developer.js';`, 'Agents meet on the blackboard'],
  ['an agent keeps the rule of its room besides', 'src/agents/qa-tester.ts', `import '../graph/state.js';`, 'src/agents may import from'],
  ['chance comes from a seed', 'src/scenario/lint-probe.ts', `export const n = Math.random();`, 'Chance comes from a seed'],
  ['time comes in through the clock', 'src/agents/lint-probe.ts', `export const at = Date.now();`, 'Time comes in through the Clock'],
  [
    'a cast through unknown is not earned',
    'src/agents/lint-probe.ts',
    `export const n = 'x' as unknown as number;`,
    'A cast through unknown is not earned',
  ],
  ['any is not a type', 'src/agents/lint-probe.ts', `export const n = (x: any) => x;`, 'Unexpected any'],
  [
    'a promise is awaited',
    'src/agents/lint-probe.ts',
    `const work = () => Promise.resolve(1);\nwork();\nexport {};`,
    'Promises must be awaited',
  ],
  [
    'an empty catch swallows a failure',
    'src/agents/lint-probe.ts',
    `try { JSON.parse(''); } catch {}\nexport {};`,
    'Empty block statement',
  ],
  [
    'a switch covers every case',
    'src/agents/lint-probe.ts',
    `export const f = (x: 'a' | 'b') => { switch (x) { case 'a': return 1; } };`,
    'Switch is not exhaustive',
  ],
  ['a file ends before line 300', 'src/agents/lint-probe.ts', `${'export {};\n'.repeat(301)}`, 'File has too many lines'],
];

test.each(rows)('%s', async (_, file, code, message) => {
  expect((await lint(file, code)).join('\n')).toContain(message);
});

test('a circle of imports is found', async () => {
  expect(
    (await lint('src/catalog/agents.ts', `import { catalog } from './flow.js';\nexport const agents = catalog;`)).join('\n'),
  ).toContain('import-x/no-cycle');
});
