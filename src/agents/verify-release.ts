import type { ReleaseRow, Store } from '../blackboard/store.js';
import { reason } from '../catalog/errors.js';
import type { GateEvaluation } from '../catalog/fields.js';
import { sameVerdict } from '../gates/verify-verdict.js';
import { loadEvidence, recompute, type VerdictInputs } from './verdict.js';

/** Recomputes the journal's hash chain, every digest, and every verdict from its evidence; says what is not as it was. */
export const verifyRelease = async (
  store: Store,
  { id }: ReleaseRow,
): Promise<{ problems: string[]; rows: number; evidence: number; verdicts: number }> => {
  const problems = await store.verify(id);
  const journal = await store.journal(id);
  const verdicts = journal.filter((row) => row.kind === 'verdict');
  for (const { sequence, name, value } of verdicts) {
    const { digest, evaluation } = value as { digest: string; evaluation: GateEvaluation }; // written by run-routine
    try {
      const inputs = (await store.evidence(digest)) as VerdictInputs; // written by run-routine
      const difference = sameVerdict(
        evaluation,
        recompute(inputs, await Promise.all(inputs.evidence.map((ref) => loadEvidence(ref, store)))),
      );
      if (difference !== null) problems.push(`Row ${sequence} (verdict ${name}) is not what its evidence gives: ${difference}.`);
    } catch (error) {
      problems.push(`Row ${sequence} (verdict ${name}) cannot be recomputed: ${reason(error)}`);
    }
  }
  return { problems, rows: journal.length, evidence: journal.filter((row) => row.kind === 'evidence').length, verdicts: verdicts.length };
};
