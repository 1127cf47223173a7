import type { Evidence, ToolName } from '../catalog/tools.js';

/** The newest evidence that a tool left, or null; of two with the same time the later in the list. */
export const newest = <T extends ToolName>(evidence: readonly Evidence[], tool: T): Extract<Evidence, { tool: T }> | null =>
  newestOf(evidence.filter((item): item is Extract<Evidence, { tool: T }> => item.tool === tool));

export const newestOf = <E extends { at: number }>(items: readonly E[]): E | null =>
  items.reduce<E | null>((found, item) => (found === null || item.at >= found.at ? item : found), null);
