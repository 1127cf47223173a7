/** Record and replay of model responses on msw, for any LangChain or LangGraph program. */
export { openTape, type TapeOptions } from './open-tape.js';
export type { OpenTape, TapeReport } from './opened-tape.js';
export { tapeFor, withTape } from './tape-for.js';
export { tapeModes, type TapeMode } from './tape-mode.js';
export type { Cause, Miss } from './diagnose.js';
export type { Chaos } from './chaos.js';
export type { RuleInput, RuleName } from './rules.js';
export { readTape } from './store-tape.js';
export type { Tape, TapeSource } from './tape-file.js';
