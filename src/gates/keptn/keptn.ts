import { evaluateAnalysis, readAnalysisDefinition } from './analysis-definition.js';
import { evaluate } from './evaluate.js';
import { judge } from './judge.js';
import { parseSlo } from './parse-slo.js';

/** Keptn's files, with Keptn's verdicts: v1 (`parseSlo`, `evaluate`) and the AnalysisDefinition of its successor. */
export const keptn = { parseSlo, evaluate, readAnalysisDefinition, evaluateAnalysis, judge } as const;
