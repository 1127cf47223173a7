import uPlot from 'uplot';
import type { Marker, Series } from '../desk/view/charts-of.js';
import type { Draw } from './chart.js';

const heightPx = 190;

/** A chart by uPlot in the page's own colours, as wide as its place. */
export const drawChart: Draw = (element, chart) => {
  const lines = chart.series.filter(({ points }) => points.length > 0);
  const ink = getComputedStyle(element);
  const colour = (name: string): string => ink.getPropertyValue(`--${name}`).trim() || 'gray';
  const axis = { stroke: colour('dim'), grid: { stroke: colour('line'), width: 1 }, ticks: { stroke: colour('line'), width: 1 } };
  const plot = new uPlot(
    {
      width: Math.max(200, element.clientWidth),
      height: heightPx,
      legend: { show: false },
      cursor: { drag: { x: true, y: false } },
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), 'Etc/UTC'),
      scales: { x: { time: true }, y: { range: (_, __, most) => [0, most > 0 ? most * 1.1 : 1] } },
      axes: [
        { ...axis, values: timesAt },
        { ...axis, size: 56 },
      ],
      series: [{}, ...lines.map((one) => ({ label: one.name, stroke: colour(one.tone), width: 2, spanGaps: true, ...steps(one) }))],
      hooks: { draw: [(drawn) => chart.markers.forEach((marker) => drawMarker(drawn, marker, colour('bad')))] },
    },
    dataOf(lines),
    element,
  );
  const observer = new ResizeObserver(() => plot.setSize({ width: Math.max(200, element.clientWidth), height: heightPx }));
  observer.observe(element);
  return () => {
    observer.disconnect();
    plot.destroy();
  };
};

/** The time of day as everywhere on the page, with seconds where they tell one from the other, and with the day where another one begins. */
const timesAt = (_: uPlot, splits: number[]): string[] => {
  const [first = 0, second = first] = splits;
  const digits = second - first < 60 ? 'HH:MM:SS'.length : 'HH:MM'.length;
  return splits.map((seconds, place) => {
    const [day = '', time = ''] = new Date(seconds * 1_000).toISOString().split('T');
    const before = splits[place - 1];
    const isNew = before === undefined || new Date(before * 1_000).toISOString().slice(0, 10) !== day;
    return isNew ? `${time.slice(0, digits)}\n${day}` : time.slice(0, digits);
  });
};

const dataOf = (lines: readonly Series[]): uPlot.AlignedData =>
  uPlot.join(lines.map(({ points }) => [points.map(([at]) => at / 1_000), points.map(([, value]) => value)]));

const steps = ({ steps: stepped }: Series): Partial<uPlot.Series> => {
  const paths = stepped === true ? uPlot.paths.stepped?.({ align: 1 }) : undefined;
  return paths === undefined ? {} : { paths };
};

const drawMarker = (plot: uPlot, { at, label }: Marker, colour: string): void => {
  const { ctx, bbox } = plot;
  const x = plot.valToPos(at / 1_000, 'x', true);
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = colour;
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.fillText(label, x + 4, bbox.top + 12);
  ctx.restore();
};
