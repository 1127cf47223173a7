import { readSlos } from '../openslo/read-slos.js';
import { said } from '../scorecard/explanation.js';
import { foundIf, type Found } from './finding.js';

const minute = 60_000;
const unitsMs: Record<string, number> = {
  m: minute,
  h: 60 * minute,
  d: 1_440 * minute,
  w: 7 * 1_440 * minute,
  M: 30 * 1_440 * minute,
  Q: 91 * 1_440 * minute,
  Y: 365 * 1_440 * minute,
};

/** The OpenSLO v1 SLOs among the documents. Throws POLICY_INVALID. */
export const lintOpenSlo = (documents: readonly unknown[]): Found[] =>
  readSlos(documents).flatMap(({ name, target, window, method, timeSliceTarget, timeSliceWindow }) => {
    const slices = sliceCount(window, timeSliceWindow);
    const wanted = target < 1 ? Math.ceil(1 / (1 - target) - 1e-9) : 1;
    return [
      ...foundIf(target >= 1, 'TARGET_WITHOUT_BUDGET', `${name}.target`, `${name} wants 100 %`),
      ...foundIf(target <= 0, 'TARGET_ALWAYS_MET', `${name}.target`, `${name} is met by nothing but bad events`),
      ...foundIf(timeSliceTarget === 0, 'TARGET_ALWAYS_MET', `${name}.timeSliceTarget`, `every time slice of ${name} is good`),
      ...foundIf(window === null, 'WINDOW_MISSING', `${name}.timeWindow`, `${name} does not say over which time it is judged`),
      ...foundIf(
        method !== 'Occurrences' && slices !== null && slices < wanted,
        'TOO_FEW_SLICES',
        `${name}.timeSliceWindow`,
        `the window of ${name} has ${said(Math.floor(slices ?? 0))} slices, and it takes ${wanted} to show ${said(100 * target)} %`,
      ),
    ];
  });

const sliceCount = (window: string | null, slice: string | null): number | null => {
  const [whole, part] = [toMs(window), toMs(slice)];
  return whole === null || part === null || part === 0 ? null : whole / part;
};

const toMs = (duration: string | null): number | null => {
  const [, number, unit = ''] = /^(\d+)([mhdwMQY])$/.exec(duration ?? '') ?? [];
  return number === undefined ? null : Number(number) * (unitsMs[unit] ?? NaN);
};
