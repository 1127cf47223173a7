import fc from 'fast-check';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { histogramQuantile, quantilesOf } from '../../../src/tools/monitoring/histogram-quantile.js';
import { parsePrometheusText } from '../../../src/tools/monitoring/prometheus-text.js';

test('the example of the format itself is read whole', () => {
  const text = `# HELP http_requests_total The total number of HTTP requests.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027 1395066363000
http_requests_total{method="post",code="400"}    3 1395066363000

# Escaping in label values:
msdos_file_access_time_seconds{path="C:\\\\DIR\\\\FILE.TXT",error="Cannot find file:\\n\\"FILE.TXT\\""} 1.458255915e9

# Minimalistic line:
metric_without_timestamp_and_labels 12.47

# A weird metric from before the epoch:
something_weird{problem="division by zero"} +Inf -3982045
\t spaced { a = "1" , b="}{,=" , } NaN \t 7
`;
  const { series, types, help, problems } = parsePrometheusText(text);
  expect(problems).toEqual([]);
  expect(types).toEqual(new Map([['http_requests_total', 'counter']]));
  expect(help.get('http_requests_total')).toBe('The total number of HTTP requests.');
  expect(series).toEqual([
    { name: 'http_requests_total', labels: { method: 'post', code: '200' }, value: 1027, at: 1395066363000 },
    { name: 'http_requests_total', labels: { method: 'post', code: '400' }, value: 3, at: 1395066363000 },
    {
      name: 'msdos_file_access_time_seconds',
      labels: { path: 'C:\\DIR\\FILE.TXT', error: 'Cannot find file:\n"FILE.TXT"' },
      value: 1458255915,
      at: null,
    },
    { name: 'metric_without_timestamp_and_labels', labels: {}, value: 12.47, at: null },
    { name: 'something_weird', labels: { problem: 'division by zero' }, value: Infinity, at: -3982045 },
    { name: 'spaced', labels: { a: '1', b: '}{,=' }, value: NaN, at: 7 },
  ]);
});

test.each([
  ['9lives 1', 'does not begin with the name'],
  ['a', '"" is not a value'],
  ['a one', '"one" is not a value'],
  ['a 0x10', '"0x10" is not a value'],
  ['a-b 1', '"-b" is not a value'],
  ['a 1 2.5', '"2.5" is not a timestamp'],
  ['a 1 2 3', '"2 3" is not a timestamp'],
  ['a{b=1} 1', 'labels that cannot be read at "b=1} 1"'],
  ['a{b="1" c="2"} 1', 'labels that cannot be read'],
  ['a{b="1', 'labels that cannot be read'],
  ['a{b="\\x"} 1', 'labels that cannot be read'],
  ['a{b="1",b="2"} 1', 'the label b twice'],
  ['good 1', 'a second value of good'],
  ['# TYPE a number', '"number" is not a type'],
  ['# TYPE', 'TYPE without the name'],
])('%j is reported and left out', (line, problem) => {
  const { series, problems } = parsePrometheusText(`good 1\n${line}\nlast 2`);
  expect(series.map(({ name }) => name)).toEqual(['good', 'last']);
  expect(problems).toEqual([expect.stringMatching(/^line 2: /)]);
  expect(problems[0]).toContain(problem);
});

test('any label value survives the way through the format', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.double(), (label, value) => {
      const escaped = label.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
      const { series, problems } = parsePrometheusText(
        `m{l="${escaped}"} ${value === Infinity ? '+Inf' : value === -Infinity ? '-Inf' : value}`,
      );
      expect(problems).toEqual([]);
      expect(series).toEqual([{ name: 'm', labels: { l: label }, value: value === 0 ? series[0]?.value : value, at: null }]);
    }),
  );
});

test('what prom-client writes is read back', async () => {
  const registry = new Registry();
  new Counter({ name: 'jobs_total', help: 'jobs\nand "more" \\', labelNames: ['kind'], registers: [registry] }).inc(
    { kind: 'a"b\\c\nd' },
    3,
  );
  new Gauge({ name: 'heat', help: 'heat', registers: [registry] }).set(-1.5e-9);
  const histogram = new Histogram({
    name: 'took_seconds',
    help: 'took',
    labelNames: ['path'],
    buckets: [0.1, 0.2, 0.4],
    registers: [registry],
  });
  for (let sent = 1; sent <= 100; sent += 1) histogram.observe({ path: '/' }, sent / 250);
  const found = parsePrometheusText(await registry.metrics());
  expect(found.problems).toEqual([]);
  expect(found.help.get('jobs_total')).toBe('jobs\nand "more" \\');
  expect(found.series).toContainEqual({ name: 'jobs_total', labels: { kind: 'a"b\\c\nd' }, value: 3, at: null });
  expect(found.series).toContainEqual({ name: 'heat', labels: {}, value: -1.5e-9, at: null });
  expect(quantilesOf(found)).toEqual([
    { name: 'took_seconds:quantile', labels: { path: '/', quantile: '0.5' }, value: expect.closeTo(0.2, 6) as number, at: null },
    { name: 'took_seconds:quantile', labels: { path: '/', quantile: '0.95' }, value: expect.closeTo(0.38, 6) as number, at: null },
    { name: 'took_seconds:quantile', labels: { path: '/', quantile: '0.99' }, value: expect.closeTo(0.396, 6) as number, at: null },
  ]);
});

const buckets = (...pairs: [number, number][]) => pairs.map(([upperBound, count]) => ({ upperBound, count }));

test.each([
  ['within a bucket, linearly', 0.9, buckets([0.1, 50], [0.5, 90], [1, 100], [Infinity, 100]), 0.5],
  ['from zero in the first bucket', 0.25, buckets([0.1, 50], [Infinity, 100]), 0.05],
  ['the highest finite bound beyond it', 0.99, buckets([0.1, 50], [Infinity, 100]), 0.1],
  ['the first bound itself when it is not above zero', 0.1, buckets([-5, 50], [Infinity, 100]), -5],
  ['in any order, equal bounds added up', 0.5, buckets([Infinity, 4], [2, 1], [2, 1], [1, 0]), 2],
  ['with counts that fall taken as equal', 0.5, buckets([1, 10], [2, 9], [Infinity, 10]), 0.5],
  ['nothing without a bucket up to infinity', 0.5, buckets([1, 1], [2, 2]), NaN],
  ['nothing from one bucket', 0.5, buckets([Infinity, 2]), NaN],
  ['nothing without observations', 0.5, buckets([1, 0], [Infinity, 0]), NaN],
  ['below everything for q < 0', -0.1, buckets([1, 1], [Infinity, 1]), -Infinity],
  ['above everything for q > 1', 1.1, buckets([1, 1], [Infinity, 1]), Infinity],
])('a quantile is %s', (_, q, given, expected) => {
  expect(Math.round(histogramQuantile(q, given) * 1e9) / 1e9).toBe(expected);
});
