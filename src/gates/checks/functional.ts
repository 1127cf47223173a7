import type { SuiteKind } from '../../catalog/suite-kinds.js';
import type { gates } from '../../catalog/gates.js';
import type { Evidence } from '../../catalog/tools.js';
import { notMeasured, switchOff, type CheckInput, type CheckRow, type GateConfig, type Judgement } from '../check-row.js';
import { newestOf } from '../newest.js';
import { worst } from '../outcomes.js';
import { counted, formatNumber, named, plain } from '../words.js';

type Run = Evidence<'run_suite'>;
type Target = Run['data']['target'];
type KindRule = { kind: SuiteKind; targets: readonly Target[]; minPercent: (config: GateConfig) => number };

const anywhere: readonly Target[] = ['artifact', 'preview', 'live'];
const minPassRate = (config: GateConfig): number => config.gates.minPassRate;
const all = (): number => 100;

const row = (rule: KindRule, judge: (input: CheckInput, rule: KindRule) => Judgement = (input) => judgeKind(input, rule)): CheckRow => ({
  unit: '%',
  target: (config) => `>= ${formatNumber(rule.minPercent(config))} %`,
  judge: (input) => judge(input, rule),
});

/** The functional gate: every declared suite of a kind has run, and enough of its tests passed. */
export const functionalChecks: Record<keyof (typeof gates)['functional']['checks'], CheckRow> = {
  unit_tests: row({ kind: 'unit', targets: anywhere, minPercent: minPassRate }),
  integration_tests: row({ kind: 'integration', targets: anywhere, minPercent: minPassRate }),
  regression_tests: row({ kind: 'regression', targets: ['preview', 'live'], minPercent: all }),
  api_tests: row({ kind: 'api', targets: anywhere, minPercent: minPassRate }),
  ui_tests: row({ kind: 'ui', targets: anywhere, minPercent: minPassRate }),
  smoke_tests: row({ kind: 'smoke', targets: ['live'], minPercent: all }, (input, rule) => judgeSmoke(input, rule)),
};

/** Smoke tests belong after the switch: before it they are pending, unless they have already failed on the preview. */
const judgeSmoke = (input: CheckInput, rule: KindRule): Judgement => {
  const declared = input.config.suites.some((suite) => suite.kind === 'smoke');
  const live = input.evidence.some((item) => item.tool === 'run_suite' && item.data.kind === 'smoke' && item.data.target === 'live');
  if (input.stage === 'readiness' || live || !declared) return judgeKind(input, rule);
  const early = judgeKind(input, { ...rule, targets: ['preview'] });
  return early.outcome === 'failed' ? early : { outcome: 'pending', reason: 'smoke tests run on the live address after the switch' };
};

const judgeKind = (input: CheckInput, { kind, targets, minPercent }: KindRule): Judgement => {
  const declared = input.config.suites.filter((suite) => suite.kind === kind);
  if (declared.length === 0) {
    return {
      outcome: 'inconclusive',
      reason: `no suite of kind "${kind}" is declared; declare one in suites, or ${switchOff(input.check)}`,
    };
  }
  const bySuite = declared.map((suite) => ({ suite: suite.name, runs: newestRuns(input.evidence, suite.name, targets) }));
  const runs = bySuite.flatMap((one) => one.runs);
  const parts = [
    ...bySuite.filter((one) => one.runs.length === 0).map((one) => unrecorded(one.suite, targets, input)),
    ...runs.flatMap((run) => unfinished(run, kind, input)),
    ...passRate(runs, minPercent(input.config)),
  ];
  const outcome = worst(parts.map((part) => part.outcome));
  const deciding = parts.filter((part) => part.outcome === outcome);
  const rate = parts.find((part) => part.value !== undefined);
  return {
    ...(rate?.value === undefined || rate.margin === undefined ? {} : { value: rate.value, margin: rate.margin }),
    outcome: outcome === 'off' ? 'inconclusive' : outcome, // no part is ever off
    reason: deciding.map((part) => part.reason).join('; '),
    evidence: runs.map((run) => run.digest),
  };
};

/** The newest run of a suite on each target: a run against one address says nothing about another. */
const newestRuns = (evidence: readonly Evidence[], suite: string, targets: readonly Target[]): Run[] =>
  targets.flatMap((target) => {
    const run = newestOf(
      evidence.filter((item): item is Run => item.tool === 'run_suite' && item.data.suite === suite && item.data.target === target),
    );
    return run === null ? [] : [run];
  });

const unrecorded = (suite: string, targets: readonly Target[], { check }: CheckInput): Judgement => ({
  outcome: 'inconclusive',
  reason: `no run of suite "${suite}" on the ${targets.join(' or ')} was recorded; run it, or ${switchOff(check)}`,
});

const unfinished = (run: Run, kind: SuiteKind, { check }: CheckInput): Judgement[] => {
  const { suite, status, reason, passed, failed, skipped } = run.data;
  if (status === 'not_run' && kind === 'ui') return [{ outcome: 'warning', reason: `suite "${suite}" was not run: ${plain(reason)}` }];
  if (status !== 'completed') return [notMeasured(check, run, { noun: `suite "${suite}"`, configure: 'correct its row in suites' })];
  if (passed + failed > 0) return [];
  const why = skipped > 0 ? `skipped all of its ${counted(skipped, 'test')}` : 'ran no test';
  return [{ outcome: 'inconclusive', reason: `suite "${suite}" ${why}; give it tests that run, or ${switchOff(check)}` }];
};

const passRate = (runs: readonly Run[], minPercent: number): Judgement[] => {
  const completed = runs.map((run) => run.data).filter((data) => data.status === 'completed');
  const sum = (key: 'passed' | 'failed' | 'skipped') => completed.reduce((total, data) => total + data[key], 0);
  const [passed, failed, skipped] = [sum('passed'), sum('failed'), sum('skipped')];
  const ran = passed + failed;
  if (ran === 0) return [];
  const percent = (100 * passed) / ran;
  const notes = skipped > 0 ? ` (${skipped} skipped)` : '';
  const says = `${formatNumber(percent)} % of ${counted(ran, 'test')} passed${notes}, at least ${formatNumber(minPercent)} % wanted`;
  const names = completed.flatMap((data) => data.failures.map((failure) => failure.test));
  const broken = failed > 0 ? `; ${failed} failed${names.length > 0 ? `: ${named(names)}` : ''}` : '';
  const measured = { value: percent, margin: percent - minPercent };
  return percent >= minPercent
    ? [{ ...measured, outcome: 'passed', reason: `${says}${broken}` }]
    : [{ ...measured, outcome: 'failed', reason: `${says}${broken}; correct them` }];
};
