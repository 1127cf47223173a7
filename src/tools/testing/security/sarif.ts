import { z } from 'zod';
import { StagingError, reason } from '../../../catalog/errors.js';
import type { ToolResult } from '../../../catalog/tools.js';

type Findings = Pick<ToolResult<'scan_code'>, 'tools' | 'findings'>;

/**
 * The open findings of a SARIF 2.1.0 log, with the level that section 3.27.10 gives them. Throws ADAPTER_FAILED for text that is no such
 * log, and for a run without results or with a failed invocation: that scanner did not scan, which is not the same as finding nothing.
 */
export const readSarif = (file: string, text: string): Findings => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw unreadable(file, reason(error), error);
  }
  const parsed = logSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw unreadable(
      file,
      `it is no SARIF 2.1.0 log (${issue?.path.join('.') || 'top level'}: ${issue?.message ?? 'unknown shape'})`,
      parsed.error,
    );
  }
  const { runs } = parsed.data;
  if (runs.length === 0) throw unreadable(file, 'it holds no run');
  return { tools: runs.map((run) => run.tool.driver.name), findings: runs.flatMap((run) => findingsOf(file, run)) };
};

const unreadable = (file: string, why: string, cause?: unknown): StagingError =>
  new StagingError('ADAPTER_FAILED', `Failed to read the SARIF report ${file}: ${why}.`, { cause });

const level = z.enum(['none', 'note', 'warning', 'error']);
const index = z.number().int().optional();
const ruleSchema = z.object({ id: z.string(), defaultConfiguration: z.object({ level: level.optional() }).optional() });
const componentSchema = z.object({ name: z.string(), rules: z.array(ruleSchema).default([]) });
const resultSchema = z.object({
  ruleId: z.string().optional(),
  ruleIndex: index,
  rule: z.object({ id: z.string().optional(), index, toolComponent: z.object({ index }).optional() }).optional(),
  kind: z.string().default('fail'),
  level: level.optional(),
  message: z.object({ text: z.string().optional(), markdown: z.string().optional(), id: z.string().optional() }).default({}),
  locations: z
    .array(
      z.object({
        physicalLocation: z
          .object({
            artifactLocation: z.object({ uri: z.string().optional() }).optional(),
            region: z.object({ startLine: index }).optional(),
          })
          .optional(),
        logicalLocations: z.array(z.object({ fullyQualifiedName: z.string().optional(), name: z.string().optional() })).optional(),
      }),
    )
    .default([]),
  suppressions: z.array(z.object({ status: z.string().optional() })).nullish(),
  baselineState: z.string().optional(),
});
const runSchema = z.object({
  tool: z.object({ driver: componentSchema, extensions: z.array(componentSchema).default([]) }),
  results: z.array(resultSchema).nullish(),
  invocations: z.array(z.object({ executionSuccessful: z.boolean().optional() })).default([]),
});
const logSchema = z.object({ version: z.literal('2.1.0'), runs: z.array(runSchema) });
type Run = z.infer<typeof runSchema>;
type Result = z.infer<typeof resultSchema>;

const findingsOf = (file: string, { tool, results, invocations }: Run): Findings['findings'] => {
  if (!results) throw unreadable(file, `the run of ${tool.driver.name} has no results`);
  if (invocations.some((one) => one.executionSuccessful === false))
    throw unreadable(file, `the run of ${tool.driver.name} did not succeed`);
  return results
    .filter((result) => !isSuppressed(result) && result.baselineState !== 'absent')
    .map((result) => {
      const rule = ruleOf(tool, result);
      return {
        rule: result.ruleId ?? result.rule?.id ?? rule?.id ?? 'unnamed rule',
        level: result.level ?? (result.kind === 'fail' ? (rule?.defaultConfiguration?.level ?? 'warning') : 'none'),
        message: result.message.text ?? result.message.markdown ?? result.message.id ?? '',
        location: locationOf(result),
      };
    });
};

/** Section 3.27.23: a suppression that is under review, or was rejected, suppresses nothing. */
const isSuppressed = ({ suppressions }: Result): boolean =>
  Boolean(suppressions?.length) && suppressions?.every((one) => one.status === undefined || one.status === 'accepted') === true;

/** By its index in the component that the result names, else by its id; `CA1000/1` is a part of the rule `CA1000`. */
const ruleOf = (tool: Run['tool'], result: Result): z.infer<typeof ruleSchema> | undefined => {
  const extension = result.rule?.toolComponent?.index;
  const component = extension === undefined ? tool.driver : tool.extensions[extension];
  const at = result.rule?.index ?? result.ruleIndex;
  const indexed = at === undefined || at < 0 ? undefined : component?.rules[at];
  if (indexed) return indexed;
  const id = result.ruleId ?? result.rule?.id;
  const rules = [tool.driver, ...tool.extensions].flatMap((one) => one.rules);
  return rules.find((one) => one.id === id) ?? rules.find((one) => id?.startsWith(`${one.id}/`));
};

const locationOf = ({ locations: [first] }: Result): string => {
  const uri = first?.physicalLocation?.artifactLocation?.uri;
  const line = first?.physicalLocation?.region?.startLine;
  if (uri !== undefined) return line === undefined ? uri : `${uri}:${line}`;
  const [logical] = first?.logicalLocations ?? [];
  return logical?.fullyQualifiedName ?? logical?.name ?? '';
};
