import { fields, fieldNames } from '../../catalog/fields.js';
import { titleOf } from '../../catalog/request.js';
import type { ReleaseRow } from '../../blackboard/store.js';
import type { DoraMetrics, Metric } from '../../gates/dora.js';
import { formatDuration, formatNumber, formatPercent } from '../../gates/words.js';
import { systemClock } from '../../tools/system-clock.js';
import { boardFrom } from '../../desk/document.js';
import { describePlan } from '../../desk/describe-plan.js';
import { explainRelease } from '../../desk/explain-release.js';
import { historyView } from '../../desk/view/history-view.js';
import { clockTime, openOutput } from '../output.js';
import { releaseNamed } from '../../desk/release-named.js';
import { waitsFor } from '../../desk/waits-for.js';
import { openWorkspace, type Workspace, type WorkspaceOptions } from '../../desk/workspace.js';

export type LookOptions = WorkspaceOptions & { json?: boolean };

const inWorkspace = async (
  options: LookOptions,
  look: (workspace: Workspace) => Promise<{ json: unknown; text: string; code?: number }>,
): Promise<number> => {
  const workspace = await openWorkspace(options);
  try {
    const { json, text, code = 0 } = await look(workspace);
    openOutput({ json: options.json ?? false, simulated: false }).result(options.json ? JSON.stringify(json, null, 2) : text);
    return code;
  } finally {
    await workspace.close();
  }
};

/** `status [ID]`: every release in a line, or one with its newest steps. */
export const status = (id: string | undefined, options: LookOptions): Promise<number> =>
  inWorkspace(options, async (workspace) => {
    if (id === undefined) {
      const rows = await workspace.store.releases();
      const told = rows.map((row) => saidOf(row, rows, workspace));
      return { json: told, text: told.map(line).join('\n') || 'No release yet.' };
    }
    const row = saidOf(await releaseNamed(workspace.store, id), await workspace.store.releases(), workspace);
    const journal = await workspace.store.journal(id);
    const steps = journal
      .slice(-12)
      .map((entry) => `  ${clockTime(entry.at)}  ${(entry.routine || entry.agent).padEnd(34)} ${entry.kind} ${entry.name}`);
    const plan = boardFrom(journal).deployment_plan?.release ?? [];
    const planned = plan.length === 0 ? [] : ['', 'The plan:', ...describePlan(plan).map((step) => `  ${step}`)];
    return {
      json: { ...row, rows: journal.length, steps: journal.slice(-12), plan },
      text: [line(row), ...steps, ...planned].join('\n'),
    };
  });

/** Of a queued one, what it waits for. */
const saidOf = (row: ReleaseRow, rows: readonly ReleaseRow[], { shared }: Workspace): ReleaseRow =>
  row.state === 'queued' ? { ...row, reason: waitsFor(row, rows, { shared: shared !== null }) } : row;

const line = (row: ReleaseRow): string =>
  `${row.id}  ${clockTime(row.createdAt)}  ${titleOf(row.request).padEnd(24)} ${(row.outcome ?? row.state).padEnd(12)} ${row.simulated ? 'simulated ' : ''}${row.reason}`;

/** `history`: every deployment of every release, newest first, and the four DORA metrics from them. */
export const history = (options: LookOptions): Promise<number> =>
  inWorkspace(options, async (workspace) => {
    const { deployments: all, dora } = await historyView(workspace.store, systemClock.now());
    const text = all.map(
      (item) =>
        `${clockTime(item.at)}  ${item.environment.padEnd(10)} ${item.version.padEnd(10)} ${item.digest.slice(7, 15).padEnd(8)} ${(item.durationMs / 1_000).toFixed(1).padStart(7)} s  ${item.status.padEnd(8)} ${item.release}  ${(item.by ?? '').padEnd(20)} ${item.reason}`,
    );
    return {
      json: { deployments: all, dora },
      text: all.length === 0 ? 'No deployment yet.' : [...text, '', ...doraLines(dora)].join('\n'),
    };
  });

const doraLines = ({ deploymentFrequencyPerDay, leadTimeForChangesMs, changeFailureRate, timeToRestoreMs }: DoraMetrics): string[] => {
  const row = (name: string, { value, why }: Metric, inWords: (value: number) => string) =>
    `${name.padEnd(22)} ${(value === 'unknown' ? value : inWords(value)).padEnd(16)} ${why}`;
  return [
    row('Deployment frequency', deploymentFrequencyPerDay, (perDay) => `${formatNumber(Number(perDay.toPrecision(3)))} a day`),
    row('Lead time for changes', leadTimeForChangesMs, (ms) => formatDuration(Math.round(ms / 1_000) * 1_000)),
    row('Change failure rate', changeFailureRate, formatPercent),
    row('Time to restore', timeToRestoreMs, formatDuration),
  ];
};

/** `board [ID]`: the blackboard, field by field, with its owners. */
export const board = (id: string | undefined, options: LookOptions): Promise<number> =>
  inWorkspace(options, async ({ store }) => {
    const values = boardFrom(await store.journal((await releaseNamed(store, id)).id));
    const text = fieldNames.map((field) => `${field} (${fields[field].owner})\n  ${JSON.stringify(values[field] ?? null)}`);
    return { json: values, text: text.join('\n') };
  });

/** `explain [ID]`: why each verdict fell as it did, and what would change it. */
export const explain = (id: string | undefined, options: LookOptions): Promise<number> =>
  inWorkspace(options, async ({ store, config }) => explainRelease(await releaseNamed(store, id), store, config));
