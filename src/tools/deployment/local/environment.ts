import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { StagingConfig } from '../../../catalog/config.js';
import { StagingError } from '../../../catalog/errors.js';
import type { EnvironmentName, EnvironmentStatus, SlotName, ToolResult } from '../../../catalog/tools.js';
import type { Artifact, Clock, TrafficShape } from '../../ports.js';
import { createConfigurations } from './configurations.js';
import { describeEnvironment } from './describe-environment.js';
import { createEnvironmentData } from './environment-data.js';
import { observeSlot, type SlotObservation } from './observe-slot.js';
import { endOrphans } from './orphans.js';
import { createUsageMeter, readGroupUsage, type Resources } from './process-usage.js';
import { openProxy, type Proxy } from './proxy.js';
import { keepQuota } from './quota.js';
import { createRouter } from './router.js';
import { createSlot, type Crash, type Slot } from './slot.js';
import { emptyRecord, openStateFile, recordSchema, runningSchema, type EnvironmentRecord } from './state-file.js';
import { otherSlot } from './traffic-split.js';
import { createTurns } from './turns.js';

export type EnvironmentOptions = {
  name: EnvironmentName;
  config: StagingConfig;
  /** `<stateDir>/environments/<name>` */
  folder: string;
  /** Where the configuration lies, and the data that staging may be filled from. */
  configDir: string;
  productionDir: string;
  postgres: Record<EnvironmentName, string> | null;
  clock: Clock;
  env: Record<string, string>;
  /** Where the flags of the environment are kept: one place for all of its services. */
  flagFile: string;
  /** The addresses of other services, as they are now. */
  addresses: () => Record<string, string>;
  onCrash: (crash: Crash) => void;
};

