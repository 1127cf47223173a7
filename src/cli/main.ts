#!/usr/bin/env node
import { reportError } from './output.js';
import { runCommand } from './run-command.js';

process.exitCode = await runCommand(process.argv.slice(2)).catch((error: unknown) =>
  reportError(error, process.argv.includes('--json'), process.argv.includes('--dry-run')),
);
