import { z } from 'zod';
import { secretSchema } from './server-config.js';

/** Where traces and metrics go; left out, nowhere (a host that has an OpenTelemetry SDK of its own sees them all the same). */
export const telemetrySchema = z.strictObject({
  /** The OTLP receiver over HTTP, without `/v1/traces`: http://127.0.0.1:4318. */
  otlp: z.url({ protocol: /^https?$/ }),
  /** The value of the `authorization` header that it wants. */
  authorization: secretSchema.optional(),
  /** As in `service.name` of OpenTelemetry. */
  serviceName: z.string().min(1).default('langgraph-staging'),
});
export type TelemetryConfig = z.infer<typeof telemetrySchema>;
