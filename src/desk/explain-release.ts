import { tools } from '../catalog/tools.js';
import type { StagingConfig } from '../catalog/config.js';
import type { ReleaseRow, Store } from '../blackboard/store.js';
import { describeCulprit } from './culprits.js';
import { releaseDocument } from './document.js';

/** Why each verdict of a release fell as it did, and what would change it. */
export const explainRelease = (row: ReleaseRow, store: Store, config: StagingConfig): { json: unknown; text: string } => {
  const { gates, outcome, reason, culprits, patches } = releaseDocument(row, store, config);
  const reports = store
    .journal(row.id)
    .filter((entry) => entry.kind === 'report')
    .map((entry) => ({ routine: entry.name, ...(entry.value as { summary: string; model: string; says: string }) })); // written by settle
  const text = [
    `${row.request.service} ${row.request.version}: ${outcome ?? row.state}. ${reason}`,
    ...gates.flatMap(({ gate, outcome: verdict, checks }) => [
      `\n${gate} gate: ${verdict}`,
      ...checks.map(
        (check) =>
          `  ${check.outcome.padEnd(12)} ${check.check.padEnd(22)} ${check.reason} [${check.evidence.map((digest) => digest.slice(7, 15)).join(' ') || 'no evidence'}]`,
      ),
    ]),
    ...(culprits.length === 0 ? [] : ['\nWhich feature it was:']),
    ...culprits.flatMap((search) => [
      ...describeCulprit(search).map((line) => `  attempt ${search.attempt}: ${line}`),
      ...probesOf(store, search.evidence).map((line) => `    ${line}`),
    ]),
    ...(patches.length === 0 ? [] : ['\nWhat a model has edited (judged by every gate like any other change):']),
    ...patches.flatMap(({ by, path, commit, diff }) => [
      `  ${by}: ${path} (${commit.slice(0, 10)})`,
      ...diff.split('\n').map((line) => `    ${line}`),
    ]),
    '\nWhat the agents said (their words decide nothing):',
    ...reports.map(
      (report) => `  ${report.routine}: ${report.says}${report.model === 'runbook' ? '' : ` — ${report.model}: ${report.summary}`}`,
    ),
  ];
  return { json: { release: row.id, outcome, reason, gates, culprits, patches, reports }, text: text.join('\n') };
};

/** Every probe of a search, from its evidence. */
const probesOf = (store: Store, digests: readonly string[]): string[] =>
  digests
    .flatMap((digest) => tools.find_culprit.result.parse(store.evidence(digest)).probes)
    .map(
      ({ features, purpose, by, outcome, detail }) =>
        `${outcome.padEnd(12)} ${purpose.padEnd(8)} by ${by.padEnd(8)} ${features.join(', ') || '(none of them)'}: ${detail}`,
    );
