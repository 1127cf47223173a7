import { statfs } from 'node:fs/promises';
import type { Gauge, Registry } from 'prom-client';
import type { Caller, ReleaseDesk } from '../desk/desk-contract.js';
import type { HistoryView } from '../desk/view/history-view.js';
import { reason } from '../catalog/errors.js';
import { systemClock } from '../tools/system-clock.js';

const anyone: Caller = { name: 'health', roles: [] };

export type Health = { status: 'ok' | 'failing'; service: string; simulated: boolean; problems: string[]; freeBytes: number | null };

/** Whether this server can do its work now: its journal answers and its disk takes rows. A release that fails is no illness of the server. */
export const healthOf = async (desk: ReleaseDesk, leastFreeBytes = 64 * 1024 ** 2): Promise<Health> => {
  const problems: string[] = [];
  await desk.list(anyone, { limit: 1 }).catch((error: unknown) => void problems.push(`the journal does not answer: ${reason(error)}`));
  const freeBytes = await statfs(desk.stateDir).then(
    ({ bavail, bsize }) => bavail * bsize,
    (error: unknown) => {
      problems.push(`the state directory cannot be seen: ${reason(error)}`);
      return null;
    },
  );
  if (freeBytes !== null && freeBytes < leastFreeBytes)
    problems.push(`${Math.round(freeBytes / 1024 ** 2)} MiB are free where the journal is, and ${leastFreeBytes / 1024 ** 2} are wanted`);
  return {
    status: problems.length === 0 ? 'ok' : 'failing',
    service: desk.config.service.name,
    simulated: desk.simulated,
    problems,
    freeBytes,
  };
};

const newest = 10_000;

/**
 * The desk in Prometheus' text format. Releases and DORA metrics are read from the journal at every scrape, so that they outlive the process;
 * what happens is counted from its start on. Labels are names of our own tables, never words of a request, a model or a log.
 */
export const openMetrics = async (desk: ReleaseDesk) => {
  const { Counter, Gauge, Registry } = await import('prom-client');
  const registry = new Registry();
  registry.setDefaultLabels({ service: desk.config.service.name, simulated: String(desk.simulated) });
  const registers = [registry];
  const happened = new Counter({ registers, name: 'staging_events_total', help: 'What releases told, by kind', labelNames: ['kind'] });
  const judged = new Counter({
    registers,
    name: 'staging_gate_verdicts_total',
    help: 'Verdicts of gates',
    labelNames: ['gate', 'outcome'],
  });
  const releases = new Gauge({ registers, name: 'staging_releases', help: `Releases by state and outcome, of the newest ${newest}`, labelNames: ['state', 'outcome'] }); // prettier-ignore
  const oldest = new Gauge({ registers, name: 'staging_queue_oldest_seconds', help: 'How long the first of the queue has waited' });
  const dora = doraGauges((name, help) => new Gauge({ registers, name, help }));
  const stop = desk.follow(({ kind, text }) => {
    happened.inc({ kind });
    const [, gate, outcome] = kind === 'gate' ? (/^(\w+): (\w+)$/.exec(text) ?? []) : [];
    if (gate !== undefined && outcome !== undefined) judged.inc({ gate, outcome });
  });
  return {
    text: async (): Promise<string> => {
      const rows = await desk.list(anyone, { limit: newest });
      releases.reset();
      for (const { state, outcome } of rows) releases.inc({ state, outcome: outcome ?? 'none' });
      const queued = rows.filter(({ state }) => state === 'queued').map(({ createdAt }) => createdAt);
      oldest.set(queued.length === 0 ? 0 : Math.max(0, systemClock.now() - Math.min(...queued)) / 1_000);
      dora.set(await desk.history(anyone));
      return registry.metrics();
    },
    contentType: registry.contentType as Registry['contentType'],
    stop,
  };
};

export type Metrics = Awaited<ReturnType<typeof openMetrics>>;

/** An unknown one is left out of the scrape, as Prometheus wants it. */
const doraGauges = (gauge: (name: string, help: string) => Gauge) => {
  const rows = [
    ['deploymentFrequencyPerDay', 1, gauge('staging_dora_deployments_per_day', 'Deployments to production that stayed, per day')],
    ['leadTimeForChangesMs', 1_000, gauge('staging_dora_lead_time_seconds', 'From a commit to production, the median')],
    ['changeFailureRate', 1, gauge('staging_dora_change_failure_ratio', 'Deployments to production that failed, of all')],
    [
      'timeToRestoreMs',
      1_000,
      gauge('staging_dora_time_to_restore_seconds', 'From a failure in production to restored traffic, the median'),
    ],
  ] as const;
  return {
    set: ({ dora }: HistoryView): void => {
      for (const [metric, unit, shown] of rows) {
        const { value } = dora[metric];
        if (value === 'unknown') shown.remove();
        else shown.set(value / unit);
      }
    },
  };
};
