import type { JournalRow, ReleaseRow, Store } from '../../blackboard/store.js';
import { titleOf } from '../../catalog/request.js';
import type { Sample } from '../../catalog/tools.js';
import { evidenceIn, type ReleaseDocument } from '../../desk/document.js';
import { clockTime } from '../output.js';
import { chart, type Series } from './chart.js';
import { escape } from './escape.js';
import { style } from './style.js';

type ReportInput = { row: ReleaseRow; document: ReleaseDocument; journal: readonly JournalRow[]; store: Store };

/** One self-contained page: every figure on it is in the journal or in evidence that the journal names. */
export const reportPage = (input: ReportInput): string => {
  const { row, document } = input;
  const title = titleOf(row.request);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escape(title)}: ${escape(document.outcome ?? document.state)}</title><style>${style}</style></head>
<body><main>
<header><p class="outcome ${escape(document.outcome ?? document.state)}">${escape(document.outcome ?? document.state)}</p><h1>${escape(title)}</h1>
<p>${escape(document.reason)}</p>
<p class="dim">Release ${escape(row.id)}, ${clockTime(row.createdAt)} to ${clockTime(row.updatedAt)} UTC. Asked: “${escape(row.request.text)}”.${row.simulated ? ' <strong>Simulated: nothing real was deployed or measured.</strong>' : ''}
Model: ${escape(document.model.name)}${document.model.isLanguageModel ? '' : ' (the built-in runbook, not a language model)'}, ${document.model.calls} calls, ${document.model.credits} credits.</p></header>
${gatesSection(document)}
${chartsSection(input)}
${criteriaSection(document)}
${testsSection(input)}
${historySection(document)}
${timelineSection(input)}
${evidenceSection(input)}
</main></body></html>
`;
};

const section = (title: string, body: string): string => (body === '' ? '' : `<section><h2>${title}</h2>${body}</section>`);

const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  rows.length === 0
    ? ''
    : `<div class="scroll"><table><thead><tr>${heads.map((head) => `<th>${head}</th>`).join('')}</tr></thead><tbody>${rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('')}</tbody></table></div>`;

const badge = (outcome: string): string => `<span class="badge ${escape(outcome)}">${escape(outcome)}</span>`;

const short = (digests: readonly string[]): string =>
  digests.map((digest) => `<code title="${escape(digest)}">${escape(digest.slice(7, 15))}</code>`).join(' ');

const gatesSection = ({ gates }: ReleaseDocument): string =>
  section(
    'Gates',
    gates
      .map(
        ({ gate, outcome, checks }) =>
          `<h3>${escape(gate)} ${badge(outcome)}</h3>${table(
            ['check', 'outcome', 'value', 'target', 'why', 'evidence'],
            checks.map((check) => [
              escape(check.check),
              badge(check.outcome),
              escape(valueOf(check.value, check.unit)),
              escape(check.target),
              escape(check.reason),
              short(check.evidence),
            ]),
          )}`,
      )
      .join(''),
  );

const valueOf = (value: number | string | null, unit: string): string =>
  value === null ? '–' : typeof value === 'number' ? `${value.toLocaleString('en', { maximumFractionDigits: 3 })} ${unit}` : value;

const chartsSection = ({ journal, store }: ReportInput): string => {
  const rollouts = [...evidenceIn(journal, store, 'run_rollout'), ...evidenceIn(journal, store, 'promote_to_production')];
  const figures = rollouts.map(({ data }) => {
    const markers = data.breach ? [{ at: data.breach.firstSampleAt, label: `${data.breach.metric} breach` }] : [];
    const weights: Series = {
      name: 'weight',
      color: '#7c3aed',
      steps: true,
      points: [
        ...data.changes.map((change) => [change.at, change.weight] as const),
        [data.startedAt + data.durationMs, data.changes.at(-1)?.weight ?? 0],
      ],
    };
    return `<h3>${escape(data.environment)}: ${escape(data.reason)}</h3>${data.restoreMs === null ? '' : `<p>All traffic was back ${Math.round(data.restoreMs)} ms after the first breaching sample.</p>`}
