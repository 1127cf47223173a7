import { reason, StagingError } from '../catalog/errors.js';
import type { TelemetryConfig } from '../catalog/telemetry.js';
import { readSecret } from '../tools/read-secret.js';

/** Loaded only where the configuration names a receiver. Throws TELEMETRY_MISSING. */
const load = async () => {
  try {
    const [trace, metrics, spans, figures, api] = await Promise.all([
      import('@opentelemetry/sdk-trace-node'),
      import('@opentelemetry/sdk-metrics'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/exporter-metrics-otlp-http'),
      import('@opentelemetry/api'),
    ]);
    return { ...trace, ...metrics, ...spans, ...figures, ...api };
  } catch (error) {
    throw new StagingError('TELEMETRY_MISSING', `Failed to send traces: OpenTelemetry could not be loaded: ${reason(error)}.`, {
      cause: error,
    });
  }
};

/**
 * Sends spans and metrics to an OTLP receiver from now on; gives how to send the rest and stop. A receiver that does not answer costs a
 * release nothing: what it missed is dropped. Where the host has registered an SDK before, the host's stays.
 */
export const startTelemetry = async (config: TelemetryConfig | undefined, configDir: string): Promise<() => Promise<void>> => {
  if (config === undefined) return () => Promise.resolve();
  const otel = await load();
  const headers = config.authorization === undefined ? {} : { authorization: readSecret(config.authorization, configDir, 1) };
  const at = (signal: string) => ({ url: `${config.otlp.replace(/\/$/, '')}/v1/${signal}`, headers, timeoutMillis: 5_000 });
  const name = { OTEL_SERVICE_NAME: config.serviceName };
  Object.assign(process.env, { ...name, ...process.env }); // the SDK's own detection of who sends
  const spans = new otel.BatchSpanProcessor(new otel.OTLPTraceExporter(at('traces')));
  const provider = new otel.NodeTracerProvider({ spanProcessors: [spans] });
  const reader = new otel.PeriodicExportingMetricReader({
    exporter: new otel.OTLPMetricExporter(at('metrics')),
    exportIntervalMillis: 10_000,
  });
  const meters = new otel.MeterProvider({ readers: [reader] });
  provider.register();
  otel.metrics.setGlobalMeterProvider(meters);
  return async () => {
    await Promise.allSettled([provider.shutdown(), meters.shutdown()]);
    otel.trace.disable();
    otel.metrics.disable();
    otel.context.disable();
  };
};
