import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { context, metrics, trace } from '@opentelemetry/api';
import { AggregationTemporality, InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { afterEach, expect, test } from 'vitest';
import { traced } from '../../src/agents/traced.js';
import { startTelemetry } from '../../src/desk/open-telemetry.js';
import { openActiveWorkspace } from '../../src/desk/active-workspace.js';
import { folderWith, simulatedService } from '../support/command.js';
import { simulatedRelease } from '../support/simulated-release.js';

afterEach(() => {
  trace.disable();
  metrics.disable();
  context.disable();
});

const listening = () => {
  const exporter = new InMemorySpanExporter();
  new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
  return exporter;
};

test('a release is one trace: every routine, model call and tool call of its journal is a span, in its place', async () => {
  const exporter = listening();
  const { run, store } = await simulatedRelease();
  await run();
  const spans = exporter.getFinishedSpans();
  const named = (prefix: string) => spans.filter(({ name }) => name.startsWith(prefix));
  expect(new Set(spans.map((span) => span.spanContext().traceId)).size).toBe(1);
  const journal = await store.journal('release-1');
  const settled = journal.filter(({ kind }) => kind === 'report');
  expect(
    named('invoke_agent ')
      .map(({ attributes }) => attributes['staging.routine'])
      .sort(),
  ).toEqual(settled.map(({ name }) => name).sort());
  const evidence = journal.filter(({ kind }) => kind === 'evidence');
  expect(
    named('execute_tool ')
      .map(({ attributes }) => attributes['gen_ai.tool.name'])
      .sort(),
  ).toEqual(evidence.map(({ name }) => name).sort());
  expect(named('chat runbook').length).toBe((await store.spent('release-1')).calls);
  const routines = new Set(named('invoke_agent ').map((span) => span.spanContext().spanId));
  for (const span of [...named('execute_tool '), ...named('chat ')]) expect(routines).toContain(span.parentSpanContext?.spanId);
  for (const { attributes } of spans) expect(attributes['gen_ai.conversation.id']).toBe('release-1');
});

test('what a request, a model and a tool say is in no span', async () => {
  const exporter = listening();
  const { run } = await simulatedRelease({ request: 'ship storefront v2.2.0, says the-words-of-the-request' });
  await run();
  const written = JSON.stringify(
    exporter.getFinishedSpans().map(({ name, attributes, events, status }) => ({ name, attributes, events, status })),
  );
  expect(written).not.toContain('the-words-of-the-request');
  expect(written).not.toContain('required steps taken');
});

test('a secret in a name, a result or an error is in no span and no status', async () => {
  const exporter = listening();
  const secret = ['sk', 'proj', 'Ab3dEf6hIj9kLmN0pQrS'].join('-'); // in pieces, so that no scanner takes this file for a leak
  const broken = () => Promise.reject(new Error(`the provider refused ${secret}`));
  await expect(traced({ kind: 'model', release: 'release-1', model: secret }, broken)).rejects.toThrow(secret);
  await traced(
    { kind: 'release', release: 'release-1', service: `shop ${secret}` },
    () => Promise.resolve(secret),
    (said) => ({ said }),
  );
  const written = JSON.stringify(exporter.getFinishedSpans().map(({ name, attributes, status }) => ({ name, attributes, status })));
  expect(written).not.toContain(secret);
  expect(written).toContain('the provider refused [redacted]');
});

test('within a span of the host the release stands in the trace of the host', async () => {
  const exporter = listening();
  const { run } = await simulatedRelease();
  const hosts = trace.getTracer('host').startSpan('a request of the host');
  await context.with(trace.setSpan(context.active(), hosts), run);
  expect(new Set(exporter.getFinishedSpans().map((span) => span.spanContext().traceId))).toEqual(new Set([hosts.spanContext().traceId]));
});

test('tokens and durations are measured by the names of the conventions', async () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const meters = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 100_000 })] });
  metrics.setGlobalMeterProvider(meters);
  const { run } = await simulatedRelease();
  await run();
  await meters.forceFlush();
  const names = exporter
    .getMetrics()
    .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics.map(({ descriptor }) => descriptor.name)));
  expect(names).toEqual(
    expect.arrayContaining([
      'gen_ai.client.operation.duration',
      'gen_ai.client.token.usage',
      'gen_ai.execute_tool.duration',
      'gen_ai.invoke_agent.duration',
    ]),
  );
  await meters.shutdown();
});

test('an OTLP receiver of the configuration gets spans and metrics; one that is gone costs the release nothing', async () => {
  const paths: string[] = [];
  const receiver = createServer((request, response) => {
    paths.push(request.url ?? '');
    request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
  });
  await new Promise<void>((listens) => receiver.listen(0, '127.0.0.1', listens));
  const stop = await startTelemetry({ otlp: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`, serviceName: 'test' }, '.');
  const { run } = await simulatedRelease();
  await run();
  await stop();
  receiver.close();
  expect(new Set(paths)).toEqual(new Set(['/v1/traces', '/v1/metrics']));

  const stopAgain = await startTelemetry({ otlp: 'http://127.0.0.1:9', serviceName: 'test' }, '.');
  const { state } = await (await simulatedRelease()).run();
  expect(state.outcome).toBe('promoted');
  await stopAgain();
}, 60_000);

test('where a workspace fails to open, nothing is traced any more', async () => {
  const folder = await folderWith({ ...simulatedService, telemetry: { otlp: 'http://127.0.0.1:9' } });
  const options = { config: `${folder}/staging.config.json`, dryRun: true, progress: () => undefined };
  await expect(openActiveWorkspace({ ...options, model: 'nobody:nothing' })).rejects.toMatchObject({ code: 'MODEL_UNKNOWN' });
  expect(trace.getTracer('anybody').startSpan('left').isRecording()).toBe(false);
});