/** One environment: a proxy, two slots, and the record by which it comes back after a restart of ours. */
export const createEnvironment = ({ name, config, folder, clock, onCrash, ...options }: EnvironmentOptions) => {
  const { service, rollout, limits } = config;
  const dataDir = join(folder, 'data');
  const own = { ...options.env, DATA_DIR: dataDir, FLAGS_FILE: options.flagFile };
  const configurations = createConfigurations(join(folder, 'configurations'), service.start.env);
  const stateFile = openStateFile(join(folder, 'state.json'), recordSchema, emptyRecord);
  const runningFile = openStateFile(join(folder, 'running.json'), runningSchema, []);
  const closing = new AbortController();
  const turns = createTurns();
  const slotOf = (slot: SlotName): Slot =>
    createSlot({
      environment: name,
      slot,
      logPath: join(folder, `${slot}.log`),
      clock,
      service,
      env: async (artifact) => ({ ...options.addresses(), ...(await variablesOf(artifact, slot)), ...own }),
      closing: closing.signal,
      onCrash,
      onChange: () => noteRunning(slot),
    });
  const slots: Record<SlotName, Slot> = { blue: slotOf('blue'), green: slotOf('green') };
  const all = [slots.blue, slots.green];
  const meters = { blue: createUsageMeter(), green: createUsageMeter() };
  const router = createRouter({
    targetOf: (slot) => slots[slot].run?.target ?? null,
    contentOf: (slot) => slots[slot].artifact?.digest ?? '',
    route: rollout.route,
  });
  let proxy: Proxy | null = null;
  let record: EnvironmentRecord = emptyRecord;

  const data = createEnvironmentData({
    ...{ name, config, folder, dataDir, env: { ...service.start.env, ...own }, clock, signal: closing.signal },
    ...{ productionDir: options.productionDir, configDir: options.configDir, postgres: options.postgres },
    serving: async () =>
      (proxy === null ? (record = await stateFile.read()) : record).slots[proxy === null ? record.activeSlot : router.activeSlot],
  });

  const variablesOf = async ({ version, configuration }: Artifact, slot: SlotName): Promise<Record<string, string>> => {
    const kept = await configurations.of(configuration);
    if (kept === null && configuration !== undefined)
      slots[slot].log.note(`the configuration ${configuration} of ${version} is gone: it starts with that of now`);
    return kept ?? configurations.current;
  };
  const configured = async (artifact: Artifact): Promise<Artifact> => ({ ...artifact, configuration: await configurations.keep() });

  const save = (change: Partial<EnvironmentRecord>): Promise<void> => stateFile.write((record = { ...record, ...change }));
  const saveSlot = (slot: SlotName, artifact: Artifact | null, change: Partial<EnvironmentRecord> = {}) =>
    save({ ...change, slots: { ...record.slots, [slot]: artifact } });

  function noteRunning(slot: SlotName): void {
    const running = all.flatMap(({ slot, run }) => (run === null ? [] : [{ slot, pid: run.pid, port: run.port, command: run.command }]));
    runningFile.write(running).catch((error: unknown) => slots[slot].log.note(String(error)));
  }

  /** A move, one at a time. `live` moves what runs; without a proxy nothing runs and the record alone changes. */
  const move = <T>(live: () => Promise<T>, recorded: () => Promise<T>): Promise<T> =>
    turns.take(async () => {
      refuseWhenClosed();
      if (proxy !== null) return live();
      record = await stateFile.read();
      return recorded();
    });
  const refuseWhenClosed = (): void => {
    if (closing.signal.aborted) throw new StagingError('ADAPTER_CLOSED', `Failed to reach ${name}: it was closed.`);
  };
  const refuseShare = (percent: number): void => {
    if (!(percent >= 0 && percent <= 100))
      throw new StagingError('DEFECT', `Failed to shape the traffic of ${name}: ${percent} is not between 0 and 100.`);
  };
  const notProvisioned = (): never => {
    throw new StagingError('ADAPTER_FAILED', `Failed to change ${name}: it is not provisioned.`);
  };

  const open = async (): Promise<void> => {
    await mkdir(dataDir, { recursive: true });
    record = await keepWithItsData(await stateFile.read());
    await endOrphans(await runningFile.read(), clock);
    router.restore(record.activeSlot);
    proxy = await openProxy(router, service.start.port[name]);
    await save({ weight: 0 });
    void keepQuota(all, limits.quota, clock, closing.signal);
  };

  /** A candidate that had traffic when we died keeps it, if the version before can't live with the data any more. */
  const keepWithItsData = async (found: EnvironmentRecord): Promise<EnvironmentRecord> => {
    const candidate = found.slots[otherSlot(found.activeSlot)];
    const held = found.weight > 0 && candidate !== null && (await data.holds(candidate.digest)) !== null;
    return held ? { ...found, activeSlot: otherSlot(found.activeSlot) } : found;
  };

  /** Starts what the record names, or else the fallback; leaves alone what runs or is on its way back. */
  const restore = async (slot: SlotName, fallback: Artifact | null): Promise<void> => {
    if (['healthy', 'starting', 'crashed'].includes(slots[slot].state)) return;
    const recorded = record.slots[slot];
    const artifact = recorded !== null && (await exists(recorded.path)) ? recorded : fallback;
    if (recorded !== artifact && recorded !== null) slots[slot].log.note(`the artifact of ${recorded.version} is gone: ${recorded.path}`);
    const { healthy } = artifact === null ? { healthy: false } : await slots[slot].start(artifact);
    if (healthy || artifact !== recorded) await saveSlot(slot, healthy ? artifact : null);
  };

  const provision = async (stable: Artifact): Promise<EnvironmentStatus> => {
    refuseWhenClosed();
    if (proxy === null) await open();
    const { activeSlot, idleSlot } = router;
    await Promise.all([restore(activeSlot, await configured(stable)), restore(idleSlot, null)]);
    refuseWhenClosed();
    const active = slots[activeSlot];
    if (active.state === 'healthy') return describe();
    throw new StagingError(
      'ENVIRONMENT_NOT_READY',
      `Failed to provision ${name}: ${active.artifact?.version ?? stable.version} is ${active.state} in the ${activeSlot} slot (log: ${active.log.path}). ${complaintIn(active.startup.detail)}`.trim(),
    );
  };

  const deployIdle = async (given: Artifact): Promise<ToolResult<'deploy_preview'>> => {
    const idle = slots[router.idleSlot];
    const artifact = await configured(given);
    if (idle.state !== 'healthy' || !isSame(idle.artifact, artifact)) {
      await retireIdle(rollout.drainMs);
      const { healthy } = await idle.start(artifact);
      refuseWhenClosed();
      if (healthy) await saveSlot(idle.slot, artifact);
    }
    const { startupMs, detail } = idle.startup;
    return {
      slot: idle.slot,
      version: artifact.version,
      digest: artifact.digest,
      url: idle.run?.target.url ?? '',
      healthy: idle.state === 'healthy',
      startupMs,
      detail,
    };
  };

  const retireIdle = async (drainMs: number): Promise<void> => {
    const idle = slots[router.idleSlot];
    if (idle.artifact === null) return;
    router.setWeight(0); // from here on nothing new reaches the slot
    await saveSlot(idle.slot, null, { weight: 0 });
    const deadline = clock.now() + drainMs;
    while ((idle.run?.target.inFlight ?? 0) > 0 && clock.now() < deadline && !closing.signal.aborted) await clock.sleep(10, closing.signal);
    await idle.stop();
  };

  const switchActive = async (to?: SlotName): Promise<void> => {
    if (to === router.activeSlot) return;
    const idle = slots[router.idleSlot];
    if (idle.state !== 'healthy')
      throw new StagingError('ADAPTER_FAILED', `Failed to switch ${name} to the ${idle.slot} slot: it is ${idle.state}.`);
    router.switchActive();
    return save({ activeSlot: router.activeSlot, weight: 0 });
  };

  const switchRecord = async (to = otherSlot(record.activeSlot)): Promise<void> => {
    if (to === record.activeSlot) return;
    if (record.slots[to] === null) throw new StagingError('ADAPTER_FAILED', `Failed to switch ${name} to the ${to} slot: it is empty.`);
    return save({ activeSlot: to, weight: 0 });
  };

  const describe = (): EnvironmentStatus =>
    describeEnvironment({
      ...{ name, service, record, proxy, slots: all },
      ...(proxy === null ? { activeSlot: record.activeSlot, weight: 0 } : { activeSlot: router.activeSlot, weight: router.weight }),
    });

  return {
    provision: (stable: Artifact) => turns.take(() => provision(stable)),
    deployIdle: (artifact: Artifact) =>
      move(
        () => deployIdle(artifact),
        () => Promise.resolve(notProvisioned()),
      ),
    retireIdle: (drainMs: number) =>
      move(
        () => retireIdle(drainMs),
        () => saveSlot(otherSlot(record.activeSlot), null, { weight: 0 }),
      ),
    switchActive: (to?: SlotName) =>
      move(
        () => switchActive(to),
        () => switchRecord(to),
      ),
    /** Not a turn to be waited for: traffic goes back at once, whatever else is under way. */
    setWeight: async (percent: number): Promise<void> => {
      refuseShare(percent);
      if (proxy === null) return percent === 0 ? undefined : notProvisioned();
      router.setWeight(percent);
      await save({ weight: percent });
    },
    shapeTraffic: async ({ weightPercent, mirrorPercent }: TrafficShape): Promise<void> => {
      [weightPercent, mirrorPercent].forEach(refuseShare);
      if (proxy === null) return notProvisioned();
      router.shape(weightPercent, mirrorPercent);
      await save({ weight: weightPercent });
    },
    status: async (): Promise<EnvironmentStatus> => {
      refuseWhenClosed();
      if (proxy === null) record = await stateFile.read();
      return describe();
    },
    configuration: async () => {
      if (proxy === null) record = await stateFile.read();
      const activeSlot = proxy === null ? record.activeSlot : router.activeSlot;
      return configurations.since((slots[activeSlot].artifact ?? record.slots[activeSlot])?.configuration);
    },
    data,
    logs: (slot: SlotName, lines: number): string[] => slots[slot].log.tail(lines),
    logsBetween: (slot: SlotName, fromAt: number, toAt: number) => slots[slot].log.between(fromAt, toAt),
    counters: () => ({
      ...(proxy?.totals() ?? { requests: 0, dropped: 0 }),
      errorsBySlot: { blue: slots.blue.counters.totals().errors, green: slots.green.counters.totals().errors },
    }),
    observe: (): SlotObservation[] => all.flatMap(observeSlot),
    resourcesOf: async (slot: SlotName): Promise<Resources | null> => {
      const { run } = slots[slot];
      const usage = run === null ? undefined : (await readGroupUsage()).get(run.pid);
      return run === null || usage === undefined ? null : meters[slot](run.pid, usage, clock.now() - run.startedAt);
    },
    close: async (): Promise<void> => {
      closing.abort();
      await proxy?.close(1_000);
      await Promise.all(all.map((slot) => slot.stop()));
      await turns.over();
      await proxy?.close(0); // a move that was under way may have opened it
      if (proxy !== null) await runningFile.write([]);
      await Promise.all(all.map((slot) => slot.log.close()));
      proxy = null;
    },
  };
};

export type Environment = ReturnType<typeof createEnvironment>;

const isSame = (there: Artifact | null, { digest, configuration }: Artifact): boolean =>
  there?.digest === digest && there.configuration === configuration;

/** The line in which a program says what is wrong, if it says so; the log has the rest. */
const complaintIn = (detail: string): string => {
  const lines = detail.split('\n').map((line) => line.trim());
  const complaint = lines.findLast((line) => /^(?:\w*Error|panic|fatal|exception)\b/i.test(line));
  return [lines[0] ?? '', ...(complaint === undefined ? [] : [complaint])].join(' ').replace(/; the last lines of [^ ]+:/, '.');
};

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false, // gone: the caller says what then
  );
