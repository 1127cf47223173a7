import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { SuiteConfig } from '../../../catalog/config.js';
import { reason } from '../../../catalog/errors.js';
import type { ToolResult } from '../../../catalog/tools.js';
import type { Artifact } from '../../ports.js';
import { findProgram, runCommand, type CommandResult } from '../../processes.js';
import { readTextFile } from '../read-text-file.js';
import { reportFormats } from '../reports/parse-report.js';
import { countTests } from './count-tests.js';

type SuiteResult = ToolResult<'run_suite'>;
export type SuitePlace = { target: SuiteResult['target']; artifact: Artifact; url: string | null };

const maxOutput = 8_000;

/**
 * Runs a suite in the artifact's folder and believes its report, but only as far as the exit code agrees: `completed` means that a
 * report with at least one test was read. Everything else is `errored` with its reason, because a silent runner proves nothing.
 */
export const runSuite = async (suite: SuiteConfig, place: SuitePlace, stateDir: string): Promise<SuiteResult> => {
  const result = emptyResult(suite, place);
  const errored = (why: string, more: Partial<SuiteResult> = {}): SuiteResult => ({ ...result, ...more, status: 'errored', reason: why });
  try {
    if (suite.needs !== undefined && !(await findProgram(suite.needs, place.artifact.path))) {
      return { ...result, status: 'not_run', reason: `the program "${suite.needs}" is not installed` };
    }
    const paths = await reportPaths(suite, place.artifact, stateDir);
    const run = await runCommand({
      command: suite.command.map((part) => part.replaceAll('{report}', paths.fresh).replaceAll('{url}', place.url ?? '')),
      cwd: place.artifact.path,
      env: { REPORT_FILE: paths.fresh, ...(place.url === null ? {} : { TARGET_URL: place.url }) },
      timeoutMs: suite.timeoutMs,
    });
    const ran = { durationMs: run.durationMs, output: stripVTControlCharacters(run.output).slice(-maxOutput) };
    if (run.timedOut) return errored(`hung: killed after ${suite.timeoutMs / 1_000} s`, ran);
    const judged = await judge(suite, place.artifact, run, paths.candidates).then(
      (found) => ({ ...result, ...ran, ...found }),
      (error: unknown) => errored(reason(error), ran),
    );
    await rm(dirname(paths.fresh), { recursive: true, force: true }); // what it says is kept as evidence, without secrets
    return judged;
  } catch (error) {
    return errored(reason(error));
  }
};

const emptyResult = (suite: SuiteConfig, place: SuitePlace): SuiteResult => ({
  suite: suite.name,
  kind: suite.kind,
  target: place.target,
  status: 'errored',
  reason: '',
  total: 0,
  passed: 0,
  failed: 0,
  skipped: 0,
  durationMs: 0,
  failures: [],
  output: '',
});

/** A folder of its own for every run, and nothing left at `suite.report`: an old report must never be taken for this run's. */
const reportPaths = async (suite: SuiteConfig, artifact: Artifact, stateDir: string) => {
  const reports = resolve(stateDir, 'reports');
  await mkdir(reports, { recursive: true });
  const fresh = join(await mkdtemp(join(reports, `${suite.kind}-`)), `report.${reportFormats[suite.format].extension}`);
  if (suite.report === undefined) return { fresh, candidates: [fresh] };
  const declared = join(artifact.path, suite.report);
  await rm(declared, { force: true });
  return { fresh, candidates: [fresh, declared] };
};

const judge = async (
  suite: SuiteConfig,
  artifact: Artifact,
  run: CommandResult,
  candidates: readonly string[],
): Promise<Partial<SuiteResult>> => {
  const ended = run.exitCode === null ? 'was killed by a signal' : `exited with code ${run.exitCode}`;
  const text = await firstText(candidates);
  if (text === null) return { status: 'errored', reason: `the command ${ended} and left no report` };
  const { durationMs, ...counts } = countTests(suite.name, await realpath(artifact.path), reportFormats[suite.format].parse(text));
  if (counts.total === 0) return { ...counts, status: 'errored', reason: `the command ${ended} and its report holds no test` };
  if (run.exitCode !== 0 && counts.failed === 0) {
    return { ...counts, status: 'errored', reason: `the command ${ended} although its report shows no failure` };
  }
  // A report without times leaves the time of the whole command.
  return { ...counts, ...(durationMs > 0 ? { durationMs } : {}), status: 'completed', reason: '' };
};

const firstText = async (paths: readonly string[]): Promise<string | null> => {
  for (const path of paths) {
    const text = await readTextFile(path);
    if (text !== null) return text;
  }
  return null;
};
