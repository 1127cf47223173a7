#!/usr/bin/env node
import { runCommand } from './run-command.js';

/** Whoever reads may leave early, like `head`: what is under way goes on, and what it would still say is for nobody. */
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });

process.exitCode = await runCommand(process.argv.slice(2)).catch(async (error: unknown) => {
  const { reportError } = await import('./output.js');
  return reportError(error, process.argv.includes('--json'), process.argv.includes('--dry-run'));
});
