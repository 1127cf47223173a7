/** The front door: the graph, the configuration, the tables and the errors. Importing it starts nothing. */
export { createStagingGraph, stagingGraphBuilder, type StagingOptions } from './graph/create.js';
export { parseConfig } from './graph/parse-config.js';
export { createStagingTool } from './graph/tool.js';
export type { ApprovalQuestion } from './graph/approval-question.js';
export { readAnswer } from './graph/approval-answers/read-answer.js';
export { elicitationOf } from './graph/approval-answers/elicitation.js';
export { asCaller } from './graph/caller.js';
export type { StagingState } from './graph/state.js';
export type { Progress } from './agents/routine-context.js';
export { defineConfig, type StagingConfig, type StagingConfigInput } from './catalog/config.js';
export { catalog } from './catalog/flow.js';
export { errorTable, exitCodes, StagingError, type ErrorCode } from './catalog/errors.js';
export { openSqliteStore } from './blackboard/sqlite-store.js';
export type { Store } from './blackboard/store.js';
export type { Artifact, Clock, DeploymentPort, MonitoringPort, Ports, SourcePort, TestingPort } from './tools/ports.js';
