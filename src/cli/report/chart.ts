import { escape } from './escape.js';

export type Series = { name: string; color: string; points: readonly (readonly [at: number, value: number])[]; steps?: boolean };

const width = 720;
const height = 180;
const margin = { left: 52, right: 12, top: 14, bottom: 22 };

/** A line chart over time as inline SVG: it needs no script and prints well. Gives '' where there is nothing to draw. */
export const chart = (
  title: string,
  unit: string,
  series: readonly Series[],
  markers: readonly { at: number; label: string }[] = [],
): string => {
  const points = series.flatMap((one) => one.points);
  if (points.length < 2) return '';
  const from = Math.min(...points.map(([at]) => at));
  const to = Math.max(...points.map(([at]) => at), from + 1);
  const top = niceCeil(Math.max(...points.map(([, value]) => value), Number.MIN_VALUE));
  const x = (at: number) => margin.left + ((at - from) / (to - from)) * (width - margin.left - margin.right);
  const y = (value: number) => height - margin.bottom - (value / top) * (height - margin.top - margin.bottom);
  const grid = [0, 0.5, 1].map(
    (part) =>
      `<line class="grid" x1="${margin.left}" x2="${width - margin.right}" y1="${y(top * part)}" y2="${y(top * part)}"/><text x="${margin.left - 6}" y="${y(top * part) + 4}" text-anchor="end">${number(top * part)}</text>`,
  );
  const ticks = [0, 0.25, 0.5, 0.75, 1].map(
    (part) =>
      `<text x="${x(from + (to - from) * part)}" y="${height - 6}" text-anchor="${part === 1 ? 'end' : 'middle'}">${number(((to - from) * part) / 1_000)} s</text>`,
  );
  const lines = series.map(
    (one) => `<path fill="none" stroke="${one.color}" stroke-width="2" d="${path(one, x, y)}"><title>${escape(one.name)}</title></path>`,
  );
  const marks = markers.map(
    ({ at, label }) =>
      `<line class="mark" x1="${x(at)}" x2="${x(at)}" y1="${margin.top}" y2="${height - margin.bottom}"/><text class="mark" x="${x(at) + 4}" y="${margin.top + 10}">${escape(label)}</text>`,
  );
  const legend = series.map((one) => `<span><i style="background:${one.color}"></i>${escape(one.name)}</span>`).join('');
  return `<figure><figcaption>${escape(title)} (${escape(unit)}) ${legend}</figcaption><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(title)}">${[...grid, ...ticks, ...lines, ...marks].join('')}</svg></figure>`;
};

const path = ({ points, steps }: Series, x: (at: number) => number, y: (value: number) => number): string =>
  points
    .map(
      ([at, value], index) =>
        `${index === 0 ? 'M' : steps ? `H${x(at).toFixed(1)}V` : 'L'}${index === 0 || !steps ? `${x(at).toFixed(1)} ` : ''}${y(value).toFixed(1)}`,
    )
    .join('');

const niceCeil = (value: number): number => {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5, 10].find((step) => step * power >= value) ?? 10) * power;
};

const number = (value: number): string => value.toLocaleString('en', { maximumSignificantDigits: 3 });
