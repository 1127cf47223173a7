import type { Breach } from '../catalog/tools.js';

const rows: Record<Breach['metric'], (value: number, target: number) => string> = {
  crash: (value) => `the process crashed (${value})`,
  health: (value) => `${value} health checks in a row failed`,
  error_rate: (value, target) => `${percent(value)} of its requests failed where ${percent(target)} is allowed`,
  latency_p95: (value, target) => `its p95 latency is ${Math.round(value)} ms where ${Math.round(target)} ms is allowed`,
};

/** A breach as the reason of a weight change. */
export const describeBreach = ({ metric, value, target, service }: Breach): string =>
  `${service === undefined ? '' : `${service}: `}${rows[metric](value, target)}`;

const percent = (fraction: number): string => `${Number((fraction * 100).toPrecision(3))} %`;
