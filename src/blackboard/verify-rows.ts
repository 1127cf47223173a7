import { digestOf, digestOfText } from './digest.js';
import { sealName, type Seal } from './store.js';

/** A journal row as it lies in the store: the value is still text. */
export type StoredRow = {
  release: string;
  sequence: number;
  key: string;
  at: number;
  agent: string;
  routine: string;
  kind: string;
  name: string;
  value: string;
  previousHash: string;
  hash: string;
};

/** What stands for the rows before the first one, where they were pruned. */
const sealIn = ([first]: readonly StoredRow[]): Seal | null =>
  first?.kind === 'note' && first.name === sealName ? (JSON.parse(first.value) as Seal) : null; // written by `prune`

/**
 * Recomputes the hash chain and the digest of every piece of evidence that a row names.
 * Says which row was changed, which is missing, and which evidence is not what it was; an empty list is a sound journal. Rows that
 * were pruned are held to their seal: the row after them says how many they were and which hash it follows.
 */
export const verifyRows = (
  rows: readonly StoredRow[],
  evidence: (digest: string) => string | null,
  head: { rows: number; hash: string } | undefined,
): string[] => {
  const problems: string[] = [];
  const seal = sealIn(rows);
  let expected = seal === null ? 1 : seal.rows + 1;
  let previousHash = seal?.hash ?? '';
  for (const { hash, ...row } of rows) {
    const label = `row ${row.sequence} (${row.kind} ${row.name})`;
    if (row.sequence !== expected) problems.push(missing(expected, row.sequence - 1));
    else if (row.previousHash !== previousHash) problems.push(`${label} does not follow the row before it: one of the two was changed.`);
    if (digestOf(row) !== hash) problems.push(`${label} was changed: its content does not have the hash ${hash}.`);
    expected = row.sequence + 1;
    previousHash = hash;
  }
  if (head && head.rows >= expected) problems.push(missing(expected, head.rows));
  else if (head && head.hash !== previousHash)
    problems.push(`Row ${head.rows} is not the one that was written: it had the hash ${head.hash}.`);
  for (const digest of digestsIn(rows)) {
    const text = evidence(digest);
    if (text === null) problems.push(`Evidence ${digest} is missing.`);
    else if (digestOfText(text) !== digest) problems.push(`Evidence ${digest} was changed.`);
  }
  return problems;
};

const missing = (from: number, to: number): string => (from === to ? `Row ${from} is missing.` : `Rows ${from} to ${to} are missing.`);

const digestsIn = (rows: readonly StoredRow[]): Set<string> =>
  new Set(
    rows
      .filter((row) => row.kind === 'evidence' || row.kind === 'verdict')
      .flatMap((row) => row.value.match(/(?<="digest":")sha256:[0-9a-f]{64}/g) ?? []),
  );
