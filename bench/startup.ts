import { spawnSync } from 'node:child_process';

/**
 * What `--help` costs against Node alone, interleaved in one run. Needs `npm run build`.
 */
const programs = { 'node -e 0': ['-e', '0'], 'langgraph-staging --help': ['dist/cli/main.js', '--help'] };
const rounds = 31;

const times = Object.values(programs).map((): number[] => []);
for (let round = 0; round < rounds; round += 1)
  Object.values(programs).forEach((args, at) => {
    const startedAt = performance.now();
    spawnSync(process.execPath, args);
    times[at]?.push(performance.now() - startedAt);
  });
const medians = times.map((all) => all.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? NaN);
Object.keys(programs).forEach((name, at) => {
  const median = medians[at] ?? NaN;
  console.log(`${name}: ${median.toFixed(1)} ms, ${(median / (medians[0] ?? NaN)).toFixed(2)} times Node alone`);
});
