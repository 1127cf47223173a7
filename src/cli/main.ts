#!/usr/bin/env node
import { runCommand } from './run-command.js';

process.exitCode = await runCommand(process.argv.slice(2)).catch(async (error: unknown) => {
  const { reportError } = await import('./output.js');
  return reportError(error, process.argv.includes('--json'), process.argv.includes('--dry-run'));
});
