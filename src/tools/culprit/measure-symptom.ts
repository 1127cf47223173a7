import type { StagingConfig } from '../../catalog/config.js';
import { reason } from '../../catalog/errors.js';
import type { Check } from '../../catalog/fields.js';
import type { Evidence, SlotName } from '../../catalog/tools.js';
import { evaluateGate } from '../../gates/evaluate-gate.js';
import type { ProbeOutcome } from '../../rollout/find-culprit.js';
import { visitedPaths } from '../deployment/traffic.js';
import type { Artifact } from '../ports.js';
import type { ToolContext } from '../run-tool.js';
import type { Symptom } from './symptom.js';

export type Measured = { outcome: ProbeOutcome; detail: string };
export type Place = { artifact: Artifact; preview: { slot: SlotName; url: string } | null };

/** Measures a symptom again. What breaks on the way is `inconclusive`, never a pass and never a failure of the features. */
export const measureSymptom = async (symptom: Symptom, place: Place, context: ToolContext): Promise<Measured> => {
  try {
    switch (symptom.kind) {
      case 'build':
        return { outcome: 'passed', detail: 'it builds' };
      case 'suite':
        return await runAgain(symptom, place, context);
      case 'load':
        return await loadAgain(place, context);
      case 'traffic':
        return await visitAgain(place, context);
      case 'none':
        return { outcome: 'inconclusive', detail: symptom.why };
    }
  } catch (error) {
    return { outcome: 'inconclusive', detail: reason(error) };
  }
};

type SuiteSymptom = Extract<Symptom, { kind: 'suite' }>;

/** The same suite, and in it only the tests that failed: another test that fails for want of a feature says nothing about this failure. */
const runAgain = async ({ suite: name, target, tests }: SuiteSymptom, { artifact, preview }: Place, context: ToolContext) => {
  const suite = context.config.suites.find((one) => one.name === name);
  if (suite === undefined) return unmeasured(`no suite ${name} is declared`);
  const run = await context.ports.testing.runSuite(suite, { target, artifact, url: preview?.url ?? null });
  if (run.status !== 'completed') return unmeasured(run.reason);
  const again = run.failures.filter((failure) => tests.includes(failure.id));
  return again.length > 0
    ? { outcome: 'failed' as const, detail: again.map((failure) => failure.test).join('; ') }
    : { outcome: 'passed' as const, detail: `none of the ${tests.length} failed tests fails` };
};

/** The load test, judged by the gate itself. */
const loadAgain = async ({ preview }: Place, { ports, config, attempt }: ToolContext): Promise<Measured> => {
  if (preview === null) return unmeasured('there is no preview');
  const load = await ports.testing.runLoad(preview.url, () => Promise.resolve(null));
  const data = { ...load, restarts: await restartsOf(preview.slot, ports) };
  const evidence: Evidence<'run_load'> = { digest: '', tool: 'run_load', source: '', at: 0, attempt, args: {}, data };
  const { checks } = evaluateGate('performance', { config, evidence: [evidence], attempt, at: 0, stage: 'validation', approval: null });
  const measured = checks.filter((check) => check.check !== 'resource_utilization'); // needs the process table, which no preview probe reads
  const unclear = measured.find((check) => !isOpen(check.outcome) && check.outcome !== 'failed') ?? measured.find(isClose);
  const bad = measured.find((check) => check.outcome === 'failed' && !isClose(check));
  if (bad !== undefined) return { outcome: 'failed', detail: bad.reason };
  return unclear === undefined
    ? { outcome: 'passed', detail: 'every target of the load test is met, none of them closely' }
    : unmeasured(`too close to its target to tell: ${unclear.reason}`);
};

/** Nearer to its target than one load test is from the next on a machine that does other things too. */
const isClose = ({ value, margin, outcome }: Check): boolean =>
  outcome !== 'off' &&
  typeof value === 'number' &&
  margin !== null &&
  Math.abs(margin) < closeShare * Math.max(Math.abs(value), Math.abs(margin));
const closeShare = 0.2;

const isOpen = (outcome: string): boolean => ['passed', 'warning', 'off'].includes(outcome);

/** The visitors of staging, sent to the preview alone, judged by the limits of a breach. */
const visitAgain = async ({ preview }: Place, { ports, config }: ToolContext): Promise<Measured> => {
  const traffic = config.traffic.staging;
  if (preview === null || traffic === null) return unmeasured('there is no preview, or no traffic for it');
  const visitors = { ...traffic, paths: visitedPaths(config, traffic) };
  const { requests, failed, latencyP95Ms } = await ports.testing.visit(preview.url, visitors, watchMs(config));
  const { breach } = config.rollout;
  if (requests < breach.minRequests) return unmeasured(`${requests} of at least ${breach.minRequests} requests were answered`);
  const p95 = latencyP95Ms ?? 0;
  const restarts = await restartsOf(preview.slot, ports);
  const bad = failed / requests > breach.errorRate || p95 > breach.latencyP95Ms || restarts > 0;
  const detail = `${failed} of ${requests} requests failed, p95 ${Math.round(p95)} ms, ${restarts} restarts`;
  return { outcome: bad ? 'failed' : 'passed', detail };
};

/** As long as the rollout would have held it under traffic, but no longer than a minute. */
const watchMs = ({ rollout }: StagingConfig): number =>
  Math.min(60_000, Math.max(2_000, rollout.steps.reduce((sum, step) => sum + step.pauseMs, 0) + rollout.watchMs));

const restartsOf = async (slot: SlotName, { deployment }: ToolContext['ports']): Promise<number> =>
  (await deployment.status('staging')).slots.find((one) => one.slot === slot)?.restarts ?? 0;

const unmeasured = (detail: string): Measured => ({ outcome: 'inconclusive', detail });
