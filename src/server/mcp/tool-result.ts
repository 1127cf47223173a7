import type { CallToolResult, Tool as ListedTool } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { explainError, reason, StagingError } from '../../catalog/errors.js';
import type { Tool } from './call.js';

const failure = z
  .object({ code: z.string(), message: z.string(), remedy: z.string() })
  .describe('Why nothing was done, and what to do next');

/** A row of the table as the protocol lists it. A result holds either what the tool promises or `error`. */
export const listed = (name: string, { title, does, input, output, hints }: Tool): ListedTool => {
  const promised = objectSchema(z.toJSONSchema(output, portable));
  const error = z.toJSONSchema(failure, portable);
  return {
    name,
    title,
    description: does,
    inputSchema: objectSchema(z.toJSONSchema(input, { ...portable, io: 'input' })),
    outputSchema: {
      type: 'object',
      properties: { ...promised.properties, error },
      anyOf: [{ required: promised.required }, { required: ['error'] }],
    },
    annotations: { title, ...hints },
  };
};

/** Some hosts refuse a schema without a keyword: what may be anything says so. */
const portable = {
  target: 'draft-7' as const,
  override: ({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void => {
    const { additionalProperties: more } = jsonSchema;
    if (typeof more === 'object' && Object.keys(more).length === 0) jsonSchema.additionalProperties = true;
  },
};

/** The schema of a zod object, whose properties are schemas and never booleans. */
const objectSchema = ({ properties, required = [], additionalProperties }: z.core.JSONSchema.JSONSchema) => ({
  type: 'object' as const,
  properties: properties as Record<string, object>, // as said above
  required,
  additionalProperties,
});

/** The sentence for whoever reads, the data for whoever computes, and the same data as text for clients without structured results. */
export const succeeded = ({ text, data }: { text: string; data: Record<string, unknown> }): CallToolResult => ({
  content: [
    { type: 'text', text },
    { type: 'text', text: JSON.stringify(data) },
  ],
  structuredContent: data,
});

/** An error is a result: a model reads it and goes on. What no user can meet is a defect, and says so. */
export const failed = (error: unknown): CallToolResult => {
  const known = error instanceof StagingError ? error : new StagingError('DEFECT', `Failed to answer: ${reason(error)}.`, { cause: error });
  const { code, message, remedy } = known;
  return {
    isError: true,
    content: [{ type: 'text', text: `${code}: ${explainError(known)}` }],
    structuredContent: { error: { code, message, remedy } },
  };
};
