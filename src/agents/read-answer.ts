import { AIMessage, type UsageMetadata } from '@langchain/core/messages';

/** Why an answer, or none, is of no use; `again`: the next one may be. */
export type Trouble = { trouble: string; again: boolean; retryAfterMs?: number };
export type Usage = { input: number; output: number };

export const usageOf = (answer: unknown): Usage | null => {
  if (!AIMessage.isInstance(answer)) return null;
  const tokens = answer.usage_metadata as UsageMetadata | undefined; // its own type depends on a structure that is not known here
  return tokens === undefined ? null : { input: tokens.input_tokens, output: tokens.output_tokens };
};

/** What a model gave, looked at before anything is done with it: null when it can be used. */
export const troubleIn = (answer: unknown): Trouble | null => {
  const wrong = (trouble: string): Trouble => ({ trouble, again: true });
  if (!AIMessage.isInstance(answer)) return wrong('its answer is no message');
  const { refusal } = answer.additional_kwargs;
  if (typeof refusal === 'string' && refusal !== '') return wrong(`it refuses: ${refusal.slice(0, 200)}`);
  if (answer.response_metadata?.['finish_reason'] === 'content_filter') return wrong('it refuses: its answer was filtered');
  const [unread] = answer.invalid_tool_calls ?? [];
  if (unread !== undefined) return wrong(`its call of ${unread.name ?? 'a tool'} cannot be read`);
  const calls = answer.tool_calls ?? [];
  const odd = calls.find(({ name, args }) => typeof name !== 'string' || name === '' || !isObject(args));
  if (odd !== undefined) return wrong('it calls a tool without a name, or with arguments that are none');
  if (calls.length === 0 && answer.text.trim() === '') return wrong('its answer is empty');
  return null;
};

/** What went wrong on the way to a model, by status and headers as the vendors' clients leave them on what they throw. */
export const troubleOf = (error: unknown, said: string): Trouble => {
  const { status, code, headers } = (isObject(error) ? error : {}) as { status?: unknown; code?: unknown; headers?: unknown }; // looked at, not trusted
  const retryAfterMs = retryAfter(headers);
  const again = code === 'insufficient_quota' ? false : typeof status !== 'number' || mayPass.has(status) || status >= 500;
  return {
    trouble: typeof status === 'number' && !said.includes(String(status)) ? `${status} ${said}` : said,
    again,
    ...(retryAfterMs !== null && { retryAfterMs }),
  };
};

/** Request timeout, too early, too many requests. */
const mayPass = new Set([408, 425, 429]);

/** RFC 9110, section 10.2.3: seconds or a date; some vendors add a finer `retry-after-ms`. A date is counted from the answer's own. */
const retryAfter = (headers: unknown): number | null => {
  const read = (name: string): string | null => {
    if (headers instanceof Headers) return headers.get(name);
    const found = isObject(headers) ? headers[name] : undefined;
    return typeof found === 'string' ? found : null;
  };
  const [fine, coarse, date] = [read('retry-after-ms'), read('retry-after'), read('date')];
  if (fine !== null && Number.isFinite(Number(fine))) return Math.max(0, Number(fine));
  if (coarse === null) return null;
  if (Number.isFinite(Number(coarse))) return Math.max(0, Number(coarse) * 1_000);
  const ms = Date.parse(coarse) - Date.parse(date ?? '');
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
};

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
