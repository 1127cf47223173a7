import { assessMetric } from './assess-metric.js';
import { assessRun } from './assess-run.js';
import { judge } from './judge.js';
import { validate } from './validate.js';

/** Argo Rollouts' analysis: its templates, with its verdicts. */
export const argo = { assessMetric, assessRun, validate, judge } as const;
