import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/** Which rooms a room may import from: imports point one way. A room may always import from itself. */
export const mayImport = {
  catalog: [],
  gates: ['catalog'],
  rollout: ['catalog'],
  blackboard: ['catalog'],
  replay: ['catalog'],
  tools: ['catalog', 'gates', 'rollout'],
  agents: ['catalog', 'gates', 'blackboard', 'tools'],
  graph: ['catalog', 'gates', 'rollout', 'blackboard', 'tools', 'agents'],
  scenario: ['catalog', 'gates', 'rollout', 'blackboard', 'tools', 'agents', 'graph'],
  testing: ['catalog', 'blackboard', 'tools'],
  desk: ['catalog', 'gates', 'rollout', 'blackboard', 'tools', 'agents', 'graph', 'scenario'],
  page: ['catalog', 'desk'],
  server: ['catalog', 'gates', 'rollout', 'blackboard', 'tools', 'agents', 'graph', 'scenario', 'desk', 'page'],
  cli: ['catalog', 'gates', 'rollout', 'blackboard', 'tools', 'agents', 'graph', 'scenario', 'replay', 'desk', 'server', 'page'],
};

const agentFiles = ['environment-manager', 'feature-developer', 'qa-tester', 'deployment-validator', 'monitoring-specialist'];
const pure = ['node:*', '!node:path', 'better-sqlite3', 'undici'];
const langgraph = { group: ['@langchain/langgraph', '@langchain/langgraph/*'], message: 'Only src/graph assembles the graph.' };

const patternsOf = (room) => [
  {
    regex: `^(\\.\\./)+(?!${[room, ...mayImport[room]].join('|')})(${Object.keys(mayImport).join('|')})/`,
    message: `src/${room} may import from ${mayImport[room].join(', ') || 'nowhere else'}.`,
  },
  ...(['graph', 'desk', 'server', 'cli', 'scenario'].includes(room) ? [] : [langgraph]),
  ...(['gates', 'rollout'].includes(room) ? [{ group: pure, message: 'Gates and rollout are pure: no I/O, no clock.' }] : []),
];

const oneWay = Object.keys(mayImport).map((room) => ({
  files: [`src/${room}/**/*.{ts,tsx}`],
  rules: { 'no-restricted-imports': ['error', { patterns: patternsOf(room) }] },
}));

export default tseslint.config(
  { ignores: ['dist/**', 'coverage/**', 'node_modules/**', 'examples/**', '**/*.mjs', '**/.staging/**'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: ['eslint.config.js'] }, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver-next': [createTypeScriptImportResolver()],
      'import-x/extensions': ['.ts'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
    },
    rules: {
      'max-lines': ['error', { max: 300, skipComments: false }],
      'no-empty': ['error', { allowEmptyCatch: false }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-unsafe-type-assertion': 'off',
      'no-restricted-syntax': [
        'error',
        { selector: 'TSAsExpression > TSAsExpression > TSUnknownKeyword', message: 'A cast through unknown is not earned.' },
        { selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']", message: 'Chance comes from a seed.' },
        { selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']", message: 'Time comes in through the Clock.' },
      ],
    },
  },
  { files: ['src/**'], rules: { 'import-x/no-cycle': ['error', { ignoreExternal: true }] } },
  { files: ['src/tools/system-clock.ts'], rules: { 'no-restricted-syntax': 'off' } },
  ...oneWay,
  ...agentFiles.map((file) => ({
    files: [`src/agents/${file}.ts`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            ...patternsOf('agents'),
            {
              group: agentFiles.filter((other) => other !== file).map((other) => `./${other}.js`),
              message: 'Agents meet on the blackboard, never in an import.',
            },
          ],
        },
      ],
    },
  })),
  {
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: { 'max-lines': 'off', 'no-restricted-syntax': 'off', '@typescript-eslint/require-await': 'off' },
  },
  { files: ['eslint.config.js'], ...tseslint.configs.disableTypeChecked },
);
