import { fileURLToPath } from 'node:url';
import { reportError } from '../../src/cli/output.js';
import { commandNames, runCommand } from '../../src/cli/run-command.js';
import { makeRepository } from './make-repository.mjs';

/**
 * `npm start`: releases the example, start to finish. `npm start -- "ship storefront v2.3.0 to staging"` is any request,
 * and `npm start -- status` any other command, always with the example's configuration.
 */
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const commands = commandNames();
/** Asked about itself, or about no configuration. */
const isUnconfigured = (word: string): boolean => ['init', 'help', '--help'].includes(word) || commands.get(word) === false;

const demonstration = [
  'release',
  'ship storefront v2.2.0 with wishlist and fast-checkout to staging, promote it if it is healthy',
  '--approve-as',
  'storefront-owner',
];

const commandLine = (given: string[]): string[] => {
  const [first] = given;
  if (first !== undefined && isUnconfigured(first)) return given;
  const words =
    first === undefined
      ? demonstration
      : first.startsWith('--')
        ? [...demonstration, ...given]
        : commands.has(first)
          ? given
          : ['release', ...given];
  return words.includes('--config') ? words : [...words, '--config', here('staging.config.ts')];
};

await makeRepository(here('.work/repo'));
process.exitCode = await runCommand(commandLine(process.argv.slice(2))).catch((error: unknown) =>
  reportError(error, process.argv.includes('--json')),
);
