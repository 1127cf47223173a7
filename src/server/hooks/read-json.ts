import type { z } from 'zod';
import { reason, StagingError } from '../../catalog/errors.js';

/** A delivery's body by its schema. Throws BODY_INVALID. */
export const readJson = <S extends z.ZodType>(raw: string, schema: S): z.infer<S> => {
  try {
    return schema.parse(JSON.parse(raw));
  } catch (error) {
    throw new StagingError('BODY_INVALID', `Failed to read the delivery: ${reason(error)}.`, { cause: error });
  }
};
