import type { z } from 'zod';
import { reason } from '../../../catalog/errors.js';
import { malformed } from './parsed-report.js';

/** Parses the text of a JSON report and checks its shape, naming the first key that does not fit. */
export const jsonReport = <T extends z.ZodType>(format: string, schema: T, text: string): z.infer<T> => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw malformed(format, reason(error), error);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw malformed(format, `${issue?.path.join('.') || 'its top level'}: ${issue?.message ?? 'unknown shape'}`, parsed.error);
};
