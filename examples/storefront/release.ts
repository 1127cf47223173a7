import { fileURLToPath } from 'node:url';
import { reportError } from '../../src/cli/output.js';
import { runCommand } from '../../src/cli/run-command.js';
import { makeRepository } from './make-repository.mjs';

/**
 * `npm start`: releases the example, start to finish. `npm start -- "ship storefront v2.3.0 to staging"` is any request,
 * and `npm start -- status` any other command, always with the example's configuration.
 */
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const commands = [
  'release',
  'chat',
  'resume',
  'approve',
  'reject',
  'rollback',
  'cancel',
  'status',
  'history',
  'board',
  'explain',
  'verify',
  'report',
  'doctor',
  'flags',
];
const unconfigured = ['init', 'catalog', 'help', '--help'];

const demonstration = [
  'release',
  'ship storefront v2.2.0 with wishlist and fast-checkout to staging, promote it if it is healthy',
  '--approve-as',
  'storefront-owner',
];

const commandLine = (given: string[]): string[] => {
  const [first] = given;
  if (first !== undefined && unconfigured.includes(first)) return given;
  const words =
    first === undefined
      ? demonstration
      : first.startsWith('--')
        ? [...demonstration, ...given]
        : commands.includes(first)
          ? given
          : ['release', ...given];
  return words.includes('--config') ? words : [...words, '--config', here('staging.config.ts')];
};

await makeRepository(here('.work/repo'));
process.exitCode = await runCommand(commandLine(process.argv.slice(2))).catch((error: unknown) =>
  reportError(error, process.argv.includes('--json')),
);
