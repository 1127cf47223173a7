import { counted, formatBytes, formatNumber, formatPercent, named, plain } from '../../gates/words.js';
import { checkOf, evidenceOf, says, sayCheck, type Answer, type AnswerRow, type Told } from './told.js';

const tests = (told: Told): Answer => {
  const { board, attempt } = told;
  const results = [...(board.integration_test_results ?? []), ...(board.test_results ?? [])].filter((one) => one.attempt === attempt);
  const failures = (board.test_failures ?? []).filter((one) => one.attempt === attempt);
  const evidence = results.flatMap((one) => one.evidence);
  if (results.length === 0) return says(['No suite has run in this attempt yet.']);
  const total = results.reduce((sum, one) => sum + one.total, 0);
  const failed = results.reduce((sum, one) => sum + one.failed, 0);
  const broken = results
    .filter((one) => one.status !== 'completed')
    .map((one) => `${one.suite} is ${one.status.replace('_', ' ')}: ${plain(one.reason)}.`);
  const listed = failures.slice(0, 10).map((one) => `${one.suite}: ${plain(one.test)} (${plain(one.message)}).`);
  return says(
    [
      failed === 0
        ? `None failed of ${counted(total, 'test')} in ${named(results.map((one) => one.suite))}.`
        : `${failed} of ${counted(total, 'test')} failed.`,
      ...listed,
      failures.length > 10 && `And ${failures.length - 10} more.`,
      ...broken,
    ],
    evidence,
  );
};

/** One figure: as it is live, and as its check has judged it. */
const figure =
  (
    unit: string,
    live: (metrics: NonNullable<Told['board']['performance_metrics']>) => string | null,
    ...checks: Parameters<typeof checkOf>[1][]
  ) =>
  (told: Told): Answer => {
    const judged = checkOf(told, ...checks);
    const metrics = told.board.performance_metrics;
    const seen = metrics && metrics.requests > 0 ? live(metrics) : null;
    if (judged.length === 0 && seen === null) return says([`The ${unit} has not been measured yet, so nobody can say.`]);
    return says(
      [seen !== null && metrics && `Live, over ${counted(metrics.requests, 'request')}: ${seen}.`, ...judged.map(sayCheck)],
      [...(seen !== null ? (metrics?.evidence ?? []) : []), ...evidenceOf(judged)],
    );
  };

const security = (told: Told): Answer => {
  const checks = checkOf(told, 'vulnerability_scan', 'dependency_check', 'code_analysis', 'compliance_check');
  return checks.length === 0 ? says(['Security has not been judged in this attempt yet.']) : says(checks.map(sayCheck), evidenceOf(checks));
};

const health = (told: Told): Answer => {
  const {
    health_status: status,
    service_health: services = {},
    dependency_health: dependencies = {},
    monitoring_alerts: alerts = [],
  } = told.board;
  const checks = checkOf(told, 'health_checks', 'monitoring_alerts', 'error_logs');
  if (status === undefined && alerts.length === 0) return says(['No health check of the candidate is recorded yet, so nobody can say.']);
  const down = Object.entries({ ...services, ...dependencies }).filter(([, one]) => !one.healthy);
  return says(
    [
      status !== undefined && `Staging is ${status}.`,
      ...down.map(([name, { detail }]) => `${plain(name)} does not answer (${plain(detail)}).`),
      alerts.length === 0 ? 'No alert was raised.' : `Alerts: ${named(alerts.map((one) => `${one.name}, ${one.detail}`))}.`,
      ...checks.map(sayCheck),
    ],
    evidenceOf(checks),
  );
};

const memory = (told: Told): Answer => {
  const metrics = told.board.performance_metrics;
  const checks = checkOf(told, 'resource_utilization', 'memory_growth');
  if (!metrics && checks.length === 0) return says(['CPU and memory have not been measured yet, so nobody can say.']);
  const parts = [
    metrics?.cpuCores != null ? `${formatNumber(metrics.cpuCores)} cores` : null,
    metrics?.memoryBytes != null ? `${formatBytes(metrics.memoryBytes)} of memory` : null,
  ].filter((one) => one !== null);
  return says(
    [parts.length > 0 && `Live: ${parts.join(', ')}.`, ...checks.map(sayCheck)],
    [...(metrics?.evidence ?? []), ...evidenceOf(checks)],
  );
};

const culprit = ({ board }: Told): Answer => {
  const searches = board.culprit_search ?? [];
  const dropped = board.dropped_features ?? [];
  if (searches.length === 0 && dropped.length === 0) return says(['No feature was searched for or dropped in this release.']);
  return says(
    [
      ...searches.map(
        (one) =>
          `${one.check} failed; ${one.culprits.length > 0 ? `it was ${one.culprits.join(' with ')}` : one.outcome.replaceAll('_', ' ')}: ${plain(one.reason)}.`,
      ),
      ...dropped.map((one) => `${one.feature} was dropped: ${plain(one.reason)}.`),
    ],
    [...searches, ...dropped].flatMap((one) => one.evidence),
  );
};

/** Questions about what was measured. */
export const evidenceAnswers: AnswerRow[] = [
  { about: 'which tests failed', asked: /\btests?\b|\bsuites?\b|\bpass rate\b|\bqa\b|\bregression\w*\b/i, answer: tests },
  {
    about: 'whether the error rate is normal',
    asked: /\berror (?:rate|ratio|budget)\b|\berrors?\b|\b5xx\b|\bfailed requests\b/i,
    answer: figure('error rate', (live) => `${formatPercent(live.errorRate)} failed`, 'error_rate', 'error_logs'),
  },
  {
    about: 'latency and throughput',
    asked:
      /\blatency\b|\bresponse times?\b|\bp9[59]\b|\bslow\w*\b|\bthroughput\b|\brequests per second\b|\brps\b|\bperformance\b|\bfast\b|\bload\b/i,
    answer: figure(
      'response time',
      (live) =>
        `${live.latencyAverageMs === null ? 'no answer was timed' : `${formatNumber(live.latencyAverageMs)} ms on average`}${live.latencyP95Ms === null ? '' : `, 95 % within ${formatNumber(live.latencyP95Ms)} ms`}, ${formatNumber(Number(live.throughputRps.toFixed(1)))} requests a second`,
      'response_time',
      'throughput',
    ),
  },
  { about: 'CPU and memory', asked: /\bmemory\b|\bcpu\b|\bleak\w*\b|\bresources?\b/i, answer: memory },
  { about: 'security', asked: /\bsecur\w*\b|\bvulnerab\w*\b|\bcves?\b|\badvisor\w*\b|\bscans?\b/i, answer: security },
  {
    about: 'whether it is healthy',
    asked:
      /\bhealth\w*\b|\balerts?\b|\b(?:is|are) (?:it|everything|things|staging|all) (?:all )?(?:ok|okay|fine|good|well|up|normal|green)\b|\bmonitoring\b/i,
    answer: health,
  },
  { about: 'which feature broke it', asked: /\bculprit\b|\bwhich feature\b|\bwhose fault\b|\bwhat broke\b|\bdropped\b/i, answer: culprit },
];
