import { z } from 'zod';
import { clues } from './clues.js';
import { suiteKinds } from './suite-kinds.js';
import { instrument, text } from './measurements.js';

/** A search among the features of a failed release: what was measured again on which of them, and what follows. */
const culpritSearch = z.object({
  outcome: z.enum(['found', 'interaction', 'none_of_them', 'inconclusive', 'not_searched']),
  culprits: z.array(z.string()),
  /** `next_release`: the release without it is the control, and must pass the same check. */
  confirmedBy: z.enum(['alone', 'without', 'next_release']).nullable(),
  reason: text,
  /** What failed and was measured again. */
  check: z.string(),
  kind: z.enum(['build', 'suite', 'load', 'traffic', 'none']),
  features: z.array(z.string()),
  /** One deployment into the idle slot each; they are made one after the other, because staging has one idle slot. */
  previews: z.number().int(),
  probes: z.array(
    z.object({
      features: z.array(z.string()),
      purpose: z.enum(['bisect', 'control', 'base', 'partner']),
      by: z.enum(['flags', 'preview', 'artifact']),
      outcome: z.enum(['passed', 'failed', 'inconclusive']),
      detail: text,
      artifact: z.string(),
      durationMs: z.number(),
    }),
  ),
});

/** The same as the blackboard shows it. */
export const culpritRecord = culpritSearch
  .omit({ features: true, probes: true })
  .extend({ id: z.string(), attempt: z.number(), probes: z.number(), evidence: z.array(z.string()) });

export const droppedFeature = z.object({
  id: z.string(),
  feature: z.string(),
  reason: z.string(),
  attempt: z.number(),
  evidence: z.array(z.string()),
});

const path = z.string().min(1).max(400).describe('a path inside the worktree');
/** `refused` is an answer, not an error: the model reads why and can do better. */
const answered = { status: z.enum(['done', 'refused']), reason: z.string() };

const counts = z.object({ ...instrument, total: z.number().int(), failed: z.number().int(), skipped: z.number().int() });

/** What the feature developer may do in the worktree of a release, and the search for the feature that made it fail. */
export const developmentTools = {
  gather_clues: {
    does: 'Keeps what the candidate logged around the failure, and the commits between the version before and the candidate with their files and features.',
    acts: { repository: ['read'], staging: ['read'] },
    args: z.strictObject({}),
    result: clues,
  },
  find_culprit: {
    does: 'Finds which of several features makes a check fail: by their flags, else by deploying halves of them as previews.',
    acts: { repository: ['develop'], staging: ['deploy-staging', 'test', 'data'] },
    args: z.strictObject({}),
    result: culpritSearch,
  },
  read_file: {
    does: 'Reads lines of a file in the worktree of this release.',
    acts: { repository: ['read'] },
    args: z.strictObject({ path, fromLine: z.number().int().min(1).default(1), lines: z.number().int().min(1).max(500).default(200) }),
    result: z.object({ ...answered, path: z.string(), fromLine: z.number(), totalLines: z.number(), text }),
  },
  search_files: {
    does: 'Finds lines that contain a text, in the files of the worktree of this release.',
    acts: { repository: ['read'] },
    args: z.strictObject({ text: z.string().min(1).max(200), folder: path.default('.') }),
    result: z.object({
      ...answered,
      matches: z.array(z.object({ path: z.string(), line: z.number(), text })),
      /** Whether there are more than are shown. */
      more: z.boolean(),
    }),
  },
  edit_file: {
    does: 'Replaces a text that stands exactly once in a file of the worktree, or makes a new file where `find` is empty. Shown to people, and judged by every gate.',
    acts: { repository: ['develop'] },
    args: z.strictObject({ path, find: z.string().max(20_000), replace: z.string().max(60_000) }),
    result: z.object({ ...answered, path: z.string(), commit: z.string(), by: z.string(), diff: text }),
  },
  check_development: {
    does: 'For a feature that the request only describes: says what is still missing of a test that fails without it, green suites, documentation and a changelog entry. Nothing is built until nothing is missing.',
    acts: { repository: ['test'] },
    args: z.strictObject({}),
    result: z.object({
      /** Whether the request describes a feature. */
      described: z.boolean(),
      /** What was looked at. */
      commit: z.string(),
      missing: z.array(text),
      /** What was edited, by what it is to a reviewer. */
      files: z.object({
        source: z.array(z.string()),
        tests: z.array(z.string()),
        docs: z.array(z.string()),
        changelog: z.array(z.string()),
      }),
      /** `without`: the added tests on what stood before. */
      suites: z.array(z.object({ suite: z.string(), before: counts, without: counts, after: counts })),
    }),
  },
  run_tests: {
    does: 'Builds the worktree as it is now and runs one declared unit or integration suite in it. It decides nothing: the gates run theirs on the artifact.',
    acts: { repository: ['test'] },
    args: z.strictObject({ suite: z.string() }),
    result: z.object({
      ...instrument,
      suite: z.string(),
      kind: z.enum(suiteKinds).nullable(),
      total: z.number().int(),
      passed: z.number().int(),
      failed: z.number().int(),
      failures: z.array(z.object({ id: z.string(), test: text, file: text, message: text })),
      output: text,
    }),
  },
} as const;
