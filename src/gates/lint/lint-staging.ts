import type { RolloutConfig, StagingConfig } from '../../catalog/config.js';
import { suiteKinds } from '../../catalog/suite-kinds.js';
import { gateNames, gates, type CheckName } from '../../catalog/gates.js';
import { takesAway } from '../../catalog/permission.js';
import { routineNames, routines } from '../../catalog/routines.js';
import { configOf } from '../../catalog/services.js';
import { minSpanMs } from '../memory-growth.js';
import { said } from '../scorecard/explanation.js';
import { formatDuration } from '../words.js';
import { foundIf, type Found } from './finding.js';
import { requestsNeeded } from './requests-needed.js';

/** What is known of the repository; null where nobody looked. */
export type Repository = {
  versions: readonly string[] | null;
  /** Of the repositories of `services`, by name. */ services?: Readonly<Record<string, readonly string[] | null>>;
};

/** A `staging.config`. Whether the versions that it names exist is asked of the repository. */
export const lintStaging = (config: StagingConfig, { versions, services = {} }: Repository): Found[] => [
  ...lintGates(config),
  ...lintInstruments(configOf(config, config.service.name)),
  ...lintSoak(config),
  ...lintRollout(config),
  ...lintRollbackTarget(config, versions),
  ...lintApproval(config),
  ...lintToolPolicy(config),
  ...config.services.flatMap(({ name }, index) => lintCompanion(configOf(config, name), `services[${index}]`, services[name] ?? null)),
];

const lintApproval = ({ approvers, approval: { quorum } }: StagingConfig): Found[] =>
  foundIf(
    quorum > new Set(approvers).size,
    'QUORUM_UNREACHABLE',
    'approval.quorum',
    `${quorum} approvals are wanted, and there ${approvers.length === 1 ? 'is one approver' : `are ${new Set(approvers).size} approvers`}`,
  );

/** A release stops where the evidence that a routine needs may not be taken. */
const lintToolPolicy = ({ toolPolicy: { deny } }: StagingConfig): Found[] =>
  deny.flatMap((denial, index) => {
    const wanted = routineNames.flatMap((routine) => {
      const { agent, requires } = routines[routine];
      return requires.filter((tool) => takesAway(denial, agent, tool)).map((tool) => `${routine} requires ${tool}`);
    });
    const [first = '', ...others] = wanted;
    const more = others.length === 0 ? '' : `, and ${others.length} more like it`;
    return foundIf(wanted.length > 0, 'REQUIRED_TOOL_DENIED', `toolPolicy.deny[${index}]`, `${first}${more}`);
  });

/** What a service that goes with the first has of its own: its checks, its suites and its versions. */
const lintCompanion = (config: StagingConfig, path: string, versions: readonly string[] | null): Found[] =>
  [
    ...lintGates(config)
      .filter((found) => found.code === 'GATE_OFF')
      .map((found) => ({ ...found, path: `${path}.off` })),
    ...lintInstruments(config),
    ...lintRollbackTarget(config, versions).map((found) => ({ ...found, path: `${path}.stable` })),
  ].map((found) => ({ ...found, message: `of ${config.service.name} ${found.message}` }));

const lintGates = ({ gates: { off, minPassRate, minUptimePercent }, performanceTargets }: StagingConfig): Found[] => [
  ...gateNames.flatMap((gate) => {
    const checks = Object.keys(gates[gate].checks) as CheckName[]; // keys of a const table
    return foundIf(
      checks.every((check) => off[check] !== undefined),
      'GATE_OFF',
      'gates.off',
      `every check of the ${gates[gate].title} is off`,
    );
  }),
  ...foundIf(
    off.rollback_plan !== undefined,
    'ROLLBACK_UNCHECKED',
    'gates.off.rollback_plan',
    'nobody asks whether the version to go back to runs',
  ),
  ...foundIf(minPassRate === 0, 'THRESHOLD_UNREACHABLE', 'gates.minPassRate', 'a suite of which every test fails is accepted'),
  ...foundIf(minUptimePercent === 0, 'THRESHOLD_UNREACHABLE', 'gates.minUptimePercent', 'a service that never answers is accepted'),
  ...foundIf(performanceTargets.errorRate >= 1, 'THRESHOLD_UNREACHABLE', 'performanceTargets.errorRate', 'errors only are accepted'),
];

const lintInstruments = ({ suites, security, gates: { off } }: StagingConfig): Found[] => [
  ...suiteKinds.flatMap((kind) =>
    foundIf(
      off[`${kind}_tests`] === undefined && !suites.some((suite) => suite.kind === kind),
      'SUITE_MISSING',
      'suites',
      `no suite of the kind ${kind} is declared, and its check stays inconclusive`,
    ),
  ),
  ...foundIf(
    security.lockFile === undefined && (off.vulnerability_scan === undefined || off.dependency_check === undefined),
    'INSTRUMENT_MISSING',
    'security.lockFile',
    'no lock file is named, and the audit of dependencies stays inconclusive',
  ),
  ...foundIf(
    security.sarif.length === 0 && off.code_analysis === undefined,
    'INSTRUMENT_MISSING',
    'security.sarif',
    'no SARIF report is named, and the analysis of the code stays inconclusive',
  ),
];

