import { z } from 'zod';
import { releaseSummarySchema as summary } from '../../desk/release-summary.js';
import { describeStanding, standingOf } from '../standing.js';
import type { Call, Tool } from './call.js';
import { tool } from './call.js';
import { decide } from './decide.js';
import { followed } from './followed.js';
import { gate, question, releaseId } from './shapes.js';

const looks = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };
const decides = { readOnlyHint: false, idempotentHint: true, openWorldHint: true };

const decision = {
  input: z.strictObject({
    release: releaseId,
    digest: z
      .string()
      .min(1)
      .optional()
      .describe('The digest of the question that was shown: get_release gives it. May be left out where the client can ask its person'),
    comment: z.string().max(2_000).default('').describe('Why; the journal keeps it'),
  }),
  output: z.object({
    release: z.string(),
    decision: z
      .enum(['approved', 'rejected', 'withdrawn', 'none'])
      .describe('none: the person gave no answer, and the question stays open'),
    by: z.string().describe('The name of the credential that decided, or empty'),
    digest: z.string(),
    comment: z.string(),
  }),
};

/** Every tool of the MCP server, in the order in which they are listed. */
export const tools: Record<string, Tool> = {
  request_release: tool({
    title: 'Ask for a release',
    does: 'Starts a release from one sentence, for example "ship storefront v2.2.0 to staging, promote it if it is healthy". An unclear sentence begins nothing: the answer is a question with choices. Verdicts come from measurements; production waits for an approver.',
    input: z.strictObject({
      request: z.string().min(1).max(4_000).describe('Service, version, features and target, as a person would say it'),
      wait: z.boolean().default(false).describe('True: follow it, with progress, until it has ended, waits for a person or has stopped'),
    }),
    output: z.object({
      status: z.enum(['accepted', 'unclear']),
      understood: z.string().describe('The request as it was understood, or empty'),
      question: z.string().describe('What is unclear, or empty'),
      choices: z.array(z.string()),
      sentences: z.array(z.string()).describe('The whole request with each of the choices taken: what to send once a person has chosen'),
      release: summary.nullable(),
      approval: question.nullable(),
    }),
    hints: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
    run: async ({ request, wait }, call) => {
      const requested = await call.desk.request(call.caller, request);
      if (requested.kind === 'unclear') {
        const { question: unclear, choices, sentences } = requested;
        return {
          text: [unclear, ...choices.map((choice) => `- ${choice}`)].join('\n'),
          data: { status: 'unclear' as const, understood: '', question: unclear, choices, sentences, release: null, approval: null },
        };
      }
      if (wait) await followed(requested.release, call);
      const standing = await standingOf(call.desk, call.caller, requested.release);
      return {
        text: `${requested.understood}\n${describeStanding(standing)}`,
        data: { status: 'accepted' as const, understood: requested.understood, question: '', choices: [], sentences: [], ...standing },
      };
    },
  }),

  get_release: tool({
    title: 'Where a release stands',
    does: 'State, gates with their checks, success criteria, and the approval question that is open, with its digest.',
    input: z.strictObject({
      release: releaseId,
      wait: z
        .boolean()
        .default(false)
        .describe('True: follow it first, with progress, until it has ended, waits for a person or has stopped'),
    }),
    output: z.object({
      release: summary,
      approval: question.nullable(),
      gates: z.array(gate),
      criteria: z.array(z.object({ criterion: z.string(), expected: z.string(), actual: z.string(), met: z.boolean() })),
    }),
    hints: looks,
    run: async ({ release, wait }, call) => {
      const known = await standingOf(call.desk, call.caller, release);
      if (wait && known.approval === null) await followed(release, call);
      const standing = await standingOf(call.desk, call.caller, release);
      const { gates, criteria } = await call.desk.get(call.caller, release);
      return { text: describeStanding(standing), data: { ...standing, gates: gates.map((one) => gate.parse(one)), criteria } };
    },
  }),

  list_releases: tool({
    title: 'Releases, newest first',
    does: 'Every release of this desk and where it stands.',
    input: z.strictObject({ limit: z.number().int().min(1).max(500).default(20) }),
    output: z.object({ releases: z.array(summary) }),
    hints: looks,
    run: async ({ limit }, { desk, caller }) => {
      const releases = await desk.list(caller, { limit });
      const text = releases.map((release) => describeStanding({ release, approval: null })).join('\n');
      return { text: text || 'No release yet.', data: { releases } };
    },
  }),

  explain_release: tool({
    title: 'Why a release stands where it stands',
    does: 'Why each verdict fell as it did, with the evidence behind it; or the answer to one question about the release.',
    input: z.strictObject({
      release: releaseId,
      question: z.string().min(1).max(1_000).optional().describe('For example: why is it waiting?'),
    }),
    output: z.object({ release: z.string(), text: z.string(), evidence: z.array(z.string()).describe('Digests') }),
    hints: looks,
    run: async ({ release, question: asked }, call) => {
      const answer = await (asked === undefined ? explained(call, release) : call.desk.ask(call.caller, asked, release));
      return { text: answer.text, data: { release, ...answer } };
    },
  }),

  approve_release: tool({
    title: 'Approve the promotion to production',
    does: 'Answers the open approval question with yes. Only a credential with the role approver decides; the person at the client is asked first where the client can.',
    ...decision,
    hints: { ...decides, destructiveHint: true },
    run: (args, call) => decide('approved', args, call),
  }),

  reject_release: tool({
    title: 'Reject the promotion to production',
    does: 'Answers the open approval question with no: traffic goes back to the stable version. Only a credential with the role approver decides.',
    ...decision,
    hints: { ...decides, destructiveHint: true },
    run: (args, call) => decide('rejected', args, call),
  }),

  rollback_release: tool({
    title: 'Roll a release back',
    does: 'Sends all traffic back to the version before, also while the release runs or after its promotion. Only a credential with the role operator may.',
    input: z.strictObject({ release: releaseId, reason: z.string().min(1).max(2_000).describe('Why; the journal keeps it') }),
    output: z.object({ release: summary, approval: question.nullable() }),
    hints: { ...decides, destructiveHint: true },
    run: async ({ release, reason }, call) => {
      await call.desk.rollBack(call.caller, release, reason);
      const standing = await standingOf(call.desk, call.caller, release);
      return { text: describeStanding(standing), data: standing };
    },
  }),
};

const explained = async ({ desk, caller }: Call, release: string): Promise<{ text: string; evidence: string[] }> => ({
  text: (await desk.explain(caller, release)).text,
  evidence: [...new Set((await desk.get(caller, release)).gates.flatMap(({ checks }) => checks.flatMap((check) => check.evidence)))],
});
