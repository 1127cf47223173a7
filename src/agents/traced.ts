import { createHash } from 'node:crypto';
import {
  context,
  metrics,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Attributes,
  type Context,
  type Span,
} from '@opentelemetry/api';
import { reason, StagingError } from '../catalog/errors.js';
import { redact, redactAll } from '../catalog/redact.js';

/**
 * Spans and metrics by the GenAI conventions of OpenTelemetry 1.41: `invoke_workflow` for a release, `invoke_agent` for a routine, `chat` for a
 * model call, `execute_tool` for a tool call. Only the API stands here: where the host has registered no SDK, nothing is made of it. What a
 * model was told or said, and what a tool found, is in no span and no metric: names, numbers and outcomes are, without the secrets that may stand in them.
 */
export type Doing =
  | { kind: 'release'; release: string; service: string }
  | { kind: 'routine'; release: string; agent: string; routine: string }
  | { kind: 'model'; release: string; model: string }
  | { kind: 'tool'; release: string; tool: string };

const scope = 'langgraph-staging';

const rows: { [K in Doing['kind']]: (doing: Extract<Doing, { kind: K }>) => { name: string; spanKind: SpanKind; attributes: Attributes } } =
  {
    release: ({ service }) => ({
      name: `invoke_workflow ${service}`,
      spanKind: SpanKind.INTERNAL,
      attributes: { 'gen_ai.operation.name': 'invoke_workflow', 'gen_ai.workflow.name': service },
    }),
    routine: ({ agent, routine }) => ({
      name: `invoke_agent ${agent}`,
      spanKind: SpanKind.INTERNAL,
      attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': agent, 'staging.routine': routine },
    }),
    model: ({ model }) => ({
      name: `chat ${modelOf(model)}`,
      spanKind: SpanKind.CLIENT,
      attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': modelOf(model), 'gen_ai.provider.name': providerOf(model) },
    }),
    tool: ({ tool }) => ({
      name: `execute_tool ${tool}`,
      spanKind: SpanKind.INTERNAL,
      attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': tool, 'gen_ai.tool.type': 'function' },
    }),
  };

/** `openai:gpt-5` is a model of a provider; any other name is both. */
const providerOf = (model: string): string => (model.includes(':') ? (model.split(':')[0] ?? model) : model);
const modelOf = (model: string): string => model.slice(model.indexOf(':') + 1);

/** Runs work within a span. `told` gives what the span says of its result. An error is named by its code, and thrown on. */
export const traced = async <T>(doing: Doing, work: () => Promise<T>, told: (value: T) => Attributes = () => ({})): Promise<T> => {
  const row = (rows[doing.kind] as (doing: Doing) => ReturnType<(typeof rows)['release']>)(doing); // the row of its own kind
  const { name, spanKind, attributes } = { ...redactAll(row), name: redact(row.name) };
  const common = { ...attributes, 'gen_ai.conversation.id': doing.release };
  const begun = performance.now();
  return trace.getTracer(scope).startActiveSpan(name, { kind: spanKind, attributes: common }, parentOf(doing), async (span) => {
    try {
      const value = await work();
      const seen = redactAll(told(value));
      span.setAttributes(seen);
      count(doing.kind, { ...attributes, ...only(seen, 'error.type') }, begun, seen);
      return value;
    } catch (error) {
      fail(span, error);
      count(doing.kind, { ...attributes, 'error.type': errorType(error) }, begun, {});
      throw error;
    } finally {
      span.end();
    }
  });
};

const fail = (span: Span, error: unknown): void => {
  span.setAttribute('error.type', errorType(error));
  span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof StagingError ? error.code : reason(error).slice(0, 200) });
};

const errorType = (error: unknown): string =>
  error instanceof StagingError ? error.code : error instanceof Error ? error.name : 'unknown';

/**
 * Within the host's own span where there is one. Otherwise in the release's own trace: its id comes from the release's id, so that what
 * another process goes on with after a kill, or after a day of soak, is the same trace.
 */
const parentOf = ({ release }: Doing): Context => {
  const active = context.active();
  if (trace.getSpanContext(active) !== undefined) return active;
  const digest = createHash('sha256').update(release).digest('hex');
  const parent = { traceId: digest.slice(0, 32), spanId: digest.slice(32, 48), traceFlags: TraceFlags.SAMPLED, isRemote: true };
  return trace.setSpanContext(active, parent);
};

const durations: Record<Doing['kind'], string> = {
  release: 'gen_ai.invoke_workflow.duration',
  routine: 'gen_ai.invoke_agent.duration',
  model: 'gen_ai.client.operation.duration',
  tool: 'gen_ai.execute_tool.duration',
};

const instruments = () => {
  const meter = metrics.getMeter(scope);
  return {
    durationOf: (kind: Doing['kind']) => meter.createHistogram(durations[kind], { unit: 's', description: `How long a ${kind} took.` }),
    tokens: meter.createHistogram('gen_ai.client.token.usage', { unit: '{token}', description: 'Tokens of a model call.' }),
  };
};

/** Made anew each time: a host may register its SDK after this was loaded, and an SDK gives the same instrument for the same name. */
const count = (kind: Doing['kind'], attributes: Attributes, begun: number, seen: Attributes): void => {
  const { durationOf, tokens } = instruments();
  durationOf(kind).record((performance.now() - begun) / 1_000, attributes);
  for (const type of ['input', 'output'] as const) {
    const used = seen[`gen_ai.usage.${type}_tokens`];
    if (typeof used === 'number') tokens.record(used, { ...attributes, 'gen_ai.token.type': type });
  }
};

const only = (attributes: Attributes, name: string): Attributes => (attributes[name] === undefined ? {} : { [name]: attributes[name] });
