import type { JournalRow, ReleaseRow, Store } from '../blackboard/store.js';
import type { StagingConfig } from '../catalog/config.js';
import { titleOf } from '../catalog/request.js';
import { tools } from '../catalog/tools.js';
import { explainCanary } from '../gates/canary/explain-canary.js';
import { plain } from '../gates/words.js';
import { correlateFailure, describeCorrelation } from './correlate-failure.js';
import { describeCulprit } from './culprits.js';
import { describePlan } from './describe-plan.js';
import { evidenceIn, releaseDocument, rolloutsIn } from './document.js';

/**
 * Why each verdict of a release fell as it did and what would change it, in words and as JSON; from the journal and its evidence alone,
 * so that it says the same on every day. What code has found and what a model has said stand apart.
 */
export const explainRelease = async (row: ReleaseRow, store: Store, config: StagingConfig) => {
  const journal = await store.journal(row.id);
  const document = await releaseDocument(row, store, config);
  const { gates, outcome, reason, culprits, patches, plan } = document;
  const analyses = await analysesOf(journal, store);
  const failures = await failuresOf(journal, store);
  const reports = journal
    .filter((entry) => entry.kind === 'report')
    .map((entry) => ({ routine: entry.name, ...(entry.value as { summary: string; model: string; says: string }) })); // written by settle
  const searches = await Promise.all(culprits.map(async (search) => ({ search, probes: await probesOf(store, search.evidence) })));
  const text = [
    `${titleOf(row.request)}: ${outcome ?? row.state}. ${reason}`,
    ...section('The plan:', describePlan(plan)),
    ...gates.flatMap(({ gate, outcome: verdict, checks }) => [
      `\n${gate} gate: ${verdict}`,
      ...checks.map((check) => `  ${check.outcome.padEnd(12)} ${check.check.padEnd(22)} ${check.reason} [${short(check.evidence)}]`),
    ]),
    ...section(
      'The candidate beside the version that served:',
      analyses.flatMap(({ environment, analysis, evidence }) => [
        `${environment}: ${analysis.outcome} [${short([evidence])}]`,
        ...(analysis.verdict === undefined ? [analysis.reason] : explainCanary(analysis.verdict).split('\n')).map((line) => `  ${line}`),
      ]),
    ),
    ...section(
      'What goes together with the failure (names against names, by code; it proves nothing):',
      failures.flatMap(({ attempt, failure, said, reading, evidence }) => [
        `attempt ${attempt}, ${plain(failure.what)} [${short([evidence])}]`,
        ...said.map((line) => `  ${line}`),
        ...(reading === null ? [] : [`  a model's reading of it, which decides nothing (${reading.model}): ${plain(reading.summary)}`]),
      ]),
    ),
    ...section(
      'Which feature it was:',
      searches.flatMap(({ search, probes }) => [
        ...describeCulprit(search).map((line) => `attempt ${search.attempt}: ${line}`),
        ...probes.map((line) => `  ${line}`),
      ]),
    ),
    ...section(
      'What a model has edited (judged by every gate like any other change):',
      patches.flatMap(({ by, path, commit, diff }) => [
        `${by}: ${path} (${commit.slice(0, 10)})`,
        ...diff.split('\n').map((line) => `  ${line}`),
      ]),
    ),
    ...section(
      'What the agents said (their words decide nothing):',
      reports.map(({ routine, says, model, summary }) => `${routine}: ${says}${model === 'runbook' ? '' : ` — ${model}: ${summary}`}`),
    ),
  ];
  const json = {
    ...{ release: row.id, outcome, reason, plan, gates, analyses },
    failures: failures.map(({ said: _said, ...failure }) => failure),
    ...{ culprits, patches, reports },
  };
  return { text: text.join('\n'), json };
};

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`\n${title}`, ...lines.map((line) => `  ${line}`)];

const short = (digests: readonly string[]): string => digests.map((digest) => digest.slice(7, 15)).join(' ') || 'no evidence';

/** The last comparison of each rollout with the version that served. */
const analysesOf = async (journal: readonly JournalRow[], store: Store) =>
  (await rolloutsIn(journal, store)).flatMap(({ digest, at, data }) =>
    data.analysis === undefined ? [] : [{ environment: data.environment, at, analysis: data.analysis, evidence: digest }],
  );

/** Each attempt that was taken back: what failed, what goes together with it, and what a language model has made of it. */
const failuresOf = async (journal: readonly JournalRow[], store: Store) => {
  const each = journal.map(async (entry, place) => {
    if (entry.kind !== 'evidence' || entry.name !== 'gather_clues') return [];
    const { digest } = entry.value as { digest: string }; // every evidence row names its digest
    const clues = tools.gather_clues.result.parse(await store.evidence(digest));
    const before = journal.slice(0, place);
    const begun = before.findLastIndex((one) => one.kind === 'evidence' && one.name === 'integrate_features');
    const tests = (await evidenceIn(before.slice(Math.max(0, begun)), store, 'run_suite')).flatMap(({ data }) => data.failures);
    const found = correlateFailure(clues, tests);
    const report = journal.slice(place).find((one) => one.kind === 'report' && one.name === entry.routine);
    const told = report?.value as { summary: string; model: string } | undefined; // written by settle
    const attempt = before.filter((one) => one.kind === 'evidence' && one.name === 'gather_clues').length + 1;
    const reading = told === undefined || told.model === 'runbook' ? null : { model: told.model, summary: told.summary };
    return [
      {
        ...{ attempt, at: entry.at, failure: clues.failure, range: clues.range, ...found, evidence: digest },
        ...{ said: describeCorrelation(found, clues), reading },
      },
    ];
  });
  return (await Promise.all(each)).flat();
};

/** Every probe of a search, from its evidence. */
const probesOf = async (store: Store, digests: readonly string[]): Promise<string[]> =>
  (await Promise.all(digests.map((digest) => store.evidence(digest))))
    .flatMap((found) => tools.find_culprit.result.parse(found).probes)
    .map(
      ({ features, purpose, by, outcome, detail }) =>
        `${outcome.padEnd(12)} ${purpose.padEnd(8)} by ${by.padEnd(8)} ${features.join(', ') || '(none of them)'}: ${detail}`,
    );
