import type { StagingConfig } from '../../catalog/config.js';
import type { Evidence, ToolName, ToolResult } from '../../catalog/tools.js';
import { evaluateGate } from '../../gates/evaluate-gate.js';

/** What failed, so that it can be measured again on some of the features. `none`: nothing that a preview could show. */
export type Symptom =
  | { kind: 'build'; check: string }
  | { kind: 'suite'; check: string; suite: string; target: 'artifact' | 'preview'; tests: string[] }
  | { kind: 'load'; check: string }
  | { kind: 'traffic'; check: string }
  | { kind: 'none'; check: string; why: string };

/** The first failed check of an attempt that can be measured again, in the order in which a release meets them. */
export const symptomOf = (all: readonly Evidence[], attempt: number, config: StagingConfig): Symptom => {
  const evidence = all.filter((item) => item.attempt === attempt);
  return build(evidence) ?? suite(evidence, attempt, config) ?? load(evidence, attempt, config) ?? traffic(evidence, config) ?? nothing;
};

const nothing: Symptom = { kind: 'none', check: 'none', why: 'nothing failed that a part of the features could be tried on' };

type Look = (evidence: readonly Evidence[], attempt: number, config: StagingConfig) => Symptom | null;

const newest = <T extends ToolName>(evidence: readonly Evidence[], tool: T) =>
  evidence.findLast((item) => item.tool === tool)?.data as ToolResult<T> | undefined; // the tool names the member

const build = (evidence: readonly Evidence[]): Symptom | null => {
  if (newest(evidence, 'integrate_features')?.status === 'conflict')
    return { kind: 'none', check: 'integration', why: 'a merge conflict names its branches itself' };
  return newest(evidence, 'build_artifact')?.status === 'failed' ? { kind: 'build', check: 'the build' } : null;
};

/** A suite whose gate check has failed; what a gate lets pass is no reason to look for anybody. */
const suite: Look = (evidence, attempt, config) => {
  const failed = failedChecks('functional', evidence, attempt, config);
  const runs = evidence.flatMap((item) => (item.tool === 'run_suite' && item.data.failed > 0 ? [item.data] : []));
  const bad = runs.find((run) => failed.includes(`${run.kind}_tests`));
  return bad === undefined
    ? null
    : {
        kind: 'suite',
        check: `the ${bad.suite} suite`,
        suite: bad.suite,
        target: bad.target === 'artifact' ? 'artifact' : 'preview',
        tests: bad.failures.map((failure) => failure.id),
      };
};

const load: Look = (evidence, attempt, config) => {
  const [check] = failedChecks('performance', evidence, attempt, config);
  return check === undefined ? null : { kind: 'load', check: `${check} under load` };
};

const traffic = (evidence: readonly Evidence[], config: StagingConfig): Symptom | null => {
  const rollouts = evidence.flatMap((item) => (item.tool === 'run_rollout' || item.tool === 'promote_to_production' ? [item.data] : []));
  const breach = rollouts.findLast((one) => one.breach !== null)?.breach?.metric;
  const alert = newest(evidence, 'check_health')?.alerts.at(-1)?.name;
  const check = breach ?? alert;
  if (check === undefined || rollouts.length === 0) return null;
  if (config.traffic.staging === null)
    return { kind: 'none', check, why: 'the configuration has no traffic for staging that a preview could be given' };
  return { kind: 'traffic', check: `${check} under traffic` };
};

const failedChecks = (gate: 'functional' | 'performance', evidence: readonly Evidence[], attempt: number, config: StagingConfig) =>
  evaluateGate(gate, { config, evidence, attempt, at: 0, stage: 'validation', approval: null })
    .checks.filter((check) => check.outcome === 'failed')
    .map((check): string => check.check);
