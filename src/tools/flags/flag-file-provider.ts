import { TypeMismatchError, type EvaluationContext, type JsonValue, type Provider, type ResolutionDetails } from '@openfeature/server-sdk';
import { evaluateFlag, type FlagFile } from './flag.js';

/** OpenFeature over a flag file: boolean flags, read anew for every evaluation, with the targeting key as the visitor. */
export const flagFileProvider = (read: () => Promise<FlagFile>): Provider => ({
  metadata: { name: 'langgraph-staging flag file' },
  runsOn: 'server',
  resolveBooleanEvaluation: async (name: string, fallback: boolean, { targetingKey }: EvaluationContext) => {
    const { value, reason } = evaluateFlag(await read(), name, targetingKey, fallback);
    return { value, reason, variant: value ? 'on' : 'off' };
  },
  resolveStringEvaluation: (name: string) => refuse(name),
  resolveNumberEvaluation: (name: string) => refuse(name),
  resolveObjectEvaluation: <T extends JsonValue>(name: string): Promise<ResolutionDetails<T>> => refuse(name),
});

const refuse = (name: string): Promise<never> => Promise.reject(new TypeMismatchError(`the flag ${name} is a boolean`));
