/** @jsxRuntime automatic @jsxImportSource preact */
import { useEffect, useRef } from 'preact/hooks';
import type { ChartView, Series } from '../desk/view/charts-of.js';
import { number } from './words.js';

/** Draws into an element and gives back how to take it away. The page in a browser brings one; without it the words remain. */
export type Draw = (element: HTMLElement, chart: ChartView) => () => void;

/** A line chart over time: the picture where there is a browser, and what it shows in words for whoever can't see it. */
export const Chart = ({ chart, draw }: { chart: ChartView; draw: Draw | undefined }) => {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => (place.current === null ? undefined : draw?.(place.current, chart)), [chart, draw]);
  const lines = chart.series.filter(({ points }) => points.length > 0);
  return (
    <figure>
      <figcaption>
        {chart.title} ({chart.unit})
        {lines.map((one) => (
          <span key={one.name}>
            <i class={one.tone} aria-hidden="true" />
            {one.name}
          </span>
        ))}
      </figcaption>
      <div class="plot" role="img" aria-label={`${chart.title}: ${lines.map((one) => inWords(one, chart.unit)).join('; ')}`} ref={place} />
    </figure>
  );
};

const inWords = ({ name, points }: Series, unit: string): string => {
  const { least, most } = points.reduce(
    (range, [, value]) => ({ least: Math.min(range.least, value), most: Math.max(range.most, value) }),
    { least: Infinity, most: -Infinity },
  );
  return `${name} between ${number(least)} and ${number(most)} ${unit}, at last ${number(points.at(-1)?.[1] ?? 0)}`;
};