const lintSoak = ({ stability: { soakMs }, gates: { off }, rollout }: StagingConfig): Found[] => {
  const window = rollout.breach.windowSamples * rollout.sampleMs;
  return [
    ...foundIf(
      soakMs < minSpanMs && off.memory_growth === undefined,
      'SOAK_TOO_SHORT',
      'stability.soakMs',
      `the growth of memory shows in ${formatDuration(minSpanMs)} at the earliest, and the soak is ${formatDuration(soakMs)}`,
    ),
    ...foundIf(
      soakMs < window,
      'SOAK_TOO_SHORT',
      'stability.soakMs',
      `errors are judged over ${formatDuration(window)} (rollout.breach.windowSamples), and the soak is ${formatDuration(soakMs)}`,
    ),
  ];
};

const lintRollout = ({ rollout, traffic, performanceTargets }: StagingConfig): Found[] => {
  const { breach, steps, watchMs } = rollout;
  const total = steps.reduce((sum, { pauseMs }) => sum + pauseMs, watchMs);
  return [
    ...foundIf(breach.errorRate >= 1, 'BREACH_UNREACHABLE', 'rollout.breach.errorRate', 'no rate of errors is above 1'),
    ...foundIf(
      breach.failedHealthChecks * rollout.sampleMs > total,
      'BREACH_UNREACHABLE',
      'rollout.breach.failedHealthChecks',
      `${breach.failedHealthChecks} health checks take ${formatDuration(breach.failedHealthChecks * rollout.sampleMs)}, and the rollout lasts ${formatDuration(total)}`,
    ),
    ...foundIf(watchMs < rollout.sampleMs, 'WATCH_MISSING', 'rollout.watchMs', 'nobody looks at the candidate at full traffic'),
    ...foundIf(
      rollout.strategy === 'canary' && !steps.some(({ weightPercent, pauseMs }) => weightPercent > 0 && pauseMs > 0),
      'CANARY_WITHOUT_TRAFFIC',
      'rollout.steps',
      'no step gives the canary traffic for any time',
    ),
    ...(rollout.strategy === 'canary'
      ? (['staging', 'production'] as const).flatMap((environment) => {
          const rate = traffic[environment]?.ratePerSecond;
          return rate === undefined ? [] : lintTraffic(rollout, { environment, rate, expected: performanceTargets.errorRate });
        })
      : []),
  ];
};

type Traffic = { environment: 'staging' | 'production'; rate: number; expected: number };

const lintTraffic = (rollout: RolloutConfig, { environment, rate, expected }: Traffic): Found[] => {
  const { breach, minRequests, sampleMs } = rollout;
  const reached = (weightPercent: number, ms: number): number => (rate * weightPercent * ms) / 100_000;
  const steps = rollout.steps
    .map((step, index) => ({ ...step, path: `rollout.steps[${index}]` }))
    .filter(({ weightPercent }) => weightPercent > 0);
  const inAll = steps.reduce((sum, { weightPercent, pauseMs }) => sum + reached(weightPercent, pauseMs), 0);
  const needed = requestsNeeded({ expected, harmful: breach.errorRate });
  return [
    ...steps.flatMap(({ path, weightPercent, pauseMs }) => {
      const [twice, window] = [reached(weightPercent, 2 * pauseMs), reached(weightPercent, breach.windowSamples * sampleMs)];
      return [
        ...foundIf(
          twice < minRequests,
          'TOO_FEW_REQUESTS',
          path,
          `${environment} sends it about ${said(Math.floor(twice))} requests in twice its time, and ${minRequests} are wanted (rollout.minRequests)`,
        ),
        ...foundIf(
          window < breach.minRequests,
          'BREACH_UNREACHABLE',
          path,
          `${environment} sends it about ${said(Math.floor(window))} requests in the ${breach.windowSamples} samples that a rate of errors is taken over, and ${breach.minRequests} are wanted (rollout.breach.minRequests)`,
        ),
      ];
    }),
    ...foundIf(
      steps.length > 0 && inAll < needed,
      'TOO_FEW_REQUESTS',
      'rollout.steps',
      needed === Infinity
        ? `errors are expected at ${said(100 * expected)} % (performanceTargets.errorRate), and ${said(100 * breach.errorRate)} % is a breach: no number of requests tells them apart`
        : `${environment} sends the canary about ${said(Math.floor(inAll))} requests, and it takes ${needed} to tell ${said(100 * breach.errorRate)} % of errors from ${said(100 * expected)} % four times out of five`,
    ),
  ];
};

const lintRollbackTarget = ({ service: { stable } }: StagingConfig, versions: readonly string[] | null): Found[] => {
  if (versions === null) return [];
  if (stable !== undefined)
    return foundIf(!versions.includes(stable), 'ROLLBACK_TARGET_MISSING', 'service.stable', `the repository has no tag ${stable}`);
  return foundIf(versions.length === 0, 'ROLLBACK_TARGET_MISSING', 'service.stable', 'the repository has no tag to go back to');
};
