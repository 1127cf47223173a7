import { z } from 'zod';
import { reason, StagingError } from '../../catalog/errors.js';
import { lookUp } from '../look-up.js';
import { conclude, type Objective, type Outcome, type ScorecardResult } from '../scorecard/conclude.js';
import { said, unexplained } from '../scorecard/explanation.js';
import { counted, formatNumber } from '../words.js';
import { readSlos, type SloObjective } from './read-slos.js';

const number = z.custom<number>((value) => typeof value === 'number' && !Number.isNaN(value), 'must be a number');
const count = number.refine((value) => value >= 0 && value < Infinity, 'must be a count');
const sampleSchema = z.union(
  [
    number,
    z.strictObject({ good: count, total: count }).refine(({ good, total }) => good <= total),
    z.strictObject({ bad: count, total: count }).refine(({ bad, total }) => bad <= total),
    z.null(),
  ],
  'must be a number, { good, total }, { bad, total } (at most the total) or null',
);
const dataSchema = z.object({ samples: z.record(z.string(), z.array(sampleSchema)) });
type Sample = z.infer<typeof sampleSchema>;

/** Good of all, events or time slices; a slice may be good in part. */
type Tally = { good: number; total: number; unit: string };

/** An objective without any budget is not shown to hold by fewer than this. */
const leastWithoutBudget = 100;

/**
 * Judges samples against OpenSLO v1 SLOs on our own scorecard, where each objective is a key one. Samples are named after the indicator:
 * numbers, or good (or bad) of total, null where nothing was read. They are taken to cover the window. An objective passes only on
 * as many events as would show one bad one too many: a hundred good requests say nothing about 99.9 %. Throws POLICY_INVALID, SAMPLES_INVALID.
 */
export const judge = ({ documents, data }: { documents: readonly unknown[]; data: unknown }): ScorecardResult & { warnings: string[] } => {
  const slos = readSlos(documents);
  const samples = readData(data);
  const objectives = slos.map((slo) => judgeObjective(slo, lookUp(samples, slo.indicator) ?? []));
  const unused = Object.keys(samples).filter((name) => !slos.some(({ indicator }) => indicator === name));
  return {
    ...conclude(objectives, { passPercent: 100, warningPercent: 100 }),
    warnings: [
      ...slos.flatMap(({ name, window }) => (window === null ? [] : [`${name}: the samples are taken to cover its window of ${window}.`])),
      ...unused.map((name) => `No objective is about ${name}: its samples were not judged.`),
    ],
  };
};

const readData = (data: unknown): Record<string, Sample[]> => {
  const parsed = dataSchema.safeParse(data);
  if (parsed.success) return parsed.data.samples;
  throw new StagingError('SAMPLES_INVALID', `Failed to read the samples: ${reason(parsed.error)}.`, { cause: parsed.error });
};

const judgeObjective = (slo: SloObjective, samples: readonly Sample[]): Objective => {
  const { name, target, weight } = slo;
  const tally = tallyOf(slo, samples);
  const percent = tally.total === 0 ? null : (100 * tally.good) / tally.total;
  const wanted = target < 1 ? Math.ceil(1 / (1 - target) - 1e-9) : leastWithoutBudget;
  const allowed = Math.floor(tally.total * (1 - target) + 1e-9);
  const bad = tally.total - tally.good;
  const about = { ...unexplained, name, weight, key: true, rule: ruleOf(slo), value: percent, target: 100 * target, samples: tally.total };
  const told = (outcome: Outcome, why: string, wouldChange: string): Objective => ({
    ...about,
    margin: percent === null ? null : percent - 100 * target,
    outcome,
    reason: why,
    wouldChange,
  });
  if (percent === null) return told('inconclusive', `nothing was sampled of ${slo.indicator}`, counted(wanted, tally.unit));
  const found = `${said(bad)} bad of ${counted(tally.total, tally.unit)}, where ${formatNumber(allowed)} would be within the budget`;
  if (tally.good < tally.total * target - 1e-9) return told('failed', found, `${said(bad - allowed)} fewer bad`);
  if (tally.total < wanted)
    return told(
      'inconclusive',
      `${counted(tally.total, tally.unit)} cannot show ${said(100 * target)} %: it takes ${wanted}`,
      `${counted(wanted - tally.total, `more ${tally.unit}`)}`,
    );
  return told('passed', found, `${counted(Math.floor(allowed - bad) + 1, 'more bad one')}`);
};

const ruleOf = ({ method, target, metric, timeSliceTarget }: SloObjective): string => {
  const good = metric.kind === 'threshold' ? `${symbols[metric.op]}${said(metric.value)}` : 'good';
  const of = {
    Occurrences: `events ${good}`,
    RatioTimeslices: `time, by slices ${good}`,
    Timeslices: `time slices ${timeSliceTarget === null ? good : `at least ${said(100 * timeSliceTarget)} % ${good}`}`,
  }[method];
  return `${said(100 * target)} % of ${of}`;
};

const symbols = { lte: '<=', gte: '>=', lt: '<', gt: '>' } as const;
const tests = {
  lte: (value: number, limit: number) => value <= limit,
  gte: (value: number, limit: number) => value >= limit,
  lt: (value: number, limit: number) => value < limit,
  gt: (value: number, limit: number) => value > limit,
} as const;

const tallyOf = (slo: SloObjective, samples: readonly Sample[]): Tally => {
  const { metric, method } = slo;
  if (metric.kind === 'threshold') {
    const values = samples.filter((sample) => typeof sample === 'number');
    const unit = method === 'Occurrences' ? 'event' : 'time slice';
    return { good: values.filter((value) => tests[metric.op](value, metric.value)).length, total: values.length, unit };
  }
  const slices = (metric.counter ? increases(samples) : samples).flatMap((sample) => sliceOf(sample, metric.inverted));
  if (method === 'Occurrences') return { good: sum(slices, ({ good }) => good), total: sum(slices, ({ total }) => total), unit: 'event' };
  const ratios = slices.filter(({ total }) => total > 0).map(({ good, total }) => good / total);
  const limit = slo.timeSliceTarget ?? 0;
  const good = method === 'Timeslices' ? ratios.filter((ratio) => ratio >= limit).length : sum(ratios, (ratio) => ratio);
  return { good, total: ratios.length, unit: 'time slice' };
};

type Slice = { good: number; total: number };

/** A bare number is a ratio that was computed elsewhere, of one event. */
const sliceOf = (sample: Sample, inverted: boolean): Slice[] => {
  if (sample === null) return [];
  if (typeof sample === 'number') return [{ good: inverted ? 1 - sample : sample, total: 1 }];
  return [{ good: 'good' in sample ? sample.good : sample.total - sample.bad, total: sample.total }];
};

/** Counters only rise: what lies between two readings, and after a restart what was counted since. */
const increases = (samples: readonly Sample[]): Sample[] => {
  const read = samples.flatMap((sample) => (typeof sample === 'number' ? [] : sliceOf(sample, false)));
  return read.slice(1).map((now, index) => {
    const before = read[index] ?? now;
    return now.total < before.total ? now : { good: now.good - before.good, total: now.total - before.total };
  });
};

const sum = <T>(items: readonly T[], of: (item: T) => number): number => items.reduce((total, item) => total + of(item), 0);
