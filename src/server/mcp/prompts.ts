import { ErrorCode, McpError, type GetPromptResult, type Prompt } from '@modelcontextprotocol/sdk/types.js';

type Row = {
  title: string;
  does: string;
  needs: Record<string, string>;
  may: Record<string, string>;
  text: (given: Record<string, string>) => string;
};

const rows: Record<string, Row> = {
  ship_release: {
    title: 'Ship a release',
    does: 'Take one version to staging, and on to production where it is asked for',
    needs: { version: 'For example v2.2.0' },
    may: { features: 'Features that go with it, separated by commas', target: 'staging or production' },
    text: ({ version, features, target }) =>
      `Call request_release with "ship ${version}${features ? ` with ${features}` : ''} to staging${target === 'production' ? ', promote it if it is healthy' : ''}" and wait: true. Where it is unclear, put its question and choices to me. Where it waits for an approval, show me the question, the gates and the risks; do not answer it yourself. At the end tell me the outcome and each gate that did not pass.`,
  },
  why_waiting: {
    title: 'Why is it waiting?',
    does: 'Say what a release waits for, and who can do what about it',
    needs: { release: 'The id of the release' },
    may: {},
    text: ({ release }) =>
      `Call get_release and explain_release (question: "why is it waiting?") for release ${release}. Say in three sentences what it waits for, on what evidence, and who can do what. Name the digests of the evidence; claim nothing that is not in it.`,
  },
  review_approval: {
    title: 'Review an approval',
    does: 'Lay an open approval before a person, so that they can decide',
    needs: { release: 'The id of the release' },
    may: {},
    text: ({ release }) =>
      `Call get_release for release ${release} and read staging://releases/${release}/report. Show me the open question: what would be deployed, every gate with its weakest check, the risks, the way back, and what is not known. Recommend nothing that the evidence does not carry. When I have decided, call approve_release or reject_release with the digest of this question and my reason.`,
  },
};

export const listPrompts = (): Prompt[] =>
  Object.entries(rows).map(([name, { title, does, needs, may }]) => ({
    name,
    title,
    description: does,
    arguments: [
      ...Object.entries(needs).map(([argument, description]) => ({ name: argument, description, required: true })),
      ...Object.entries(may).map(([argument, description]) => ({ name: argument, description, required: false })),
    ],
  }));

/** Throws the protocol's own error for a prompt that is not there, or for an argument that is missing. */
export const prompt = (name: string, given: Record<string, string>): GetPromptResult => {
  const row = Object.hasOwn(rows, name) ? rows[name] : undefined;
  if (row === undefined)
    throw new McpError(ErrorCode.InvalidParams, `Failed to find prompt ${name}: there are ${Object.keys(rows).join(', ')}.`);
  const missing = Object.keys(row.needs).filter((argument) => !given[argument]);
  if (missing.length > 0) throw new McpError(ErrorCode.InvalidParams, `Failed to fill prompt ${name}: ${missing.join(', ')} is missing.`);
  return { description: row.does, messages: [{ role: 'user', content: { type: 'text', text: row.text(given) } }] };
};
