import type { JournalRow, Store } from '../../blackboard/store.js';
import type { Sample, WeightChange } from '../../catalog/tools.js';
import { newestIn, rolloutsIn } from '../document.js';
import { thinPoints, type Point } from './thin-points.js';

/** A line over time. `tone` is its meaning, which the page gives a colour; `steps` holds a value until the next point. */
export type Series = {
  name: string;
  tone: 'weight' | 'main' | 'slow' | 'good' | 'bad';
  steps?: boolean;
  points: Point[];
};
export type Marker = { at: number; label: string };
export type ChartView = { title: string; unit: string; series: Series[]; markers: Marker[] };
/** Charts that belong together: a rollout, or the time since it. */
export type ChartGroup = { heading: string; notes: string[]; charts: ChartView[] };

/** What the adapters measured while this release is in the environments, before a tool has left it as evidence. */
export type LiveSamples = { environment: string; slot: string; version: string | null; samples: readonly Sample[] };

/** Every chart of a release: each rollout and the time since, from evidence; what is measured at this moment, as it comes. */
export const chartsOf = async (
  journal: readonly JournalRow[],
  store: Pick<Store, 'evidence'>,
  live: readonly LiveSamples[] = [],
): Promise<ChartGroup[]> => {
  const rollouts = await rolloutsIn(journal, store);
  const soak = await newestIn(journal, store, 'check_health');
  return [
    ...live.map((one) => liveGroup(one, journal)),
    ...rollouts.map(({ data }) => ({
      heading: `${data.environment}: ${data.reason}`,
      notes: [
        ...(data.restoreMs === null ? [] : [`All traffic was back ${Math.round(data.restoreMs)} ms after the first breaching sample.`]),
        `${data.traffic.requests.toLocaleString('en')} requests through the proxy, ${data.traffic.dropped} dropped, ${data.traffic.candidateErrors} errors of the candidate.`,
      ],
      charts: [
        weightChart(data.changes, data.startedAt + data.durationMs, breachOf(data)),
        ...sampleCharts(data.samples, breachOf(data)),
      ].filter(isDrawable),
    })),
    ...(soak ? [{ heading: 'Since the deployment', notes: [], charts: sampleCharts(soak.samples).filter(isDrawable) }] : []),
  ].filter((group) => group.charts.length > 0);
};

const breachOf = ({ breach }: { breach: { firstSampleAt: number; metric: string } | null }): Marker[] =>
  breach ? [{ at: breach.firstSampleAt, label: `${breach.metric} breach` }] : [];

const liveGroup = ({ environment, slot, version, samples }: LiveSamples, journal: readonly JournalRow[]): ChartGroup => {
  const changes = journal
    .filter((entry) => entry.kind === 'rollout' && entry.name === environment)
    .map((entry) => entry.value as WeightChange); // written by the rollout itself
  return {
    heading: `Now in ${environment}: ${version ?? 'nothing'} in the ${slot} slot`,
    notes: [],
    charts: [weightChart(changes, samples.at(-1)?.at ?? 0, []), ...sampleCharts(samples)].filter(isDrawable),
  };
};

const weightChart = (changes: readonly WeightChange[], until: number, markers: Marker[]): ChartView => ({
  title: 'Traffic to the candidate',
  unit: '%',
  markers,
  series: [
    {
      name: 'weight',
      tone: 'weight',
      steps: true,
      points: [
        ...changes.map((change) => [change.at, change.weight] as const),
        ...(changes.length === 0 ? [] : [[Math.max(until, changes.at(-1)?.at ?? 0), changes.at(-1)?.weight ?? 0] as const]),
      ],
    },
  ],
});

const sampleCharts = (samples: readonly Sample[], markers: Marker[] = []): ChartView[] => {
  const line = (name: string, tone: Series['tone'], value: (sample: Sample) => number | null): Series => ({
    name,
    tone,
    points: thinPoints(
      samples.flatMap((sample) => {
        const measured = value(sample);
        return measured === null ? [] : [[sample.at, measured] as const];
      }),
    ),
  });
  return [
    {
      ...{ title: 'Latency', unit: 'ms', markers },
      series: [line('average', 'main', (one) => one.latencyAverageMs), line('p95', 'slow', (one) => one.latencyP95Ms)],
    },
    {
      ...{ title: 'Requests and errors per sample', unit: 'count', markers },
      series: [line('requests', 'good', (one) => one.requests), line('errors', 'bad', (one) => one.errors)],
    },
    {
      ...{ title: 'Memory', unit: 'MiB', markers },
      series: [line('resident', 'main', (one) => (one.memoryBytes === null ? null : one.memoryBytes / 1024 ** 2))],
    },
  ];
};

const isDrawable = ({ series }: ChartView): boolean => series.some(({ points }) => points.length > 1);
