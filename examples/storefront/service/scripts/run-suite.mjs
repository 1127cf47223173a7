import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

/**
 * Runs one suite: `node scripts/run-suite.mjs KIND [--report FILE] [--url URL]`.
 * REPORT_FILE and TARGET_URL say the same as the options. The report is JUnit XML; the exit code is that of the test runner.
 */
const needsTarget = { unit: false, integration: false, api: true, regression: true, smoke: true, ui: true };

const root = join(import.meta.dirname, '..');
const { positionals, values } = parseArgs({ allowPositionals: true, options: { report: { type: 'string' }, url: { type: 'string' } } });
const [kind] = positionals;
const url = values.url ?? process.env.TARGET_URL;
const report = values.report ?? process.env.REPORT_FILE;

const refuse = (why) => {
  console.error(`Failed to run the suite: ${why}`);
  process.exit(2);
};
if (!(kind in needsTarget)) refuse(`it must be one of ${Object.keys(needsTarget).join(', ')}.`);
if (needsTarget[kind] && !url) refuse(`${kind} tests a running shop; name it with --url or TARGET_URL.`);
if (!existsSync(join(root, 'tests', kind))) refuse(`there is no folder tests/${kind}.`);

const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const reporters = report ? ['--reporter=default', '--reporter=junit', `--outputFile.junit=${report}`] : ['--reporter=default'];
// Its own root and configuration: a project around this folder must not lend it its own.
const options = [
  '--root',
  root,
  '--config',
  join(root, 'vitest.config.mjs'),
  '--configLoader',
  'native',
  '--dir',
  join(root, 'tests', kind),
];
const runner = spawn(process.execPath, [vitest, 'run', ...options, ...reporters], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, TARGET_URL: url ?? '' },
});
runner.once('exit', (code) => process.exit(code ?? 1));
