/** `npm run check`: everything that can be said of the code without running it, in two lanes. Exits with 1 when one of them is not content. */
import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The longest first; whichever lane is free takes the next. */
const checks = [['eslint', '.'], ['tsc'], ['prettier', '--check', '.'], ['knip'], ['tsx', 'scripts/write-docs.ts', '--check'], ['publint']];

const lane = async (): Promise<void> => {
  for (let next = checks.shift(); next !== undefined; next = checks.shift()) {
    const [program = '', ...args] = next;
    const begun = performance.now();
    const ended = await run(`node_modules/.bin/${program}`, args, { maxBuffer: 2 ** 26, env: { ...process.env, FORCE_COLOR: '1' } }).catch(
      (error: { stdout: string; stderr: string }) => ({ failed: true, ...error }), // what a program that fails rejects with
    );
    const failed = 'failed' in ended;
    console.log(`${failed ? 'Failed' : 'ok    '} ${next.join(' ')} (${((performance.now() - begun) / 1_000).toFixed(0)} s)`);
    if (!failed) continue;
    console.log(ended.stdout + ended.stderr);
    process.exitCode = 1;
  }
};

await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, lane));