<p class="dim">${data.traffic.requests.toLocaleString('en')} requests through the proxy, ${data.traffic.dropped} dropped, ${data.traffic.candidateErrors} errors of the candidate.</p>
${chart('Traffic to the candidate', '%', [weights], markers)}${sampleCharts(data.samples, markers)}`;
  });
  const soak = evidenceIn(journal, store, 'check_health').at(-1)?.data;
  return section(
    'Measured',
    figures.join('') + (soak ? `<h3>Since the deployment</h3>${sampleCharts(soak.samples)}` : '') + loadChart(journal, store),
  );
};

const sampleCharts = (samples: readonly Sample[], markers: readonly { at: number; label: string }[] = []): string => {
  const line = (name: string, color: string, value: (sample: Sample) => number | null): Series => ({
    name,
    color,
    points: samples.flatMap((sample) => (value(sample) === null ? [] : [[sample.at, value(sample) ?? 0] as const])),
  });
  return [
    chart(
      'Latency',
      'ms',
      [line('average', '#2563eb', (one) => one.latencyAverageMs), line('p95', '#f59e0b', (one) => one.latencyP95Ms)],
      markers,
    ),
    chart(
      'Requests and errors per sample',
      'count',
      [line('requests', '#16a34a', (one) => one.requests), line('errors', '#dc2626', (one) => one.errors)],
      markers,
    ),
    chart(
      'Memory',
      'MiB',
      [line('resident', '#0891b2', (one) => (one.memoryBytes === null ? null : one.memoryBytes / 1024 ** 2))],
      markers,
    ),
  ].join('');
};

const loadChart = (journal: readonly JournalRow[], store: Store): string => {
  const load = evidenceIn(journal, store, 'run_load').at(-1)?.data;
  if (load?.status !== 'completed') return '';
  const { average, p50, p95, p99, max } = load.latencyMs;
  return `<h3>Load test</h3>${table(['requests', 'per second', 'errors', 'average', 'p50', 'p95', 'p99', 'max'], [[load.requests.toLocaleString('en'), load.throughputRps.toFixed(0), `${(load.errorRate * 100).toFixed(3)} %`, ...[average, p50, p95, p99, max].map((ms) => `${ms.toFixed(1)} ms`)]])}`;
};

const criteriaSection = ({ criteria }: ReleaseDocument): string =>
  section(
    'Success criteria',
    table(
      ['criterion', 'expected', 'actual', ''],
      criteria.map((one) => [escape(one.criterion), escape(one.expected), escape(one.actual), badge(one.met ? 'passed' : 'failed')]),
    ),
  );

const testsSection = ({ journal, store }: ReportInput): string => {
  const suites = evidenceIn(journal, store, 'run_suite');
  const rows = suites.map(({ digest, data }) => [
    escape(data.suite),
    escape(data.target),
    badge(data.status === 'completed' ? (data.failed === 0 ? 'passed' : 'failed') : data.status),
    `${data.passed} of ${data.total}`,
    `${(data.durationMs / 1_000).toFixed(1)} s`,
    escape(data.reason),
    short([digest]),
  ]);
  const failures = suites.flatMap(({ data }) =>
    data.failures.map(
      (failure) =>
        `<details><summary>${escape(data.suite)}: ${escape(failure.test)}</summary><pre>${escape(failure.message)}</pre></details>`,
    ),
  );
  return section('Tests', table(['suite', 'target', '', 'passed', 'time', 'note', 'evidence'], rows) + failures.join(''));
};

const historySection = ({ blackboard }: ReleaseDocument): string =>
  section(
    'Deployments',
    table(
      ['time', 'environment', 'version', 'seconds', 'status', 'who', 'why'],
      (blackboard['deployment_history'] ?? []).map((item) => [
        clockTime(item.at),
        escape(item.environment),
        escape(item.version),
        (item.durationMs / 1_000).toFixed(1),
        badge(item.status),
        escape(item.by ?? ''),
        escape(item.reason),
      ]),
    ),
  );

const timelineSection = ({ journal }: ReportInput): string => {
  const said = journal.filter((entry) => ['event', 'report', 'rollout', 'note'].includes(entry.kind));
  return section(
    'Timeline',
    table(
      ['#', 'time', 'who', 'what', ''],
      said.map((entry) => [
        String(entry.sequence),
        clockTime(entry.at),
        escape(entry.routine || entry.agent),
        escape(`${entry.kind} ${entry.name}`),
        escape(sentence(entry)),
      ]),
    ),
  );
};

const sentence = ({ value }: JournalRow): string => {
  const known = value as { says?: string; reason?: string; weight?: number } | null; // read for display only
  return [known?.weight === undefined ? '' : `${known.weight} %`, known?.says ?? known?.reason ?? ''].filter(Boolean).join(': ');
};

const evidenceSection = ({ journal, document }: ReportInput): string =>
  section(
    'Evidence',
    `<p class="dim">${journal.length} rows, chained; the last hash is <code>${escape(document.journal.head)}</code>. <code>langgraph-staging verify ${escape(document.release)}</code> recomputes all of it.</p>${table(
      ['#', 'tool', 'digest'],
      journal
        .filter((entry) => entry.kind === 'evidence')
        .map((entry) => [String(entry.sequence), escape(entry.name), `<code>${escape((entry.value as { digest: string }).digest)}</code>`]), // every evidence row names its digest
    )}`,
  );
